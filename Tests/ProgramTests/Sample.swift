import TestSupport

/// A small meta-analysis as the rows of a table, so that tests can spoil it.
///
/// Columns: `s` (trial T1 … ), `t` (control, active), `y`, `x` (numeric), `z` (a, b, c), `o` (low,
/// mid, high). The effect is 3 where x > 0, else 0, with a residual SD of 1: every method finds it.
struct Sample: Sendable {
  /// The names of the columns.
  var header = ["s", "t", "y", "x", "z", "o"]
  /// One list of cells a participant.
  var rows: [[String]] = []

  /// A formula for its columns.
  static let formula = "y ~ t | s | x + z"
  /// Options of a short run by sampling.
  static let short = ["--chains", "2", "--warmup", "60", "--draws", "60"]

  /// `trials` trials of `size` participants each.
  init(trials: Int = 3, size: Int = 40, seed: UInt64 = 1) {
    var generator = TestGenerator(seed: seed)
    for trial in 1...max(trials, 1) {
      for participant in 0..<size {
        let isActive = participant % 2 == 1
        let x = Self.rounded(Double.random(in: -1...1, using: &generator))
        let noise = (0..<12).reduce(-6.0) { sum, _ in
          sum + Double.random(in: 0...1, using: &generator)
        }
        let y = Self.rounded(10 + Double(trial) + (isActive && x > 0 ? 3 : 0) + noise)
        rows.append([
          "T\(trial)", isActive ? "active" : "control", "\(y)", "\(x)",
          ["a", "b", "c"].randomElement(using: &generator) ?? "a",
          ["low", "mid", "high"].randomElement(using: &generator) ?? "low",
        ])
      }
    }
  }

  /// The table as CSV.
  var csv: String { ([header] + rows).map { $0.joined(separator: ",") + "\n" }.joined() }

  /// The position of a column.
  func column(_ name: String) -> Int { header.firstIndex(of: name) ?? 0 }

  /// A copy in which the cells of a column are replaced; nil leaves a cell as it is.
  func replacing(_ name: String, _ cell: (_ row: Int, _ cells: [String]) -> String?) -> Sample {
    var copy = self
    let column = column(name)
    for index in rows.indices {
      if let new = cell(index, rows[index]) { copy.rows[index][column] = new }
    }
    return copy
  }

  private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

extension Scratch {
  /// A folder with the table of a sample, `d.csv`.
  convenience init(_ sample: Sample) throws {
    try self.init()
    try add("d.csv", sample.csv)
  }
}
