# Synthetic low-back-pain style IPD meta-analysis data (NOT real patients).
# usage: Rscript generate.R [out.csv]; data.csv beside this file is its output, byte for byte (R 4.2.2).
# Marginals (per-trial sizes, sex, allocation, quartiles of age/rmdq_0/rmdq) are set to published-style
# summary values; everything else is simulated.  R 4.2, RNGkind default (Mersenne-Twister/Inversion/Rejection).
lbp_default <- list(
  seed  = 20240610,
  n     = c(1087, 232, 53, 176),
  male  = c(.44, .56, .70, .35),
  trt   = c(.74, .47, .42, .47),
  q0    = rbind(c(5,8,12), c(10,13,17), c(9,14,16), c(4,5,8)),   # rmdq_0 quartiles
  qa    = rbind(c(35,44,52), c(32,41,50), c(34.5,44,53), c(34,40,49)), # age quartiles
  icpt  = c(0.35, -6.8, -1.8, -0.9),   # trial intercepts on the latent scale
  slope = 0.55,                        # latent rmdq_0 slope
  sd    = c(4.6, 3.2, 2.8, 3.3),
  eff_breaks = c(-Inf, 6, 9, 13, Inf),
  eff   = c(0.0, -1.7, -1.9, -2.3),   # treatment effect by rmdq_0 band
  tau1  = c(-0.15, 0.75, -0.55, 0.35), # trial deviations of the treatment effect (tau1 ~ 0.5-0.6)
  age_eff = 1.7,                       # extra latent score if age > 50 and rmdq_0 > 9
  miss0 = 11, missy = 25)

rq <- function(n, q, lo, hi) {          # sample from a piecewise-linear quantile function
  u <- runif(n)
  x <- approx(c(0, .25, .5, .75, .93, 1),
              c(lo, q[1], q[2], q[3], q[3] + .55 * (hi - q[3]) * (1 - (q[3] > 15) * .2), hi), xout = u)$y
  round(x)
}

lbp_generate <- function(p = lbp_default) {
  set.seed(p$seed)
  out <- NULL
  for (k in seq_along(p$n)) {
    n <- p$n[k]
    sex <- sample(rep(c("male", "female"), c(round(n * p$male[k]), n - round(n * p$male[k]))))
    trt <- sample(rep(c(1L, 0L), c(round(n * p$trt[k]), n - round(n * p$trt[k]))))
    age <- rq(n, p$qa[k, ], 18, 78)
    r0  <- pmin(pmax(rq(n, p$q0[k, ], 0, 24), 0), 24)
    eff <- p$eff[cut(r0, p$eff_breaks, labels = FALSE)] + p$tau1[k]
    lat <- p$icpt[k] + p$slope * r0 + eff * trt + p$age_eff * (age > 50 & r0 > 9) + rnorm(n, 0, p$sd[k])
    y   <- as.integer(pmin(pmax(round(lat), 0), 24))
    out <- rbind(out, data.frame(trial = paste0("T", k),
      treatment = ifelse(trt == 1L, "intervention", "control"),
      sex = sex, age = as.integer(age), rmdq_0 = as.integer(r0), rmdq = y))
  }
  N <- nrow(out)
  out$rmdq_0[sample(N, p$miss0)] <- NA
  out$rmdq[sample(N, p$missy)] <- NA
  cbind(id = seq_len(N), out)
}

if (sys.nframe() == 0L) {
  a <- commandArgs(TRUE)
  d <- lbp_generate()
  write.csv(d, if (length(a)) a[1] else "data.csv", row.names = FALSE, quote = FALSE, na = "")
}
