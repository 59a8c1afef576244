public import Stability
import Trees

/// The trees of a stability analysis as a file, so that an interrupted one goes on: comments with what
/// determined them, then one line a part of the participants.
///
/// A line has the round, then the word `grown`, whether the alternation ended and the chains converged
/// (1 or 0), the splits in pre-order (`-` a leaf; `n0:9.0`, `o1:2` and `g2:0+1/2` a cut or groups of levels of
/// a numeric, ordered or nominal variable by its position) and the leaves' deviations (`d̂:d̃:w`); or
/// the word `failed` and a reason.
public enum ResampledTreesFile {
  /// The text of the outcomes of rounds under a header.
  public static func text(
    of rounds: [Int: [ResampledOutcome]], header: [String]
  ) -> String {
    let lines = rounds.sorted { $0.key < $1.key }.flatMap { round, outcomes in
      outcomes.map { "\(round),\(line($0))" }
    }
    return (header.map { "# \($0)" } + lines).map { $0 + "\n" }.joined()
  }

  /// The rounds that a text holds, each with `parts` outcomes; nil unless it was made under exactly this
  /// header.
  public static func rounds(
    _ text: String, header: [String], parts: Int
  ) -> [Int: [ResampledOutcome]]? {
    let lines = text.split(separator: "\n").map(String.init)
    guard lines.count >= header.count,
      Array(lines.prefix(header.count)) == header.map({ "# \($0)" })
    else { return nil }
    var rounds: [Int: [ResampledOutcome]] = [:]
    for line in lines.dropFirst(header.count) {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard cells.count > 2, let round = Int(cells[0]), let outcome = outcome(cells) else {
        return nil
      }
      rounds[round, default: []].append(outcome)
    }
    return rounds.allSatisfy { $0.key >= 0 && $0.value.count == parts } ? rounds : nil
  }

  private static func line(_ outcome: ResampledOutcome) -> String {
    switch outcome {
    case .failed(let reason): return "failed,\(reason)"
    case .grown(let tree):
      let splits = tree.shape.splits.map { $0?.token ?? "-" }.joined(separator: " ")
      let deviations = tree.deviations.map { "\($0.grown):\($0.other):\($0.weight)" }
      return "grown,\(tree.isSettled ? 1 : 0),\(tree.hasConverged ? 1 : 0),\(splits),"
        + deviations.joined(separator: " ")
    }
  }

  private static func outcome(_ cells: [String]) -> ResampledOutcome? {
    if cells[1] == "failed" { return .failed(cells[2...].joined(separator: ",")) }
    guard cells[1] == "grown", cells.count == 6 else { return nil }
    var splits: [Split?] = []
    for token in cells[4].split(separator: " ") {
      if token == "-" {
        splits.append(nil)
      } else {
        guard let split = Split(token: token) else { return nil }
        splits.append(split)
      }
    }
    var deviations: [ResampledTree.Deviation] = []
    for item in cells[5].split(separator: " ") {
      let numbers = item.split(separator: ":").compactMap { Double($0) }
      guard numbers.count == 3 else { return nil }
      deviations.append(.init(grown: numbers[0], other: numbers[1], weight: numbers[2]))
    }
    guard let shape = TreeShape(splits: splits) else { return nil }
    return .grown(
      ResampledTree(
        shape: shape, deviations: deviations, isSettled: cells[2] == "1",
        hasConverged: cells[3] == "1"))
  }
}

extension Split {
  fileprivate var token: String {
    switch self {
    case .numeric(let variable, let breakpoint): return "n\(variable):\(breakpoint)"
    case .ordered(let variable, let level): return "o\(variable):\(level)"
    case .nominal(let variable, let groups):
      let words = groups.map { $0.map { "\($0)" }.joined(separator: "+") }
      return "g\(variable):\(words.joined(separator: "/"))"
    }
  }

  fileprivate init?(token: Substring) {
    let parts = token.dropFirst().split(separator: ":")
    guard parts.count == 2, let variable = Int(parts[0]) else { return nil }
    switch token.first {
    case "n":
      guard let breakpoint = Double(parts[1]) else { return nil }
      self = .numeric(variable: variable, breakpoint: breakpoint)
    case "o":
      guard let level = Int(parts[1]) else { return nil }
      self = .ordered(variable: variable, breakpoint: level)
    case "g":
      let groups = parts[1].split(separator: "/").map {
        $0.split(separator: "+").compactMap { Int($0) }
      }
      self = .nominal(variable: variable, groups: groups)
    default: return nil
    }
  }
}
