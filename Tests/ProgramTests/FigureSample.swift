import Foundation
import TestSupport
import Testing

/// A fit folder whose trees have a given number of leaves, with names that need care.
struct FigureSample: Sendable {
  /// The numbers of leaves that figures are tested with.
  static let leafCounts = [1, 2, 5, 12]
  /// A name that breaks out of careless markup, and two that need room.
  static let names = [
    "baseline_pain_intensity_numeric_rating_scale", "years_since_first_episode",
    "<script>alert('x')</script>",
  ]
  static let levels = ["a \"quoted\" & long level", "b<c", "third"]

  let leaves: Int
  let folder: Scratch

  /// Fits a table whose effect changes sign at `leaves` − 1 equally spaced values of the first variable.
  init(leaves: Int, isBinary: Bool = false, options: [String] = []) throws {
    self.leaves = leaves
    folder = try Scratch()
    var generator = TestGenerator(seed: 17)
    var lines = [(["study", "arm"] + Self.names + ["y"]).joined(separator: ",")]
    for row in 0..<(leaves * 150 + 100) {
      let trial = row % 3
      let isActive = Bool.random(using: &generator)
      let value = Int.random(in: 0..<(leaves * 6), using: &generator)
      let segment = value / 6
      let sign = segment.isMultiple(of: 2) ? 1.0 : -1.0
      let effect = leaves == 1 ? -1.5 : sign * (1.6 + 0.5 * Double(segment))
      let noise = (0..<12).reduce(-6.0) { sum, _ in
        sum + Double.random(in: 0...1, using: &generator)
      }
      let y = 10 + 0.4 * Double(trial) + (isActive ? effect : 0) + noise
      let level = Self.levels.randomElement(using: &generator) ?? ""
      let outcome =
        isBinary ? (y > 10.4 ? "1" : "0") : String(format: "%.2f", y)
      lines.append(
        [
          "Trial \(["Aalborg", "Basel", "Cambridge University Hospital"][trial])",
          isActive ? "intensive exercise" : "usual care", "\(value)",
          "\(Int.random(in: 20...80, using: &generator))",
          "\"\(level.replacing("\"", with: "\"\""))\"", outcome,
        ].joined(separator: ","))
    }
    try folder.add("data.csv", lines.joined(separator: "\n") + "\n")
    let outcome = try Program.run(
      [
        "compare", "data.csv", "y ~ arm | study | .", "--reference", "usual care", "--benefit",
        "lower",
        "--mcid", "1", "--warmup", "60", "--draws", "60", "--chains", "2", "--allow-unconverged",
        "--quiet", "--out", "fit",
      ] + options, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }
}
