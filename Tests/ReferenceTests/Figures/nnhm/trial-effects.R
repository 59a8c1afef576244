# Adjusted effects by trial of binary-outcome and many-trials: glm and lm, R 4.2.2.
# The working folder holds both cases' folders, as Figures does.
rows <- NULL
add <- function(case, trial, fit, name) {
  s <- coef(summary(fit))[name, 1:2]
  rows <<- rbind(rows, data.frame(case, trial, estimate = sprintf("%.14g", s[1]), se = sprintf("%.14g", s[2])))
}
d <- read.csv("binary-outcome/data.csv")
for (k in sort(unique(d$trial))) add("binary-outcome", k,
  glm(recovered ~ treat + x1 + sex, binomial, d[d$trial == k, ], control = list(epsilon = 1e-14, maxit = 100)), 2)
d <- read.csv("many-trials/data.csv")
for (k in sort(unique(d$trial))) add("many-trials", k, lm(y ~ treat + x1 + region, d[d$trial == k, ]), 2)
write.csv(rows, "trial-effects.csv", row.names = FALSE, quote = FALSE)
