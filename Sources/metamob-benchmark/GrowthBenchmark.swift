import Designs
import Foundation
import Numerics
import Subgroups
import Trees

/// Growing one large tree: how the cost goes with the number of rows.
enum GrowthBenchmark {
  private static let variables = 10

  static func section() throws -> Section {
    guard let program = Bundle.main.executablePath else { throw Missing(what: "the program") }
    let rows = try [125_000, 250_000, 500_000, 1_000_000].map { n in
      let design = design(rows: n)
      let time = Stopwatch.median(of: 3) { keep(grow(design)) }
      let memory = try ChildProcess(program, ["grow", "\(n)"]).memory
      let numbers = Double(n * (variables + 1) * 8)
      return [
        .number(Double(n), digits: 1), .number(time.wall), .number(time.cpu),
        .number(time.cpu / (Double(n) * log2(Double(n))) * 1e9), .number(memory / 1e6),
        .number(memory / numbers),
      ] as [Cell]
    }
    return Section(
      name: "growth", title: "Growth of a large tree",
      remark: """
        A `mob-si` tree of depth 4 (15 splits) on 10 numeric variables and 6 trials, with sorting, on two
        threads; peak memory of a process that makes the data and grows the tree, also in multiples of
        the numeric data (outcome and variables). Targets: 10 s at 1,000,000 rows, n log n, 3 times.
        """,
      columns: [
        ("rows", "rows"), ("wall_s", "wall s"), ("cpu_s", "CPU s"),
        ("ns", "CPU / (n log2 n), ns"), ("peak_mb", "peak memory, MB"),
        ("memory_ratio", "peak / numeric data"),
      ], rows: rows)
  }

  /// What a process of its own does.
  static func grow(rows: Int) { keep(grow(design(rows: rows))) }

  private static func grow(_ design: Design) -> Tree {
    let model = LinearNodeModel(
      design, NodeCells(design, .mobSI), offset: [Double](repeating: 0, count: design.rows))
    var control = GrowthControl(maxDepth: 5)
    control.alpha = 1
    return Trees.grow(
      model, on: SortedVariables(design, threads: 2), control: control, threads: 2)
  }

  /// Effects that differ by one variable, outcomes by another.
  private static func design(rows n: Int) -> Design {
    var stream = RandomStream(seed: 2, purpose: "benchmark")
    let x = (0..<variables).map { _ in (0..<n).map { _ in stream.normal() } }
    let arm = (0..<n).map { _ in UInt8(stream.integer(below: 2)) }
    let outcome = (0..<n).map { i in
      Double(arm[i]) * (x[0][i] > 0 ? 0.5 : 0.2) + (x[1][i] > 0.3 ? 0.2 : 0) + stream.normal()
    }
    return Design(
      formula: "y ~ t | trial | .", outcomeName: "y", family: .gaussian, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (1...6).map { "T\($0)" }, trial: (0..<n).map { Int32($0 % 6) },
      partitioning: x.enumerated().map {
        PartitioningVariable(name: "x\($0 + 1)", values: .numeric($1))
      }, exclusions: Exclusions(rows: n, used: n, counts: []))
  }
}
