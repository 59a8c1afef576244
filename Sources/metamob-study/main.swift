import Foundation
import Threads

/// Bias and coverage of the effects of subgroups that a search found, before and after the correction, and
/// of honest effects: `metamob-study FOLDER [REPLICATES [PAIRS]]` writes FOLDER/README.md.
let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: metamob-study FOLDER [REPLICATES [PAIRS]]")
  exit(64)
}
let replicates = arguments.count > 2 ? Int(arguments[2]) ?? 1000 : 1000
let pairs = arguments.count > 3 ? Int(arguments[3]) ?? 25 : 25
let seed: UInt64 = 1

let tables = StudyScenario.all.map { scenario in
  StudyTable(
    scenario: scenario,
    replicates: concurrentMap(
      count: replicates, threads: ProcessInfo.processInfo.activeProcessorCount
    ) {
      StudyReplicate(scenario, $0, pairs: pairs, seed: seed)
    }.compactMap(\.self))
}

let scenarios = StudyScenario.all.map { scenario in
  "- `\(scenario.name)`: \(scenario.words); \(scenario.trials) trials of \(scenario.perTrial), "
    + "\(scenario.variables) variables, τ1 \(scenario.tau)."
}
let text =
  ([
    "# Bias and coverage after a search",
    "",
    "Written by `make study REPLICATES=\(replicates) PAIRS=\(pairs)`: \(replicates) simulated data sets a scenario,"
      + " each with a",
    "stability analysis of \(pairs) pairs of halves by metamob-si and REML, seed \(seed). The residual SD is 1.",
    "",
  ] + scenarios + [
    "",
    "Bias: effect minus truth, counted away from the overall effect (for honest effects, away from the true",
    "one), in the mean over the leaves of a data set; its standard error in brackets. RMSE: root mean squared",
    "error. Coverage of 95 % intervals of the mean effect in the leaf, in percent; that of a corrected effect is the",
    "interval of the reported effect, moved. Data sets whose tree has no split count for honest effects alone.",
    "",
    "| scenario | effects | data sets | bias (SE) | RMSE | coverage (SE) |",
    "|---|---|--:|--:|--:|--:|",
  ] + tables.flatMap(\.lines)).joined(separator: "\n") + "\n"

do {
  try FileManager.default.createDirectory(
    atPath: arguments[1], withIntermediateDirectories: true)
  try text.write(toFile: "\(arguments[1])/README.md", atomically: true, encoding: .utf8)
  print(text)
} catch {
  print("cannot write to '\(arguments[1])': \(error.localizedDescription)")
  exit(73)
}
