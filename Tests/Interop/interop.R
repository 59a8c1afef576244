# Fit folders of metamob as R's rstan and posterior read them.
# usage: Rscript interop.R METAMOB EXAMPLES
#
# Makes fits of the worked examples by both samplers and for both families, some with SDs of each subgroup or
# with longer chains, reads their draws files with rstan::read_stan_csv, and compares names, shapes, values and
# diagnostics with the files themselves and with fit.json. Every difference is said; the exit code is 1 if there
# was one. Needs the packages rstan, posterior and jsonlite (Debian: r-cran-rstan, r-cran-posterior,
# r-cran-jsonlite).
suppressWarnings(suppressMessages({
  library(rstan)
  library(posterior)
}))
arguments <- commandArgs(TRUE)
back <- "rmdq ~ treatment + rmdq_0 | trial | age + sex"
walk <- "walks ~ treatment | trial | age + sex + severity"
draws_wanted <- 400
# name, data, formula and options, whether chains are extended
fits <- list(
  list("gaussian-hmc", "low-back-pain", c(back, "--method", "metamob-ri"), FALSE),
  list("gaussian-gibbs", "low-back-pain", c(back, "--sampler", "gibbs"), FALSE),
  list("binomial-hmc", "walking-again", walk, FALSE),
  list("binomial-gibbs", "walking-again", c(walk, "--sampler", "gibbs", "--pool-effects"), FALSE),
  list("subgroups-hmc", "low-back-pain", c(back, "--heterogeneity", "per-subgroup"), FALSE),
  list("subgroups-pooled", "walking-again", c(walk, "--heterogeneity", "per-subgroup-pooled"), FALSE),
  list("extended-subgroups", "low-back-pain",
    c(back, "--heterogeneity", "per-subgroup", "--draws", "60"), TRUE))

failures <- 0
expect <- function(condition, ...) {
  if (isTRUE(condition)) return(invisible())
  failures <<- failures + 1
  message("interop: FAILED: ", ...)
}
is_close <- function(ours, theirs, relative = 1e-6) {
  isTRUE(abs(ours - theirs) <= relative * max(abs(ours), abs(theirs)) + 1e-12)
}

# The smallest E-BFMI, as rstan defines it; of chains that ran side by side each has energies of its own.
least_fraction <- function(cells) {
  columns <- grep("^energy_.+__$", names(cells[[1]]), value = TRUE)
  if (length(columns) == 0) columns <- "energy__"
  min(sapply(cells, function(chain) sapply(columns, function(column) {
    energy <- chain[[column]]
    sum(diff(energy)^2) / length(energy) / var(energy)
  })))
}

check <- function(entry, scratch) {
  name <- entry[[1]]
  place <- file.path(scratch, name)
  data <- file.path(arguments[2], entry[[2]], "data.csv")
  status <- system2(arguments[1], c("fit", shQuote(data), "--warmup", 300, "--draws", draws_wanted,
    "--chains", 3, shQuote(entry[[3]]), "--out", place, "--allow-unconverged", "--quiet"),
    stdout = FALSE)
  expect(status == 0, name, ": metamob fit ends with ", status)
  if (entry[[4]]) {
    system2(arguments[1], c("diagnose", place, "--extend", "--quiet"), stdout = FALSE)
  }
  document <- jsonlite::read_json(file.path(place, "fit.json"))
  run <- Filter(function(run) run$estimator == "bayes", document$runs)[[1]]$fit
  files <- file.path(place, unlist(run$draws_files))
  cells <- lapply(files, read.csv, comment.char = "#", check.names = FALSE)
  fit <- suppressWarnings(read_stan_csv(files))
  draws <- as.array(fit)
  reported <- vapply(run$parameters, function(parameter) parameter$name, "")
  own <- grep("__$", names(cells[[1]]), value = TRUE)
  expect(setequal(setdiff(dimnames(draws)[[3]], own), reported), name, ": rstan's names")
  expect(identical(dim(draws)[1:2], c(as.integer(run$draws), as.integer(run$chains))), name,
    ": rstan's shape")
  sampler <- get_sampler_params(fit, inc_warmup = FALSE)
  for (chain in seq_along(files)) {
    expect(isTRUE(all.equal(unname(draws[, chain, reported]),
      unname(as.matrix(cells[[chain]][reported])), tolerance = 1e-14)), name, ": rstan's values, chain ",
      chain)
    for (column in setdiff(own, "lp__")) {
      # rstan knows seven columns of samplers; any other is a parameter to it.
      theirs <- if (column %in% colnames(sampler[[chain]])) sampler[[chain]][, column] else
        draws[, chain, column]
      expect(isTRUE(all.equal(unname(theirs), cells[[chain]][[column]], tolerance = 1e-14,
        check.attributes = FALSE)), name, ": rstan's ", column)
    }
  }
  expect(get_num_divergent(fit) == run$diagnostics$divergences, name, ": divergences by rstan")
  hits <- run$diagnostics$max_treedepth_hits
  if (!any(grepl("^energy_.+__$", own))) {
    if (!is.null(hits)) expect(get_num_max_treedepth(fit) == hits, name, ": tree depth by rstan")
    if (!is.null(run$diagnostics$min_ebfmi)) {
      expect(is_close(run$diagnostics$min_ebfmi, min(get_bfmi(fit))), name, ": E-BFMI by rstan")
    }
  }
  if (!is.null(run$diagnostics$min_ebfmi)) {
    expect(is_close(run$diagnostics$min_ebfmi, least_fraction(cells)), name, ": E-BFMI, ",
      run$diagnostics$min_ebfmi, " and ", least_fraction(cells))
  }
  for (parameter in run$parameters) {
    values <- draws[, , parameter$name]
    if (max(values) == min(values)) next
    theirs <- list(rhat = rhat(values), ess_bulk = ess_bulk(values), ess_tail = ess_tail(values),
      mcse_mean = mcse_mean(values), mean = mean(values), sd = sd(values), median = median(values))
    for (key in names(theirs)) {
      expect(is_close(parameter[[key]], theirs[[key]]), name, ": ", key, " of ", parameter$name, " is ",
        parameter[[key]], ", by posterior ", theirs[[key]])
    }
  }
  cat("interop: ", name, ": ", length(reported), " parameters, ", run$chains, " chains of ", run$draws,
    " draws by rstan and posterior\n", sep = "")
}

cat("interop: rstan ", format(packageVersion("rstan")), ", posterior ",
  format(packageVersion("posterior")), "\n", sep = "")
scratch <- tempfile("interop")
dir.create(scratch)
for (entry in fits) check(entry, scratch)
if (failures > 0) {
  cat("interop:", failures, "failures\n")
  quit(status = 1)
}
cat("interop: everything agrees with R\n")
