private import Stability

extension OptionTable {
  /// The options that `stability` does not share with other commands, or that mean something else there.
  static let stability: [Option] = [
    Option(
      .resample, .resampling, in: [.stability], .word(of: Resampling.self), value: .text("halves"),
      help: "grow trees on either half of each trial's arms, or on all trials but one (needs 10 "
        + "trials)"),
    Option(
      .replicates, .resampling, in: [.stability], metavar: "N", .integer(1...1_000_000),
      value: .integer(100),
      help: "complementary pairs of halves: twice as many trees are grown; without effect where "
        + "trials are left out"),
    Option(
      .honest, .resampling, in: [.stability],
      help: "grow a tree on one half and estimate its effects on the other as well: intervals that "
        + "the search has not spoilt"),
    Option(
      .out, .output, in: [.stability], metavar: "DIR", .text,
      help: "write trees.txt while trees grow, then stability.json and summary.txt; trees that the "
        + "folder has of the same version, data and settings are taken as they are, so that an "
        + "interrupted run goes on"),
    Option(
      .force, .output, in: [.stability], recorded: false,
      help: "grow trees anew that the folder has already"),
    Option(
      .threads, .running, in: [.stability], metavar: "N", .integer(1...1_024),
      fallback: "the number of cores",
      help: "how many trees grow at a time; results do not depend on it"),
  ]
}
