import Designs
import Foundation
import Inference
import JSON
import Subgroups
import TestSupport
import Testing
import Trees

/// A tree that R grew: a data set, a method, and a variant of the settings where it is not the plain
/// one.
struct ReferenceTree: Sendable, CustomTestStringConvertible {
  let name: String
  let variant: String?
  /// The key of the figures: a method, or `metamob-ri-cor`.
  let key: String

  var testDescription: String { [name, variant, key].compactMap(\.self).joined(separator: ", ") }

  /// Its case in the tables of agreement: all variants of the settings together.
  func agreement(_ table: AgreementNotes.Table) -> AgreementNotes {
    AgreementNotes(table, "\(name), \(key)")
  }

  var method: Subgroups.Method {
    Subgroups.Method(rawValue: key) ?? .metamobRI
  }

  /// What R gets wrong: clusters in the covariance of mixed trees, and fits without joint leaves,
  /// whose offsets count the random effects twice.
  private static let faulty = ["cluster_trial", "cluster_trial_maxit6", "joint_FALSE"]

  /// Every tree of a data set but those of faulty variants.
  static func all(of name: String) -> [ReferenceTree] {
    guard let figures = try? ReferenceCase(name).figures else { return [] }
    let plain = (figures["methods"]?.object ?? [:]).keys.sorted().map {
      ReferenceTree(name: name, variant: nil, key: $0)
    }
    let variants = (figures["variants"]?.object ?? [:]).filter { !faulty.contains($0.key) }
    return plain
      + variants.sorted { $0.key < $1.key }.flatMap { variant, trees in
        (trees.object ?? [:]).keys.sorted().map {
          ReferenceTree(name: name, variant: variant, key: $0)
        }
      }
  }

  var figures: JSONValue {
    get throws {
      let all = try ReferenceCase(name).figures
      return variant.map { (all["variants"]?[$0]?[key]) ?? .null }
        ?? (all["methods"]?[key] ?? .null)
    }
  }

  /// The settings under which R grew the tree.
  var plan: AnalysisPlan {
    get throws {
      var plan = AnalysisPlan(priors: try .weaklyInformative())
      plan.methods = [method]
      plan.estimators = [variant == "REML_FALSE" ? .ml : .reml]
      plan.isCorrelated = key == "metamob-ri-cor"
      // R reads tied values row by row, starts at zero and makes a leaf of a node it cannot test.
      plan.growth.ties = .rows
      plan.growth.start = variant == "ranefstart_TRUE" ? .noTree : .zero
      plan.growth.fallback = .stop
      if variant == "abstol1e8" { plan.growth.tolerance = 1e-8 }
      if variant == "parm_t" { plan.growth.testParameters = .partykit }
      try control(&plan.growth, try figures.at("control"))
      return plan
    }
  }

  private func control(_ growth: inout GrowthPlan, _ control: JSONValue) throws {
    func word(_ key: String) -> String { control[key]?.string ?? "" }
    growth.alpha = try control.number("alpha")
    growth.bonferroni = control["bonferroni"] == .bool(true)
    growth.minSize = control["minsize"]?.number.map { Int($0) }
    growth.maxDepth = control["maxdepth"]?.number.map { Int($0) }
    growth.trim = try control.number("trim")
    growth.categorical = word("catsplit") == "multiway" ? .multiway : .binary
    growth.breakpoints = word("numsplit") == "center" ? .midpoint : .observed
    growth.ordinal = ["max": .max, "l2": .l2][word("ordinal")] ?? .chisq
    growth.prune = ["AIC": .aic, "BIC": .bic][word("prune")] ?? .none
    growth.vcov = GrowthControl.Covariance(rawValue: word("vcov")) ?? .opg
  }
}

/// Holds a tree against R's, node by node from the root.
struct TreeCheck {
  let design: Design
  let tree: Tree
  let figures: JSONValue
  /// The relative tolerance of statistics, objectives and log p-values.
  let tolerance: Double
  /// Where the differences are noted.
  let agreement: AgreementNotes
  /// The absolute tolerance of p-values of ordered variables, which R simulates or integrates by
  /// quasi-Monte-Carlo; nil where they are exact.
  var simulated: Double?

  private struct Pair {
    let node: Int
    let expected: Int
  }

  /// Compares all nodes but those that R itself did not test soundly, and what descends from them.
  ///
  /// A separated node is a leaf of ours, where R goes on with coefficients of 17; returns the ids of
  /// such nodes that R tested.
  func run() throws -> [Int] {
    var separated: [Int] = []
    let nodes = try #require(figures["nodes"]?.array)
    let byID = Dictionary(
      uniqueKeysWithValues: nodes.compactMap { node in node["id"]?.number.map { (Int($0), node) } })
    var waiting = [Pair(node: 1, expected: 1)]
    while let next = waiting.popLast() {
      let node = tree.node(next.node)
      let expected = try #require(byID[next.expected])
      #expect(node.rows.count == Int(try expected.number("n")), "node \(node.id)")
      guard expected["caution"] == nil else { continue }
      if design.family == .binomial, node.stop == .notEstimable, expected["test"]?.object != nil {
        separated.append(node.id)
        continue
      }
      try checkSplit(node, expected)
      try checkTests(node, expected)
      try checkFit(node, expected)
      let children = expected["kids"]?.array?.compactMap(\.number) ?? []
      #expect(node.children.count == children.count, "node \(node.id)")
      for (child, other) in zip(node.children, children) {
        waiting.append(Pair(node: child, expected: Int(other)))
      }
    }
    return separated
  }

  private func checkFit(_ node: TreeNode, _ expected: JSONValue) throws {
    let objective = try expected.number("objfun")
    // A node that is fitted exactly leaves rounding.
    #expect(
      agreement.close(
        "objective of a node", node.objective, objective, relative: tolerance, absolute: 1e-6),
      "node \(node.id)")
    if let effect = expected["coef"]?["t"]?.number {
      let found = try #require(node.coefficients.effect, "node \(node.id)")
      #expect(
        agreement.close(
          "effect in a node", found, effect, relative: 10 * tolerance, absolute: 1e-5),
        "node \(node.id)")
    }
  }

  private func checkSplit(_ node: TreeNode, _ expected: JSONValue) throws {
    guard let split = expected["split"], split.object != nil else {
      #expect(node.split == nil, "node \(node.id)")
      return
    }
    let found = try #require(node.split, "node \(node.id)")
    let variable = design.partitioning[found.variable]
    #expect(variable.name == split["var"]?.string, "node \(node.id)")
    switch (found, variable.values) {
    case (.numeric(_, let breakpoint), _):
      let theirs = try split.number("breaks")
      #expect(
        agreement.close("cut point", breakpoint, theirs, relative: 1e-12), "node \(node.id)")
    case (.ordered(_, let breakpoint), .ordered(_, let levels)):
      #expect(levels[breakpoint] == split["left_upto"]?.string, "node \(node.id)")
    case (.nominal(_, let groups), .nominal(_, let levels)):
      let named = groups.map { $0.map { JSONValue.string(levels[$0]) } }
      #expect(JSONValue.array(named.map(JSONValue.array)) == split["groups"], "node \(node.id)")
    default: Issue.record("node \(node.id): a split of another kind than its variable")
    }
  }

  private func checkTests(_ node: TreeNode, _ expected: JSONValue) throws {
    guard let tests = expected["test"]?.object, !tests.isEmpty else {
      #expect(node.tests.isEmpty, "node \(node.id)")
      return
    }
    #expect(tests.count == node.tests.count, "node \(node.id)")
    for test in node.tests {
      let variable = design.partitioning[test.variable]
      let expected = try #require(tests[variable.name])
      guard let statistic = expected["stat"]?.number, let p = expected["p"]?.number else {
        #expect(test.pValue == nil, "node \(node.id), \(variable.name)")
        continue
      }
      let found = try #require(test.statistic, "node \(node.id), \(variable.name)")
      #expect(
        agreement.close(
          "test statistic", found, statistic, relative: tolerance, absolute: tolerance * 1e-3),
        "node \(node.id), \(variable.name)")
      try checkP(test, p, variable, node.id)
    }
  }

  private func checkP(
    _ test: InstabilityTest, _ p: Double, _ variable: PartitioningVariable, _ node: Int
  ) throws {
    let found = try #require(test.adjustedPValue)
    if let simulated, case .ordered = variable.values {
      #expect(
        agreement.isWithin(
          "p-value, in R simulated", .absolute, abs(found - p), limit: simulated),
        "node \(node), \(variable.name)")
      return
    }
    // A relative error of the statistic is one of log p, which R prints as p.
    let isClose =
      close(found, p, relative: tolerance) || abs(found - p) < tolerance * 1e-2
      ? agreement.close("p-value", found, p, relative: tolerance, absolute: tolerance * 1e-2)
      : agreement.close("log p-value", log(found), log(p), relative: tolerance)
    #expect(isClose, "node \(node), \(variable.name)")
  }
}
