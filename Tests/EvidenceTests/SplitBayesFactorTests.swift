import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Testing
import Trees

@testable import Evidence

/// Bayes factors of splits of Gaussian models.
@Suite struct SplitBayesFactorTests {
  private func weighing(
    _ data: SmallTrials, _ method: Subgroups.Method, _ tree: Tree, averaging: Bool = false,
    heterogeneity: HeterogeneityChoice = .shared
  ) throws -> SplitWeighing {
    var plan = AnalysisPlan(priors: try PriorSet.weaklyInformative())
    plan.heterogeneity = heterogeneity
    plan.growth.minSize = 8
    let model = RunModel(data.design, tree, method, plan, try data.priors)
    return SplitWeighing(
      model: model, scale: model.splitScale,
      variables: averaging ? SortedVariables(data.design) : nil)
  }

  private func dense(_ data: SmallTrials, _ method: Subgroups.Method) -> DenseLikelihood {
    let scale = OutcomeScale(data.design)
    return DenseLikelihood(
      data.design, leaf: data.leaf, leaves: data.leaves, method, unit: scale.withinArmSD,
      center: scale.outcomeMean, spread: scale.outcomeSD)
  }

  /// log BF10 of some leaves by the definition.
  private func direct(
    _ data: SmallTrials, _ method: Subgroups.Method, _ chosen: [Int]
  ) throws -> [Double] {
    var equal = dense(data, method)
    equal.suppose(chosen, difference: 0)
    let null = try equal.value()
    return try SplitEvidence.factors.map { factor in
      var different = dense(data, method)
      different.suppose(chosen, difference: factor * 0.5 * different.unit)
      return try different.value() - null
    }
  }

  // The rule over the variances is good to five digits, the grid of the definition to more.
  @Test(arguments: [Subgroups.Method.mob, .mobSI, .metamobSI, .mobRI])
  func agreesWithDenseMatrices(method: Subgroups.Method) throws {
    let data = SmallTrials(trials: 3, leaves: 2, seed: 3)
    let found = try weighing(data, method, data.tree()).splits()
    #expect(found.map(\.node) == [1])
    let factors = try #require(found[0].logBayesFactors)
    let exact = try direct(data, method, [0, 1])
    for (own, their) in zip(factors, exact) { #expect(abs(own - their) < 2e-5, "\(own) \(their)") }
    #expect(exact.max() ?? 0 > 0.05 || exact.min() ?? 0 < -0.05)
  }

  @Test func agreesWithTwoRandomTermsWeightsAndCovariates() throws {
    let few = SmallTrials(trials: 2, leaves: 2, size: 1, seed: 5)
    let both = try weighing(few, .metamobRI, few.tree()).splits()
    for (own, their) in zip(
      try #require(both[0].logBayesFactors), try direct(few, .metamobRI, [0, 1]))
    { #expect(abs(own - their) < 2e-5) }
    let data = SmallTrials(trials: 3, leaves: 2, weighted: true, covariates: 1, seed: 6)
    let weighted = try weighing(data, .metamobSI, data.tree()).splits()
    for (own, their) in zip(
      try #require(weighted[0].logBayesFactors), try direct(data, .metamobSI, [0, 1]))
    { #expect(abs(own - their) < 2e-5) }
    let fixed = try weighing(data, .palmtree, data.tree()).splits()
    for (own, their) in zip(
      try #require(fixed[0].logBayesFactors), try direct(data, .palmtree, [0, 1]))
    { #expect(abs(own - their) < 2e-5) }
  }

  /// The upper split of a tree of three leaves joins the lower two; the lower one leaves the other leaf as it is.
  @Test func collapsesAtTheChildren() throws {
    let data = SmallTrials(trials: 2, leaves: 3, seed: 7)
    let found = try weighing(data, .metamobSI, data.tree()).splits()
    #expect(found.map(\.node) == [1, 3])
    let below = try direct(data, .metamobSI, [1, 2])
    for (own, their) in zip(try #require(found[1].logBayesFactors), below) {
      #expect(abs(own - their) < 2e-5)
    }
    let joined = data.leaf.map { min($0, 1) }
    let scale = OutcomeScale(data.design)
    let unit = scale.withinArmSD
    let values = try [0, 0.5 * unit].map { sd in
      var model = DenseLikelihood(
        data.design, leaf: joined, leaves: 2, .metamobSI, unit: unit, center: scale.outcomeMean,
        spread: scale.outcomeSD)
      model.suppose([0, 1], difference: sd)
      return try model.value()
    }
    #expect(abs(try #require(found[0].logBayesFactors)[1] - (values[1] - values[0])) < 2e-5)
  }

  /// Three children at once: every pairwise difference has the prior's SD.
  @Test func weighsSeveralChildrenJointly() throws {
    var data = SmallTrials(trials: 2, leaves: 3, seed: 8)
    data.design = data.design.withSubgroups(data.leaf, levels: ["a", "b", "c"])
    let model = try weighing(data, .metamobSI, data.star)
    let found = try #require(model.splits().first?.logBayesFactors)
    for (own, their) in zip(found, try direct(data, .metamobSI, [0, 1, 2])) {
      #expect(abs(own - their) < 2e-5)
    }
  }

  /// Where each node has variances of its own, a split is judged by the node's participants alone.
  @Test func judgesANodeAloneWithHeterogeneityOfItsOwn() throws {
    let data = SmallTrials(trials: 2, leaves: 2, seed: 9)
    let shared = try weighing(data, .metamobSI, data.tree()).splits()
    let own = try weighing(data, .metamobSI, data.tree(), heterogeneity: .perSubgroup).splits()
    // At the root of two leaves both are the same model.
    for (a, b) in zip(
      try #require(shared[0].logBayesFactors), try #require(own[0].logBayesFactors))
    { #expect(abs(a - b) < 1e-9) }
  }

  /// log BF10 of sides whose intercepts differ by leaf as well, the effects being written as covariates: t, and
  /// under H1 t times ±½ besides.
  private func crossed(
    _ data: SmallTrials, _ method: Subgroups.Method, _ side: [Bool], sd: Double
  ) throws -> Double {
    let terms = ModelTerms(
      intercepts: method.terms.intercepts, randomIntercept: method.terms.randomIntercept,
      randomEffect: method.terms.randomEffect, hasTreatment: false)
    let cells = side.indices.map { 2 * data.leaf[$0] + (side[$0] ? 1 : 0) }
    let present = Set(cells).sorted()
    let codes = cells.map { cell in Int32(present.firstIndex(of: cell) ?? 0) }
    let arm = data.design.arm.map(Double.init)
    let priors = try data.priors
    func value(_ columns: [[Double]], _ own: [CoefficientPrior.Normal]) throws -> Double {
      let design = data.design.withCovariates(columns)
      let prior = CoefficientPrior(
        intercept: priors.coefficients.intercept, effect: priors.coefficients.effect,
        coefficients: own)
      return try VarianceQuadrature(
        MarginalModel(
          ModelStatistics(design, leaf: codes, leaves: present.count), terms, .integrated(prior)),
        VariancePriors(priors, terms), resolution: .coarse
      ).logMarginalLikelihood
    }
    let contrast = zip(arm, side).map { $0 * ($1 ? 0.5 : -0.5) }
    let mean = priors.coefficients.effect
    return try value([arm, contrast], [mean, .init(mean: 0, sd: sd)]) - value([arm], [mean])
  }

  /// The average against every candidate by itself, each with intercepts by side and leaf.
  @Test(arguments: [Subgroups.Method.metamobSI, .metamobRI])
  func averagesOverCandidates(method: Subgroups.Method) throws {
    let data = SmallTrials(trials: 2, leaves: 2, size: 2, weighted: true, seed: 10)
    let found = try #require(
      try weighing(data, method, data.tree(), averaging: true).splits()[0].averaged)
    let variables = SortedVariables(data.design)
    let rows = (0..<Int32(data.design.rows)).map { $0 }
    var control = GrowthControl(minSize: 8)
    control.minSize = 8
    var means: [Double] = []
    var count = 0
    for variable in 0..<variables.count {
      let sides: [[Bool]] =
        switch variables.candidates(of: variable, in: rows, minSize: 8, control: control) {
        case .cuts(let order, let places):
          places.map { place in
            let left = Set(order[..<place])
            return rows.map { left.contains($0) }
          }
        case .groupings(let codes, let children):
          children.map { child in codes.map { child[Int($0)] == 0 } }
        }
      var factors: [Double] = []
      for side in sides {
        let sd = 0.5 * OutcomeScale(data.design).withinArmSD
        factors.append(exp(try crossed(data, method, side, sd: sd)))
      }
      count += sides.count
      if !factors.isEmpty { means.append(mean(factors)) }
    }
    #expect(found.splits == count)
    #expect(found.variables == means.count)
    #expect(count > 5)
    // The rough rule of the average: three digits.
    #expect(abs(exp(found.logBayesFactors[1]) / mean(means) - 1) < 3e-3)
  }
}

extension SmallTrials {
  /// A tree with one child a leaf.
  var star: Tree {
    let rows = (0..<Int32(design.rows)).map { $0 }
    return Tree(
      root: rows,
      children: (0..<Int32(leaves)).map { j in rows.filter { leaf[Int($0)] == j } })
  }
}

extension Tree {
  /// A root with leaves.
  init(root rows: [Int32], children: [[Int32]]) {
    func node(_ id: Int, _ parent: Int?, _ rows: [Int32]) -> TreeNode {
      TreeNode(
        id: id, parent: parent, depth: parent == nil ? 0 : 1, rows: rows,
        coefficients: NodeCoefficients(effect: 0, intercept: 0), objective: 0)
    }
    var root = node(1, nil, rows)
    root.split = .nominal(variable: 0, groups: children.indices.map { [$0] })
    root.children = children.indices.map { $0 + 2 }
    self.init(nodes: [root] + children.enumerated().map { node($0.offset + 2, 1, $0.element) })
  }
}

extension Design {
  /// The same data with other covariates.
  func withCovariates(_ columns: [[Double]]) -> Design {
    Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event,
      outcome: outcome, weights: weights, treatment: treatment, arm: arm, trialName: trialName,
      trials: trials, trial: trial,
      covariates: Covariates(names: columns.indices.map { "c\($0)" }, columns: columns),
      partitioning: partitioning, exclusions: exclusions)
  }

  /// The same data with pre-specified subgroups in the place of variables.
  func withSubgroups(_ codes: [Int32], levels: [String]) -> Design {
    Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event,
      outcome: outcome, weights: weights, treatment: treatment, arm: arm, trialName: trialName,
      trials: trials, trial: trial, covariates: covariates,
      subgroups: SubgroupColumn(name: "s", codes: codes, levels: levels), exclusions: exclusions)
  }
}
