# Invented IPD meta-analysis of three trials (NOT real patients).
# usage: Rscript generate.R [out.csv]; data.csv beside this file is its output, byte for byte (R 4.2.2).
# Three trials of a supervised exercise programme against usual care in knee osteoarthritis; the outcome is
# pain after six months (0 to 100, lower is better). Everything is simulated, the truth stands in the README.
set.seed(12)
n      <- c(170, 150, 90)
base   <- c(42, 47, 39)       # mean pain under usual care in each trial
effect <- c(1.5, -2.5, 1)     # deviations of the trials' treatment effects
lowest <- c(18, 18, 30.1)     # smallest body mass index that the trial took in
rows <- NULL
for (k in seq_along(n)) {
  arm      <- sample(rep(0:1, length.out = n[k]))
  age      <- round(pmin(pmax(rnorm(n[k], c(63, 66, 60)[k], 9), 40), 88))
  bmi      <- round(pmax(rnorm(n[k], c(28, 29, 34)[k], 4), lowest[k]), 1)
  if (k == 3) bmi[1] <- 28.7  # one participant of Cork who should not have been taken in
  years    <- pmin(rpois(n[k], 6), 30)
  sex      <- sample(c("female", "male"), n[k], TRUE)
  # Where the body mass index is up to 30 the programme lowers pain by 20 if symptoms have lasted up to
  # 5 years and by 6 if longer; above 30 it does nothing. Age is prognostic only.
  pain <- base[k] + 0.2 * (age - 64) +
          arm * (ifelse(bmi <= 30, ifelse(years <= 5, -20, -6), 0) + effect[k]) + rnorm(n[k], 0, 13)
  rows <- rbind(rows, data.frame(trial = c("Aalborg", "Bergen", "Cork")[k],
    treatment = ifelse(arm == 1, "exercise", "usual care"), age, sex, bmi, years,
    pain = round(pmin(pmax(pain, 0), 100))))
}
rows <- cbind(id = seq_len(nrow(rows)), rows)
out <- commandArgs(TRUE)
write.csv(rows, if (length(out)) out[1] else "data.csv", row.names = FALSE, quote = FALSE, na = "")
