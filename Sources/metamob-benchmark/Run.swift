private import CMalloc
import Foundation
import Glibc
import JSON

/// Measures everything and returns the exit code.
///
/// Writes `results.json` and `README.md` into a folder, or, with names of sections after it, prints
/// those alone.
/// `read FILE` and `grow ROWS` are how the program measures itself in a process of its own.
func run(_ arguments: [String]) -> Int32 {
  metamob_return_large_blocks()
  do {
    switch arguments.first {
    case "read" where arguments.count == 2: try ReadingBenchmark.read(arguments[1])
    case "grow" where arguments.count == 2: GrowthBenchmark.grow(rows: Int(arguments[1]) ?? 0)
    case .some(let folder) where !folder.hasPrefix("-"):
      try measure(into: URL(fileURLWithPath: folder), only: Array(arguments.dropFirst()))
    default:
      print("usage: metamob-benchmark FOLDER [SECTION …]", "sections: \(names)", separator: "\n")
      return 64
    }
    return 0
  } catch {
    FileHandle.standardError.write(Data("metamob-benchmark: \(error)\n".utf8))
    return 1
  }
}

private typealias Benchmark = (name: String, section: @Sendable () throws -> Section)

private let benchmarks: [Benchmark] = [
  ("program", ProgramBenchmark.section), ("trees", TreeBenchmark.section),
  ("growth", GrowthBenchmark.section),
  ("fit", FitBenchmark.section), ("density", DensityBenchmark.section),
  ("rows", RowsBenchmark.section), ("effective-draws", EffectiveDrawsBenchmark.section),
  ("binomial", BinomialBenchmark.section),
  ("mixing", MixingBenchmark.section), ("summaries", SummaryBenchmark.section),
  ("reading", ReadingBenchmark.section), ("pooling", PoolingBenchmark.section),
]

private var names: String { benchmarks.map(\.name).joined(separator: ", ") }

private func measure(into folder: URL, only chosen: [String]) throws {
  let machine = Machine()
  var sections: [Section] = []
  for benchmark in benchmarks where chosen.isEmpty || chosen.contains(benchmark.name) {
    let section = try benchmark.section()
    print(section.markdown)
    sections.append(section)
  }
  guard chosen.isEmpty else { return }
  let report = BenchmarkReport(machine: machine, loadAfter: Machine.load, sections: sections)
  try Data(report.json.text().utf8).write(to: folder.appendingPathComponent("results.json"))
  try Data(report.markdown.utf8).write(to: folder.appendingPathComponent("README.md"))
}
