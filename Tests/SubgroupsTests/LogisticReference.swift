import Designs
import Foundation
import Subgroups
import TestSupport

/// A binary data set under `Figures` with the trees that R grew on it.
struct LogisticReference {
  let table: FigureTable
  let design: Design
  private let document: [String: Any]

  init?(_ name: String) {
    guard let table = FigureTable("\(name)/data.csv"), let data = figure("\(name)/reference.json"),
      let document = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let columns = document["columns"] as? [String: Any],
      let outcome = columns["y"] as? String, let treatment = columns["t"] as? String
    else { return nil }
    self.table = table
    self.document = document
    let trial = table.codes("trial")
    design = Design(
      formula: "y ~ t | trial | z", outcomeName: outcome, family: .binomial, event: "1",
      outcome: table.numbers(outcome),
      treatment: TreatmentArms(column: treatment, reference: "0", active: "1"),
      arm: table.numbers(treatment).map { UInt8($0) }, trialName: "trial", trials: trial.levels,
      trial: trial.codes,
      exclusions: Exclusions(rows: table.rows, used: table.rows, counts: []))
  }

  /// A node of a recorded tree.
  struct Node {
    let rows: [Int32]
    let objective: Double
    /// By R's names; absent where R has none, or where the node is marked as noise.
    let coefficients: [String: Double]
    let isNoise: Bool
    /// A numeric split: variable and breakpoint.
    let split: (variable: String, breakpoint: Double)?
  }

  /// All trees of a method: the tree itself and those of all variants.
  func trees(_ method: Method) -> [[Node]] {
    let variants = document["variants"] as? [String: Any] ?? [:]
    let all = [document["methods"] ?? [:]] + variants.keys.sorted().map { variants[$0] ?? [:] }
    return all.compactMap { set in
      let trees = set as? [String: Any]
      let tree = trees?[method.rawValue] as? [String: Any]
      return (tree?["nodes"] as? [[String: Any]]).map { nodes($0) }
    }
  }

  /// Walks the nodes in pre-order, dividing the rows as each split says.
  private func nodes(_ list: [[String: Any]]) -> [Node] {
    var waiting = [(0..<Int32(table.rows)).map { $0 }]
    var result: [Node] = []
    for entry in list {
      let rows = waiting.popLast() ?? []
      let split = entry["split"] as? [String: Any]
      var numeric: (String, Double)?
      if let split, let variable = split["var"] as? String {
        let groups = children(rows, split, variable)
        waiting += groups.reversed()
        if let value = split["breaks"] as? Double { numeric = (variable, value) }
      }
      let isNoise = entry["caution"] != nil
      result.append(
        Node(
          rows: rows, objective: entry["objfun"] as? Double ?? .nan,
          coefficients: isNoise
            ? [:] : (entry["coef"] as? [String: Any] ?? [:]).compactMapValues { $0 as? Double },
          isNoise: isNoise, split: numeric))
    }
    return result
  }

  private func children(
    _ rows: [Int32], _ split: [String: Any], _ variable: String
  ) -> [[Int32]] {
    if let value = split["breaks"] as? Double {
      let x = table.numbers(variable)
      return [rows.filter { x[Int($0)] <= value }, rows.filter { x[Int($0)] > value }]
    }
    let cells = table.columns[variable] ?? []
    return (split["groups"] as? [[String]] ?? []).map { group in
      rows.filter { group.contains(cells[Int($0)]) }
    }
  }
}
