# A fit folder of metamob as R's rstan and posterior read it.
# usage: Rscript interop.R METAMOB EXAMPLES
arguments <- commandArgs(TRUE)
place <- file.path(tempfile("interop"), "fit")
dir.create(dirname(place))
formula <- "rmdq ~ treatment + rmdq_0 | trial | age + sex"
status <- system2(arguments[1], c(
  "fit", file.path(arguments[2], "low-back-pain", "data.csv"), shQuote(formula), "--out", place,
  "--warmup", 300, "--draws", 400, "--allow-unconverged", "--quiet"), stdout = FALSE)
stopifnot(status == 0)
files <- list.files(place, "^draws-.*csv$", full.names = TRUE)
cells <- lapply(files, read.csv, comment.char = "#", check.names = FALSE)
fit <- suppressWarnings(rstan::read_stan_csv(files))
draws <- as.array(fit)
names <- setdiff(names(cells[[1]]), grep("__$", names(cells[[1]]), value = TRUE))
stopifnot(identical(dim(draws), c(400L, 4L, length(names) + 1L)))
for (chain in seq_along(files)) {
  stopifnot(all.equal(unname(draws[, chain, names]), unname(as.matrix(cells[[chain]][names])),
    tolerance = 1e-12))
}
summary <- posterior::summarise_draws(posterior::as_draws_array(draws))
stopifnot(all(names %in% summary$variable), all(is.finite(summary$ess_bulk)))
stopifnot(rstan::get_num_divergent(fit) == sum(sapply(cells, function(x) sum(x$divergent__))))
cat("interop: rstan and posterior of R agree\n")
