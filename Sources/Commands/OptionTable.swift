private import Designs
private import Evidence
private import Pooling
private import Subgroups
private import Trees

/// Every option of the program, once: parser, help, completions and documents follow from it.
package enum OptionTable {
  /// The rows in the order of help.
  package static let rows: [Option] =
    data + model + growth + alternation + sampling + effects + output + figures + running
    + calibration + stability + prediction

  /// The options of a command, in the order of help.
  package static func options(of command: CommandName) -> [Option] {
    rows.filter { $0.commands.contains(command) }
  }

  /// The option of a command with a name.
  package static func option(_ name: OptionName, of command: CommandName) -> Option? {
    rows.first { $0.name == name && $0.commands.contains(command) }
  }

  private static let analyses: [CommandName] = [.fit, .compare]
  private static let readers: [CommandName] = [.describe, .fit, .compare]
  private static let armReaders = readers + [.pool, .stability]
  private static let growers = analyses + [.stability]

  private static let data: [Option] = [
    Option(
      .arms, .data, in: armReaders, metavar: "A,B", .pair,
      help: "keep these two arms of a treatment with more"),
    Option(
      .reference, .data, in: armReaders, metavar: "LEVEL", .text,
      fallback: "the first of control, placebo, usual care, sham, 0 that is a level, else the "
        + "first level",
      help: "the control arm"),
    Option(
      .ordered, .data, in: armReaders, metavar: "COLUMN=LOW<MID<HIGH", .levelOrder, repeats: true,
      help: "the order of a column's levels; may be repeated for more columns"),
    Option(
      .subgroups, .data, in: readers, metavar: "COLUMN", .text,
      help: "the levels of this column are the subgroups, in place of a tree; the formula then has "
        + "no third part"),
    Option(
      .subgroups, .data, in: [.pool], metavar: "COLUMN", .text,
      help: "pool the trials within each level of this column of the participants too"),
    Option(
      .weights, .data, in: readers + [.stability], metavar: "COLUMN", .text,
      help: "case weights: how often each row counts; rows of weight 0 are left out"),
  ]

  private static let methods =
    "mob (trials ignored), mob-si (trial intercepts in each node), mob-ri (random "
    + "intercepts), palmtree (trial intercepts common to all nodes), metamob-ri (random "
    + "intercepts and random treatment effects), metamob-si (trial intercepts in each node "
    + "and random treatment effects) or rp (recursive partitioning by the p-value of the "
    + "treatment-by-subgroup interaction in a mixed model)"

  private static let model: [Option] = [
    Option(
      .method, .model, in: [.fit, .stability], metavar: "METHOD", .word(of: Subgroups.Method.self),
      value: .text("metamob-si"), help: methods),
    Option(
      .method, .model, in: [.compare], metavar: "METHOD,...", .methods,
      value: .text("metamob-si"),
      help: "one method, or several with commas between them, side by side: " + methods),
    Option(
      .family, .model, in: armReaders, .word(of: Family.self), fallback: "by the outcome",
      help: "the distribution of the outcome; binomial where it is 0 and 1 or has two levels, its "
        + "event being 1, TRUE or the second level"),
    Option(
      .estimator, .model, in: [.fit, .stability], .word(of: Estimator.self), value: .text("bayes"),
      help: "restricted maximum likelihood, maximum likelihood, or the posterior by Markov chains"),
    Option(
      .correlated, .model, in: growers,
      help: "random intercept and random treatment effect of metamob-ri are correlated"),
    Option(
      .heterogeneity, .model, in: growers, .word(of: Subgroups.HeterogeneityChoice.self),
      value: .text("shared"),
      help: "trial effects and their SDs by Bayes: one set for the whole tree, one for each "
        + "subgroup, or one for each with the SDs of the effect (tau1) partially pooled"),
    Option(
      .poolEffects, .model, in: growers,
      help: "the effects of the subgroups are partially pooled by Bayes: drawn towards their mean, "
        + "the more so the less they differ"),
    Option(
      .quadraturePoints, .model, in: growers, metavar: "N", .integer(1...100),
      value: .integer(1),
      help: "points of the quadrature over the trial effects of a binomial model; 1 is Laplace's "
        + "approximation"),
    Option(
      .measure, .model, in: [.pool], .word(of: EffectMeasure.self), value: .text("OR"),
      help: "how events are compared: log odds ratio, log risk ratio or risk difference"),
    Option(
      .run, .model, in: [.predict], metavar: "METHOD[:ESTIMATOR]", .run,
      fallback: "the first Bayesian run, else the first", help: "the run of the fit to use"),
    Option(
      .run, .model, in: [.plot], metavar: "METHOD[:ESTIMATOR]", .run,
      fallback: "the first Bayesian run, else the first; tree and forest show it beside REML's",
      recorded: false, help: "the run of the fit to show"),
    Option(
      .run, .model, in: [.report], metavar: "METHOD[:ESTIMATOR]", .run,
      fallback: "all runs", recorded: false,
      help: "the method, or the run, that the report keeps to"),
    Option(
      .run, .model, in: [.diagnose], metavar: "METHOD[:ESTIMATOR]", .run,
      fallback: "the first Bayesian run", help: "the run of the fit folder to diagnose"),
  ]

  private static let growth: [Option] = tests + splits

  private static let tests: [Option] = [
    Option(
      .alpha, .growth, in: growers, metavar: "LEVEL", .share,
      value: .number(0.05),
      help: "a node is split where its smallest adjusted p-value is at most this"),
    Option(
      .noBonferroni, .growth, in: growers,
      help: "do not adjust p-values for the number of variables"),
    Option(
      .testParameters, .growth, in: growers, .word(of: GrowthControl.TestParameters.self),
      value: .text("all"),
      help: "what the tests look at: all coefficients of the node, the treatment effect alone by "
        + "its efficient score, or as parm of partykit has it"),
    Option(
      .trim, .growth, in: growers, metavar: "SHARE|N", .trim, value: .number(0.1),
      help: "the share, or number, of a node's participants at either end of a numeric variable "
        + "that its test leaves out"),
    Option(
      .ties, .growth, in: analyses, .word(of: GrowthControl.Ties.self), value: .text("distinct"),
      help: "read the score process of a numeric variable at its distinct values, or at every row "
        + "in file order as R does"),
    Option(
      .ordinal, .growth, in: growers, .word(of: GrowthControl.Ordinal.self),
      value: .text("chisq"),
      help: "the test of an ordered variable: as if it had no order, by the largest component of "
        + "the process over its levels, or by its largest LM form"),
    Option(
      .vcov, .growth, in: growers, .word(of: GrowthControl.Covariance.self), value: .text("opg"),
      help: "the covariance of the scores in the tests: their outer product, the information, or "
        + "the sandwich of both"),
  ]

  private static let splits: [Option] = [
    Option(
      .minSize, .growth, in: growers, metavar: "N", .integer(1...Validity.most),
      fallback: "10 for each coefficient of the root",
      help: "the smallest number of participants in a node"),
    Option(
      .minArm, .growth, in: growers, metavar: "N", .integer(0...Validity.most),
      value: .integer(0), help: "the smallest number of participants of either arm in a node"),
    Option(
      .minTrial, .growth, in: growers, metavar: "N", .integer(0...Validity.most),
      value: .integer(0),
      help: "the smallest number of participants of each trial that a node has any of"),
    Option(
      .maxDepth, .growth, in: growers, metavar: "N", .integer(1...Validity.most),
      fallback: "no limit", help: "the largest depth of the tree; the root has depth 1"),
    Option(
      .categorical, .growth, in: growers, .word(of: GrowthControl.Categorical.self),
      value: .text("binary"),
      help: "split a nominal variable into two groups of levels, or into one child a level"),
    Option(
      .breakpoints, .growth, in: growers, .word(of: GrowthControl.Breakpoints.self),
      value: .text("observed"),
      help: "cut a numeric variable at an observed value, or halfway to the next"),
    Option(
      .permutations, .growth, in: growers, metavar: "N", .integer(0...1_000_000),
      value: .integer(0),
      help: "for rp: draw the treatment anew within trials this many times, to adjust p-values for "
        + "all candidate splits; without, they are adjusted for their number"),
    Option(
      .prune, .growth, in: growers, .word(of: GrowthControl.Prune.self), value: .text("none"),
      help: "cut the grown tree back where a split does not lower AIC or BIC"),
  ]

  private static let alternation: [Option] = [
    Option(
      .start, .alternation, in: growers, .word(of: StartChoice.self),
      value: .text("both"),
      help: "trial effects to start from: zero, those without a tree, or both: the zero-start tree "
        + "is reported, and splits that only it has are marked"),
    Option(
      .tolerance, .alternation, in: growers, metavar: "X", .number(above: 0, below: .infinity),
      value: .number(0.001), help: "the change of the log-likelihood at which REML or ML stops"),
    Option(
      .maxIterations, .alternation, in: growers, metavar: "N", .integer(1...1_000_000),
      value: .integer(100), help: "the largest number of rounds"),
    Option(
      .fallback, .alternation, in: growers, .word(of: FallbackChoice.self),
      value: .text("drop"),
      help: "a trial intercept that a node cannot test is left out of its tests (drop), makes the "
        + "node a leaf as R intends (stop), or has the whole analysis done again with random "
        + "intercepts (metamob-ri; mob-ri for mob-si)"),
  ]

  private static let sampling: [Option] = [
    Option(
      .priors, .sampling, in: growers, metavar: "NAME|FILE", .text,
      value: .text("weakly-informative"),
      help: "a set of priors by name ('metamob priors list' has them), or a JSON file"),
    Option(
      .priors, .sampling, in: [.pool], metavar: "NAME|FILE", .text,
      fallback:
        "weakly-informative; for a table of estimates, whose unit is not known, a flat mean "
        + "and DuMouchel's prior of tau",
      help: "a set of priors by name, or a JSON file: its effect and tau1"),
    Option(
      .muPrior, .sampling, in: [.pool], metavar: "normal:MEAN,SD|flat", .text,
      help: "the prior of the mean effect"),
    Option(
      .tauPrior, .sampling, in: [.pool], metavar: "FAMILY:P1,P2,...", .text,
      help: "the prior of the SD between studies: half-normal:SCALE, half-t:DF,SCALE, "
        + "half-cauchy:SCALE, exponential:RATE, uniform:LOWER,UPPER, half-logistic:SCALE, "
        + "lomax:SHAPE,SCALE, log-normal:MEANLOG,SDLOG, log-t:DF,LOCATION,SCALE (these two may end in "
        + ",tau-squared), fixed:VALUE or flat"),
    Option(
      .sampler, .sampling, in: growers, .word(of: SamplerChoice.self), value: .text("auto"),
      help: "auto is hmc: Hamiltonian Monte Carlo (NUTS); gibbs has the same posterior"),
    Option(
      .chains, .sampling, in: growers, metavar: "N", .integer(1...1_000), value: .integer(4),
      help: "the number of chains"),
    Option(
      .warmup, .sampling, in: growers, metavar: "N", .integer(0...10_000_000),
      value: .integer(1_000), help: "warm-up draws of each chain"),
    Option(
      .draws, .sampling, in: growers, metavar: "N", .integer(1...10_000_000),
      value: .integer(1_000), help: "draws that are kept of each chain"),
    Option(
      .seed, .sampling, in: growers + [.calibrate], metavar: "N", .integer(0...Validity.most),
      value: .integer(1), help: "the seed of all random numbers"),
    Option(
      .targetAccept, .sampling, in: growers, metavar: "X", .number(above: 0, below: 1),
      value: .number(0.8), help: "the acceptance rate that the step size is adapted to"),
    Option(
      .maxTreedepth, .sampling, in: growers, metavar: "N", .integer(1...30), value: .integer(10),
      help: "the largest number of doublings of a trajectory"),
    Option(
      .treeDraws, .sampling, in: analyses, metavar: "N", .integer(0...10_000_000),
      value: .integer(0),
      help: "grow this many further trees, each under one posterior draw of the trial effects: how "
        + "often the splits come back, and who stays together"),
    Option(
      .sensitivity, .sampling, in: analyses,
      help:
        "fit again under 12 priors of the heterogeneity, on the same tree and with the tree grown "
        + "again, and show how far the posterior moves with priors and likelihood"),
    Option(
      .loo, .sampling, in: analyses, .word(of: LeaveOneOutChoice.self), value: .text("auto"),
      help:
        "leave-one-out by participant and by trial: auto computes that by participant where rows "
        + "times draws are at most 20 million"),
    Option(
      .crossValidate, .sampling, in: [.compare], metavar: "off|trials|N|trials,N", .folds,
      value: .text("off"),
      help:
        "compare the runs by outcomes that are left out, every tree grown again without them: the "
        + "active arm of each trial, N parts of the participants, or both"),
    Option(
      .allowUnconverged, .sampling, in: growers + [.diagnose],
      help: "exit with 0, not 3, where the chains have not converged"),
    Option(
      .extend, .sampling, in: [.diagnose], recorded: false,
      help:
        "let the chains of the fit folder go on until R-hat and effective sample sizes are within "
        + "their limits, or the chains 16 times as long (and 4000 draws), and replace its draws and figures"
    ),
    Option(
      .data, .sampling, in: [.diagnose], metavar: "DATA", .text, fallback: "where it was",
      recorded: false, help: "where the data file of the fit is now, for --extend"),
  ]

  private static let effects: [Option] = [
    Option(
      .benefit, .effects, in: analyses, .word(of: Benefit.self),
      help: "whether a lower or a higher outcome is better"),
    Option(
      .mcid, .effects, in: analyses, metavar: "X", .number(above: 0, below: .infinity),
      help: "the smallest worthwhile effect, as a positive number; needs --benefit"),
    Option(
      .level, .effects, in: growers + [.pool], metavar: "LEVEL", .number(above: 0, below: 1),
      value: .number(0.95), help: "the level of every interval"),
  ]

  private static let output: [Option] = [
    Option(
      .stability, .output, in: [.report], metavar: "FOLDER|FILE", .text,
      fallback: "the folder stability in the fit folder, where there is one", repeats: true,
      recorded: false,
      help: "show what stability found with the same data: a folder that it wrote, or its "
        + "stability.json; may be repeated for more methods"),
    Option(
      .out, .output, in: analyses, metavar: "DIR", .text,
      help: "write the fit folder: fit.json, summary.txt and the draws"),
    Option(
      .out, .output, in: [.predict], metavar: "FILE", .text, fallback: "standard output",
      help: "write the CSV table to this file"),
    Option(
      .out, .output, in: [.priors], metavar: "FILE", .text, recorded: false,
      help: "for plot: write the figure to this file, whose name ends in .svg"),
    Option(
      .out, .output, in: [.plot], metavar: "FILE", .text, recorded: false,
      help: "write the figure to this file, whose name ends in .svg, .pdf or .png"),
    Option(
      .out, .output, in: [.report], metavar: "FILE", .text,
      fallback: "report.html in the fit folder; standard output for Markdown", recorded: false,
      help: "write the report to this file; one that exists is replaced"),
    Option(
      .force, .output, in: analyses, recorded: false, help: "replace a fit folder that exists"),
    Option(
      .format, .output, in: readers + [.diagnose, .stability, .calibrate, .pool, .priors],
      .word(of: Settings.Format.self),
      value: .text("text"),
      recorded: false, help: "the form of the results on standard output"),
    Option(
      .format, .output, in: [.report], .word(of: Settings.ReportFormat.self),
      value: .text("html"), recorded: false,
      help: "the form of the report: a page for browsers, or Markdown for a manuscript"),
  ]

  private static let running: [Option] = [
    Option(
      .threads, .running, in: analyses + [.diagnose], metavar: "N", .integer(1...1_024),
      fallback: "the number of cores",
      help: "how many chains run at a time; results do not depend on it"),
    Option(
      .quiet, .running,
      in: readers + [.diagnose, .predict, .plot, .report, .stability, .calibrate, .pool, .priors],
      recorded: false,
      help: "no progress and no warnings on standard error"),
    Option(
      .timing, .running, in: analyses, recorded: false,
      help: "print on standard error how long each step took"),
    Option(.help, .running, in: CommandName.allCases, recorded: false, help: "print this help"),
  ]
}
