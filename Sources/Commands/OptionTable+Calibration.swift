private import Designs
private import Inference

extension OptionTable {
  /// The options that `calibrate` does not share with other commands, or that have other defaults there.
  static let calibration: [Option] = [
    Option(
      .family, .model, in: [.calibrate], .word(of: Family.self), fallback: "both",
      help: "only scenarios of this distribution of the outcome"),
    Option(
      .trials, .model, in: [.calibrate], metavar: "K", .integer(1...1_000),
      fallback: "any", help: "only scenarios of this number of trials"),
    Option(
      .sampler, .sampling, in: [.calibrate], .word(of: PosteriorSampler.self), fallback: "both",
      help: "the sampler to check"),
    Option(
      .replicates, .sampling, in: [.calibrate], metavar: "N", .integer(20...1_000_000),
      value: .integer(1_000),
      help: "data sets that are simulated, and fitted, for each scenario and sampler"),
    Option(
      .draws, .sampling, in: [.calibrate], metavar: "N", .integer(9...10_000), value: .integer(99),
      help: "nearly independent draws that a true value is ranked among; chains run for as long as "
        + "that takes"),
    Option(
      .warmup, .sampling, in: [.calibrate], metavar: "N", .integer(0...10_000_000),
      value: .integer(300), help: "warm-up draws of each chain"),
    Option(
      .chains, .sampling, in: [.calibrate], metavar: "N", .integer(1...1_000), value: .integer(1),
      help: "chains of each fit"),
    Option(
      .out, .output, in: [.calibrate], metavar: "DIR", .text,
      help: "write ranks/*.csv as each is done, then calibration.json, summary.txt and "
        + "calibration.svg; ranks that the folder has by the same version and settings are taken "
        + "as they are, so that an interrupted run goes on"),
    Option(
      .force, .output, in: [.calibrate], recorded: false,
      help: "make ranks anew that the folder has already"),
    Option(
      .threads, .running, in: [.calibrate], metavar: "N", .integer(1...1_024),
      fallback: "the number of cores",
      help: "how many data sets are fitted at a time; results do not depend on it"),
  ]
}
