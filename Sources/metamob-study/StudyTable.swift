import Foundation

/// The figures of one scenario.
struct StudyTable {
  let scenario: StudyScenario
  let replicates: [StudyReplicate]

  /// A mean over data sets of something that each has several of, with its standard error.
  private func mean(
    _ leaves: (StudyReplicate) -> [StudyReplicate.Leaf],
    _ value: (StudyReplicate.Leaf) -> Double
  ) -> (mean: Double, error: Double, sets: Int) {
    let means = replicates.map(leaves).filter { !$0.isEmpty }.map { own in
      own.reduce(0) { $0 + value($1) } / Double(own.count)
    }
    let n = Double(means.count)
    guard n > 1 else { return (means.first ?? .nan, .nan, means.count) }
    let center = means.reduce(0, +) / n
    let variance = means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / (n - 1)
    return (center, (variance / n).squareRoot(), means.count)
  }

  /// A row of the table: bias away from the overall effect, root mean squared error, coverage.
  private func row(
    _ name: String, _ leaves: @escaping (StudyReplicate) -> [StudyReplicate.Leaf]
  ) -> String {
    let bias = mean(leaves) { $0.exaggeration }
    let squared = mean(leaves) { $0.error * $0.error }
    let coverage = mean(leaves) { $0.isCovered ? 100 : 0 }
    return String(
      format: "| %@ | %@ | %d | %.3f (%.3f) | %.3f | %.1f (%.1f) |", scenario.name, name, bias.sets,
      bias.mean, bias.error, squared.mean.squareRoot(), coverage.mean, coverage.error)
  }

  var lines: [String] {
    let splits = replicates.count { $0.leaves > 1 }
    let slopes = replicates.compactMap(\.slope)
    let slope = slopes.isEmpty ? .nan : slopes.reduce(0, +) / Double(slopes.count)
    let tree = String(
      format: "(%.0f %% of trees have a split; mean c %.2f)",
      100 * Double(splits) / Double(max(replicates.count, 1)), slope)
    return [
      row("tree taken as given \(tree)", \.before), row("corrected for the search", \.after),
      row("honest, half and half", \.honest),
    ]
  }
}
