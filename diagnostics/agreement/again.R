# The mixed models of the examples by lme4, lmerTest and pbkrtest, beside 'metamob fit', made on the spot.
# usage, from the root of the repository: Rscript diagnostics/agreement/again.R [METAMOB]
#
# Prints a Markdown table of the largest relative differences; the exit code is 1 where one is beyond its
# tolerance. Needs lme4, lmerTest, pbkrtest and jsonlite (Debian: r-cran-lme4, r-cran-lmertest,
# r-cran-pbkrtest, r-cran-jsonlite).
suppressWarnings(suppressMessages(library(lmerTest)))
arguments <- commandArgs(TRUE)
metamob <- if (length(arguments) > 0) arguments[1] else ".build/release/metamob"

# name, example, outcome, subgroups by, active arm, REML or ML, stratified intercepts
cases <- list(
  list("low back pain, metamob-ri", "low-back-pain", "rmdq", "sex", "intervention", "reml", FALSE),
  list("low back pain, metamob-ri", "low-back-pain", "rmdq", "sex", "intervention", "ml", FALSE),
  list("low back pain, metamob-si", "low-back-pain", "rmdq", "sex", "intervention", "reml", TRUE),
  list("few trials, metamob-ri", "few-trials", "pain", "sex", "exercise", "reml", FALSE),
  list("few trials, metamob-si", "few-trials", "pain", "sex", "exercise", "reml", TRUE))

rows <- list()
compare <- function(case, quantity, ours, theirs, tolerance) {
  difference <- max(abs(ours - theirs) / pmax(abs(ours), abs(theirs), 1e-300))
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, numbers = length(ours), difference, tolerance)
}

run <- function(case) {
  name <- paste(case[[1]], toupper(case[[6]]), sep = ", ")
  path <- file.path("examples", case[[2]], "data.csv")
  place <- tempfile("fit")
  method <- if (case[[7]]) "metamob-si" else "metamob-ri"
  status <- system2(metamob, c("fit", path, shQuote(paste(case[[3]], "~ treatment | trial")),
    "--subgroups", case[[4]], "--method", method, "--estimator", case[[6]], "--out", place, "--quiet"),
    stdout = FALSE)
  stopifnot(status == 0)
  fit <- jsonlite::read_json(file.path(place, "fit.json"))$runs[[1]]$fit
  data <- read.csv(path)
  data$y <- data[[case[[3]]]]
  # Levels in the order of bytes, as the program's nodes have them.
  data$leaf <- factor(data[[case[[4]]]], levels = sort(unique(data[[case[[4]]]]), method = "radix"))
  data$t <- as.numeric(data$treatment == case[[5]])
  data <- data[!is.na(data$y) & !is.na(data$leaf) & !is.na(data$treatment), ]
  formula <- if (case[[7]]) y ~ 0 + leaf:factor(trial) + leaf:t + (0 + t | trial)
    else y ~ 0 + leaf + leaf:t + (1 | trial) + (0 + t | trial)
  model <- suppressWarnings(suppressMessages(lmer(formula, data, REML = case[[6]] == "reml",
    control = lmerControl(optimizer = "bobyqa", calc.derivs = TRUE,
      optCtrl = list(rhobeg = 0.1, rhoend = 1e-10, maxfun = 1e5)))))
  effects <- grep(":t$", rownames(coef(summary(model))))
  figures <- coef(summary(model))[effects, , drop = FALSE]
  own <- function(key) vapply(fit$subgroups, function(subgroup) subgroup[[key]], 0)
  compare(name, "log-likelihood", fit$log_likelihood, as.numeric(logLik(model)), 1e-8)
  compare(name, "a subgroup's effect", own("estimate"), figures[, "Estimate"], 1e-5)
  compare(name, "SE of a subgroup's effect", own("se"), figures[, "Std. Error"], 1e-5)
  compare(name, "df, Satterthwaite", own("df"), figures[, "df"], 1e-3)
  deviations <- as.data.frame(VarCorr(model))
  compare(name, "σ", fit$heterogeneity$sigma, sigma(model), 1e-5)
  tau <- deviations$sdcor[deviations$grp != "Residual"]
  ours <- unlist(fit$heterogeneity[c("tau0", "tau1")])
  # Near zero the likelihood says less than the digits of a ratio.
  keep <- tau > 1e-3
  if (any(keep)) compare(name, "τ", ours[keep], tau[keep], 1e-4)
  if (case[[6]] == "reml") {
    robust <- suppressMessages(coef(summary(model, ddf = "Kenward-Roger")))[effects, , drop = FALSE]
    compare(name, "df, Kenward-Roger", own("df_kenward_roger"), robust[, "df"], 1e-3)
    compare(name, "SE, Kenward-Roger", own("se_kenward_roger"), robust[, "Std. Error"], 1e-4)
  }
}
for (case in cases) run(case)
rows <- do.call(rbind, rows)
cat("| case | quantity | numbers | largest relative difference | tolerance |\n|---|---|--:|--:|--:|\n")
cat(sprintf("| %s | %s | %d | %.1e | %.0e |\n", rows$case, rows$quantity, rows$numbers, rows$difference,
  rows$tolerance), sep = "")
beyond <- !(rows$difference <= rows$tolerance)
cat(sprintf("\n%d numbers by lme4 %s, lmerTest %s, pbkrtest %s; %d rows beyond tolerance.\n",
  sum(rows$numbers), packageVersion("lme4"), packageVersion("lmerTest"), packageVersion("pbkrtest"),
  sum(beyond)))
quit(status = if (any(beyond)) 1 else 0)
