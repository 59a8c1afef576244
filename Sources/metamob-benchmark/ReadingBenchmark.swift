import Designs
import Foundation
import Numerics
import Tables

/// Reading a large CSV file into a design, in a process of its own.
enum ReadingBenchmark {
  private static let formula = "y ~ arm | trial | x1 + x2 + x3 + x4 + x5 + x6 + x7 + g + h"

  static func section() throws -> Section {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("metamob-benchmark-\(ProcessInfo.processInfo.processIdentifier).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    try write(to: file, rows: 1_000_000)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    guard let size = (attributes[.size] as? NSNumber)?.doubleValue,
      let program = Bundle.main.executablePath
    else { throw Missing(what: "the benchmark's own file") }
    let runs = try ChildProcess.median(of: 5, program, ["read", file.path])
    return Section(
      name: "reading", title: "Reading CSV",
      remark: """
        A whole process on two threads that reads 1,000,000 rows × 12 columns (numbers of 6 to 8
        characters, two text columns) into a design; targets 3 s, and 4 times the file's size.
        """,
      columns: [
        ("rows", "rows"), ("columns", "columns"), ("file_mb", "file, MB"), ("wall_s", "wall s"),
        ("cpu_s", "CPU s"), ("peak_mb", "peak memory, MB"), ("memory_ratio", "peak / file"),
      ],
      rows: [
        [
          .number(1_000_000, digits: 1), .number(12, digits: 1), .number(size / 1e6),
          .number(runs.elapsed.wall), .number(runs.elapsed.cpu), .number(runs.memory / 1e6),
          .number(runs.memory / size),
        ]
      ])
  }

  /// What the process of its own does.
  static func read(_ path: String) throws {
    let text = try DelimitedText(InputFile(reading: path))
    keep(try DesignBuilder(text, formula: Formula(parsing: formula), threads: 2).design())
  }

  private static func write(to file: URL, rows: Int) throws {
    var stream = RandomStream(seed: 1, purpose: "benchmark")
    try Data().write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    var text = "trial,arm,y,x1,x2,x3,x4,x5,x6,x7,g,h\n"
    for row in 0..<rows {
      text += "T\(row % 20),\(["control", "active"][stream.integer(below: 2)])"
      for _ in 0..<8 { text += ",\((stream.normal() * 1e5).rounded() / 1e5)" }
      text += ",\(["a", "b", "c", "d"][stream.integer(below: 4)])"
      text += ",\(["low", "middle", "high"][stream.integer(below: 3)])\n"
      if row % 10_000 == 9_999 || row == rows - 1 {
        try handle.write(contentsOf: Data(text.utf8))
        text = ""
      }
    }
  }
}
