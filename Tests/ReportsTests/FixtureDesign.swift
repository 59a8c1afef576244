import Designs
import Posterior
import Trees

@testable import Subgroups

/// A tree in outline: sizes, p-values and splits, from which nodes with ids and rows are made.
indirect enum Outline {
  case leaf(Int, p: Double? = nil, stop: StopReason? = .notSignificant)
  case split(Split, p: Double?, [Outline])

  static func numeric(
    _ variable: Int, _ cut: Double, p: Double, _ left: Outline, _ right: Outline
  ) -> Outline {
    .split(.numeric(variable: variable, breakpoint: cut), p: p, [left, right])
  }

  var size: Int {
    switch self {
    case .leaf(let size, _, _): size
    case .split(_, _, let children): children.reduce(0) { $0 + $1.size }
    }
  }
}

/// The data of a fixture: used rows in blocks, so that a node's rows follow one another.
struct FixtureDesign {
  var trials = ["T1", "T2", "T3", "T4"]
  var rows = 1512
  var dropped: [Exclusions.Count] = [
    .init(column: "rmdq", trial: "T1", rows: 15), .init(column: "rmdq", trial: "T2", rows: 5),
    .init(column: "rmdq_0", trial: "T1", rows: 20),
  ]
  var readRows = 1548
  var outcome = "rmdq"
  var arms = TreatmentArms(
    column: "treatment", reference: "control", active: "intervention")
  var variables: [PartitioningVariable] = [
    .init(name: "age", values: .numeric([])),
    .init(name: "sex", values: .nominal(codes: [], levels: ["female", "male"])),
    .init(name: "rmdq_0", values: .numeric([])),
  ]
  var subgroups: SubgroupColumn?
  var covariates = Covariates.none
  var warnings: [String] = []

  /// Trial k of K gets every row whose number leaves k; two of three participants are active.
  var design: Design {
    let names = variables.map(\.name).joined(separator: " + ")
    return Design(
      formula: "\(outcome) ~ \(arms.column) | trial" + (subgroups == nil ? " | \(names)" : ""),
      outcomeName: outcome, family: .gaussian,
      outcome: (0..<rows).map { Double(($0 * 7919) % 25) / 2 }, treatment: arms,
      arm: (0..<rows).map { $0 % 3 == 0 ? 0 : 1 }, trialName: "trial", trials: trials,
      trial: (0..<rows).map { Int32(($0 * $0 + $0 / 7) % trials.count) },
      covariates: covariates, partitioning: subgroups == nil ? variables : [],
      subgroups: subgroups,
      exclusions: Exclusions(rows: readRows, used: rows, counts: dropped), warnings: warnings)
  }

  /// The tree of an outline, ids in pre-order.
  func tree(_ outline: Outline, stratified: Bool = true) -> Tree {
    var nodes: [TreeNode] = []
    var nextRow: Int32 = 0
    func add(_ outline: Outline, parent: Int?, depth: Int) {
      let id = nodes.count + 1
      let place = nodes.count
      let members = Array(nextRow..<(nextRow + Int32(outline.size)))
      var node = TreeNode(
        id: id, parent: parent, depth: depth, rows: members,
        coefficients: coefficients(id, stratified: stratified), objective: 1000 / Double(id))
      switch outline {
      case .leaf(_, let p, let stop):
        node.tests = tests(p, best: 0)
        node.stop = stop
        nodes.append(node)
        nextRow += Int32(outline.size)
      case .split(let split, let p, let children):
        node.tests = tests(p, best: split.variable)
        node.split = split
        nodes.append(node)
        for child in children {
          nodes[place].children.append(nodes.count + 1)
          add(child, parent: id, depth: depth + 1)
        }
      }
    }
    add(outline, parent: nil, depth: 0)
    return Tree(nodes: nodes)
  }

  private func coefficients(_ id: Int, stratified: Bool) -> NodeCoefficients {
    NodeCoefficients(
      effect: -0.5 * Double(id), intercept: stratified ? nil : 4.5,
      trialIntercepts: stratified
        ? Dictionary(uniqueKeysWithValues: trials.indices.map { (Int32($0), Double($0)) }) : [:])
  }

  /// The best variable has the given p-value, the others a larger one.
  private func tests(_ p: Double?, best: Int) -> [InstabilityTest] {
    guard let p else { return [] }
    return variables.indices.map { variable in
      let adjusted = variable == best ? p : (1 + p) / 2
      return InstabilityTest(
        variable: variable, statistic: 10, logPValue: -1, pValue: adjusted / 3,
        adjustedPValue: adjusted, effectShare: 0.5)
    }
  }
}
