# Synthetic IPD meta-analysis with a binary outcome (NOT real patients).
# usage: Rscript generate.R [out.csv]; data.csv beside this file is its output, byte for byte (R 4.2.2).
# Five trials of early rehabilitation after a stroke; the outcome says whether a participant walks
# without help after three months. Everything is simulated, the truth stands in the README.
set.seed(20260317)
n      <- c(182, 96, 240, 64, 128)
base   <- c(-0.20, 0.35, -0.55, 0.10, -0.05)  # log odds of walking in each trial, control arm
effect <- c(0.15, -0.25, 0.10, 0.20, -0.10)   # trial deviations of the log odds ratio
rows <- NULL
for (k in seq_along(n)) {
  arm      <- sample(rep(0:1, length.out = n[k]))
  age      <- round(pmin(pmax(rnorm(n[k], c(69, 74, 67, 71, 72)[k], 11), 25), 98))
  severity <- pmin(rpois(n[k], c(7, 8, 6, 9, 7)[k]), 30)
  sex      <- sample(c("female", "male"), n[k], TRUE)
  side     <- sample(c("left", "right"), n[k], TRUE)
  # The effect is large in mild strokes (severity up to 7) and absent in severe ones; severity is
  # prognostic as well, age is prognostic only.
  eta  <- base[k] - 0.13 * (severity - 7) - 0.03 * (age - 70) +
          arm * (ifelse(severity <= 7, 1.3, 0) + effect[k])
  walks <- rbinom(n[k], 1, plogis(eta))
  rows <- rbind(rows, data.frame(trial = paste0("R", k),
    treatment = ifelse(arm == 1, "early", "usual care"), age, sex, severity, side,
    walks = ifelse(walks == 1, "yes", "no")))
}
rows <- cbind(id = seq_len(nrow(rows)), rows)
rows$severity[sample(nrow(rows), 6)] <- NA
rows$walks[sample(nrow(rows), 9)] <- NA
out <- commandArgs(TRUE)
write.csv(rows, if (length(out)) out[1] else "data.csv", row.names = FALSE, quote = FALSE, na = "")
