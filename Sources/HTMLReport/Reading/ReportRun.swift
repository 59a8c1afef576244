import Figures
import Foundation
import JSON
import Posterior
import Subgroups

/// What a report reads of one run of a saved fit.
struct ReportRun {
  /// A node of the tree.
  struct Node {
    let value: JSONValue
    let id: Int
    let parent: Int?
    let participants: Int
    let isLeaf: Bool
    /// The path from the root in words, empty for the root.
    let rule: String

    /// The split of an inner node.
    var split: JSONValue? { value.at("split") }

    /// The path from the root as a reader says it.
    var words: String { rule.isEmpty ? "all participants" : rule }

    /// The conditions of the path in an order that does not depend on it: what nodes of two trees have in
    /// common.
    var signature: [String] { rule.components(separatedBy: " & ").sorted() }
  }

  let value: JSONValue
  let method: Subgroups.Method
  let estimator: Estimator
  let nodes: [Node]
  /// What the fit says of the effect in each leaf and inner node, by node id.
  let subgroups: [Int: JSONValue]

  /// Reads a run; nil where it has no tree.
  init?(_ value: JSONValue) {
    guard let method = value.text("method").flatMap(Subgroups.Method.init),
      let estimator = value.text("estimator").flatMap(Estimator.init)
    else { return nil }
    (self.value, self.method, self.estimator) = (value, method, estimator)
    nodes = (value.at("tree")?.list("nodes") ?? []).compactMap(Node.init)
    guard !nodes.isEmpty else { return nil }
    var subgroups: [Int: JSONValue] = [:]
    let fit = value.at("fit") ?? .null
    for subgroup in fit.list("subgroups") + fit.list("inner_nodes") {
      if let node = subgroup.integer("node") { subgroups[node] = subgroup }
    }
    self.subgroups = subgroups
  }

  /// The fit.
  var fit: JSONValue { value.at("fit") ?? .null }
  /// Whether the run is a posterior.
  var isBayesian: Bool { estimator == .bayes }
  /// The name by which `--run` chooses the run.
  var name: String { "\(method.rawValue):\(estimator.rawValue)" }
  /// The estimator in words: REML, ML or Bayes.
  var word: String { isBayesian ? "Bayes" : estimator.rawValue.uppercased() }
  /// The leaves in node order.
  var leaves: [Node] { nodes.filter(\.isLeaf) }
  /// Whether the tree has a split.
  var hasSplit: Bool { leaves.count > 1 }

  /// The node with an id.
  func node(_ id: Int) -> Node? { nodes.first { $0.id == id } }

  /// The leaves below a node, or the leaf itself.
  func leaves(below id: Int) -> [Node] {
    guard let node = node(id) else { return [] }
    if node.isLeaf { return [node] }
    return (node.split?.integers("children") ?? []).flatMap { leaves(below: $0) }
  }

  /// The confidence interval, or the central posterior one, of a node's effect.
  func interval(_ node: Int) -> Interval? {
    let subgroup = subgroups[node]
    return isBayesian ? subgroup?.at("effect")?.interval("ci") : subgroup?.interval("ci")
  }

  /// The standard error, or the posterior SD, of a node's effect.
  func error(_ node: Int) -> Double? {
    let subgroup = subgroups[node]
    return isBayesian ? subgroup?.at("effect")?.number("sd") : subgroup?.number("se")
  }

  /// The outcomes of a leaf by trial, arm, or both.
  func outcomes(_ leaf: Int) -> JSONValue? {
    value.at("figures")?.list("outcomes").first { $0.integer("node") == leaf }
  }

  /// The effect in each trial of a leaf from its participants alone.
  func rawEffects(_ leaf: Int) -> [JSONValue] {
    value.at("figures")?.list("trial_effects").first { $0.integer("node") == leaf }?
      .list("trials") ?? []
  }

  /// The id of a node in a page.
  func anchor(_ node: Int) -> String { FigureOptions.anchor(name, node: node) }
}

extension ReportRun.Node {
  fileprivate init?(_ value: JSONValue) {
    guard let id = value.integer("id"), let participants = value.integer("n") else { return nil }
    self.value = value
    (self.id, self.participants) = (id, participants)
    parent = value.integer("parent")
    isLeaf = value.flag("leaf") ?? (value.at("split") == nil)
    rule = value.text("rule") ?? ""
  }
}

/// The runs of one method: by REML or ML, by Bayes, or both.
struct ReportGroup {
  let method: Subgroups.Method
  let likelihood: ReportRun?
  let bayesian: ReportRun?

  /// The runs that there are, REML or ML first.
  var runs: [ReportRun] { [likelihood, bayesian].compactMap { $0 } }
  /// The run whose figures the text gives.
  var main: ReportRun? { bayesian ?? likelihood }
  /// The name of the estimator by likelihood.
  var likelihoodName: String { likelihood?.word ?? "REML" }
}
