private import Reports

extension OptionTable {
  /// The options of `predict` alone.
  static let prediction: [Option] = [
    Option(
      .trial, .data, in: [.predict], metavar: "COLUMN", .text,
      help:
        "the trial of each participant: those of a trial of the fit get the effect in that trial, "
        + "others the interval of a new trial; needs a Bayesian run"),
    Option(
      .interval, .effects, in: [.predict], .word(of: PredictedInterval.self),
      fallback: "that of the run",
      help:
        "the interval of the effect: of the mean over trials by REML or ML, its posterior, or of the "
        + "effect in a new trial"),
    Option(
      .rules, .output, in: [.predict], .word(of: RuleLanguage.self),
      help: "write the rules of the tree for other programs in place of predictions: as text, a "
        + "document, a CASE expression, or a function in R or Python; DATA is left out"),
  ]
}
