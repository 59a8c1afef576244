import Foundation
import TestSupport

/// The whole program, from its start to its end.
enum ProgramBenchmark {
  static func section() throws -> Section {
    guard let own = Bundle.main.executableURL else { throw Missing(what: "the program") }
    let program = own.deletingLastPathComponent().appendingPathComponent("metamob").path
    var rows: [[Cell]] = []
    for (name, repetitions) in [("low-back-pain", 21), ("many-trials", 7)] {
      guard let data = ReferenceData(named: name) else { throw Missing(what: name) }
      let input = [data.file.path, data.formula] + data.orders.flatMap { ["--ordered", $0] }
      let commands = [
        ["compare"] + input, ["fit"] + input, ["fit"] + input + ["--estimator", "reml"],
        ["describe"] + input,
      ]
      for (command, label) in zip(commands, ["compare", "fit", "fit --estimator reml", "describe"])
      {
        let run = try ChildProcess.median(of: repetitions, program, command + ["--quiet"])
        rows.append([
          .text(label), .text(name), .number(run.elapsed.wall), .number(run.elapsed.cpu),
          .number(run.memory / 1e6),
        ])
      }
    }
    return Section(
      name: "program", title: "The whole program",
      remark: """
        Median seconds of a whole process with default settings, 4 × (1000 + 1000) draws, on as many
        threads as the machine has cores; target: `compare` on low-back-pain below 1 s.
        """,
      columns: [
        ("command", "command"), ("data", "data"), ("wall_s", "wall s"), ("cpu_s", "CPU s"),
        ("peak_mb", "peak memory, MB"),
      ], rows: rows)
  }
}
