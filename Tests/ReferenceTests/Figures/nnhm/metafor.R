# Classical figures of the data sets of reference.json: metafor 3.8-1, R 4.2.2
suppressWarnings(suppressMessages(library(metafor)))
sets <- read.csv("sets.csv")
out <- NULL
for (name in unique(sets$data_set)) for (level in c(95, 90)) {
  d <- sets[sets$data_set == name, ]
  for (method in c("REML", "DL", "PM", "EE")) for (test in c("z", "knha")) {
    r <- suppressWarnings(rma(d$estimate, sei = d$se, method = method, test = test, level = level,
      control = list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)))
    p <- predict(r)
    tau2 <- if (method == "EE") c(NA, NA) else confint(r, control = list(tol = 1e-13, tau2.max = 1e7))$random[1, 2:3]
    pi <- if (is.null(p$pi.lb) || method == "EE") c(NA, NA) else c(p$pi.lb, p$pi.ub)
    out <- rbind(out, data.frame(data_set = name, level = level / 100, method, knha = test == "knha",
      mu = as.numeric(coef(r)), se = r$se, lower = r$ci.lb, upper = r$ci.ub, p = r$pval, tau2 = r$tau2,
      tau2_lower = tau2[1], tau2_upper = tau2[2], I2 = r$I2, Q = r$QE, Q_p = r$QEp,
      prediction_lower = pi[1], prediction_upper = pi[2]))
  }
}
for (j in 5:ncol(out)) out[[j]] <- sprintf("%.12g", out[[j]])
out$level <- sprintf("%.2f", out$level); out$knha <- as.integer(out$knha)
write.csv(out, "metafor.csv", row.names = FALSE, quote = FALSE)
# Effect sizes of counts
counts <- data.frame(ai = c(0, 1, 1, 3, 0, 14, 5, 7), n1i = c(18, 54, 36, 18, 5, 61, 5, 100),
  ci = c(0, 0, 1, 8, 5, 15, 0, 9), n2i = c(12, 54, 36, 12, 5, 20, 7, 90))
for (m in c("OR", "RR", "RD")) {
  e <- escalc(m, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = counts)
  counts[[paste0(m, "_estimate")]] <- sprintf("%.12g", as.numeric(e$yi))
  counts[[paste0(m, "_se")]] <- sprintf("%.12g", sqrt(as.numeric(e$vi)))
}
write.csv(counts, "escalc.csv", row.names = FALSE, quote = FALSE)
