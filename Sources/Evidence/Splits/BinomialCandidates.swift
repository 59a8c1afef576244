import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Threads
import Trees

/// The Bayes factors of the splits that a node could have had, in a binomial model.
///
/// Effects are written as covariates, so that leaves may differ in their intercepts and have one effect: t for
/// the mean effect of the node's participants, t times orthonormal contrasts of the children, t in each other leaf.
/// Coefficients and trial effects are integrated by Laplace's approximation, the between-trial SDs over the points
/// of a rough rule that is laid out once, for the split that was chosen.
struct BinomialCandidates: Sendable {
  private let model: RunModel
  private let scales: [Double]
  /// The participants that the effects are judged by.
  private let design: Design
  /// The rows of the whole design that these are.
  private let rows: [Int32]
  /// The leaf of each: those below the node first.
  private let leaf: [Int32]
  /// The number of leaves below the node.
  private let strata: Int
  /// The number of leaves.
  private let leaves: Int
  private let rule: BinomialQuadrature.Rule

  /// Nil where the split that was chosen cannot be weighed.
  init?(_ model: RunModel, _ node: TreeNode, scales: [Double]) {
    self.model = model
    self.scales = scales
    let tree = model.tree
    let below = tree.leaves.filter { leaf in
      tree.path(to: leaf.id).contains { $0.id == node.id }
    }
    let others =
      model.isShared ? tree.leaves.filter { leaf in !below.contains { $0.id == leaf.id } } : []
    var codes = [Int32](repeating: -1, count: model.design.rows)
    for (code, leaf) in (below + others).enumerated() {
      for row in leaf.rows { codes[Int(row)] = Int32(code) }
    }
    let rows = codes.indices.filter { codes[$0] >= 0 }.map { Int32($0) }
    self.rows = rows
    leaf = rows.map { codes[Int($0)] }
    design = model.isShared ? model.design : model.design.restricted(to: rows)
    strata = below.count
    leaves = below.count + others.count
    var side = [Int32](repeating: 0, count: model.design.rows)
    for (child, id) in node.children.enumerated() {
      for row in tree.node(id).rows { side[Int(row)] = Int32(child) }
    }
    let middle = scales[scales.count / 2]
    guard
      let chosen = Self.binomial(
        model, design, rows, leaf, strata, leaves, side, node.children.count, sd: middle),
      let quadrature = try? BinomialQuadrature(chosen, isRough: true)
    else { return nil }
    rule = quadrature.rule
  }

  /// The largest number of splits of a variable that are taken, the fewer the more cells the likelihood has.
  func mostSplits(cells: Int) -> Int { max(8, min(40, 4000 / max(cells, 1))) }

  /// The number of cells of the likelihood, some of which a split divides.
  var cells: Int {
    BinomialStatistics(design, leaf: leaf, leaves: leaves).cells.count
  }

  /// log BF10 at every scale of the split that sends the row r of the whole design to child `side[r]`; nil where a mode
  /// is not found.
  func logBayesFactors(_ side: [Int32], children: Int) -> [Double]? {
    func value(_ sd: Double?) -> Double? {
      Self.binomial(model, design, rows, leaf, strata, leaves, side, children, sd: sd).flatMap {
        BinomialQuadrature.logMarginalLikelihood(of: $0, by: rule)
      }
    }
    guard let equal = value(nil) else { return nil }
    var factors: [Double] = []
    for scale in scales {
      guard let different = value(scale) else { return nil }
      factors.append(different - equal)
    }
    return factors
  }

  /// The model in which differences of the children's effects are N(0, sd²), or none where there is no SD.
  private static func binomial(
    _ model: RunModel, _ design: Design, _ rows: [Int32], _ leaf: [Int32], _ strata: Int,
    _ leaves: Int, _ side: [Int32], _ children: Int, sd: Double?
  ) -> BinomialModel? {
    // Leaves below the node are divided by side.
    var places: [Int32: Int32] = [:]
    var codes: [Int32] = []
    var columns = [[Double]](
      repeating: [Double](repeating: 0, count: rows.count),
      count: 1 + (sd == nil ? 0 : children - 1) + leaves - strata)
    for (place, row) in rows.enumerated() {
      let isBelow = Int(leaf[place]) < strata
      let child = isBelow ? Int(side[Int(row)]) : 0
      let key = leaf[place] * Int32(children) + Int32(child)
      let code = places[key] ?? Int32(places.count)
      places[key] = code
      codes.append(code)
      guard design.arm[place] == 1 else { continue }
      guard isBelow else {
        columns[columns.count - leaves + Int(leaf[place])][place] = 1
        continue
      }
      columns[0][place] = 1
      guard sd != nil else { continue }
      for i in 1..<max(children, 1) { columns[i][place] = contrast(i, child) }
    }
    let own = model.priors.coefficients
    var priors = own.coefficients + [own.effect]
    if let sd {
      // Orthonormal contrasts of effects any two of which differ by N(0, sd²).
      priors += (1..<max(children, 1)).map { _ in .init(mean: 0, sd: sd / 2.squareRoot()) }
    }
    priors += (strata..<leaves).map { _ in own.effect }
    let terms = ModelTerms(
      intercepts: model.terms.intercepts, randomIntercept: model.terms.randomIntercept,
      randomEffect: model.terms.randomEffect, isCorrelated: model.terms.isCorrelated,
      hasTreatment: false)
    return try? BinomialModel(
      BinomialStatistics(
        design.withCovariates(design.covariates.columns + columns), leaf: codes,
        leaves: places.count), terms,
      CoefficientPrior(intercept: own.intercept, effect: own.effect, coefficients: priors),
      heterogeneity: model.priors.tau(terms), correlation: model.priors.correlation,
      omega: model.priors.omega)
  }

  /// Helmert's contrasts: the first children against the next.
  private static func contrast(_ i: Int, _ child: Int) -> Double {
    let length = Double(i * (i + 1)).squareRoot()
    return child < i ? 1 / length : child == i ? -Double(i) / length : 0
  }
}

extension Design {
  /// The same rows with other covariates.
  fileprivate func withCovariates(_ columns: [[Double]]) -> Design {
    Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event,
      outcome: outcome, weights: weights, treatment: treatment, arm: arm, trialName: trialName,
      trials: trials, trial: trial,
      covariates: Covariates(names: columns.indices.map { "\($0)" }, columns: columns),
      exclusions: exclusions)
  }
}

extension SplitCandidates {
  /// The child of each row of a design under each of at most `limit` splits, evenly spaced among all; rows that are
  /// not of the node are in child 0.
  func sides(of rows: [Int32], in count: Int, limit: Int) -> [(side: [Int32], children: Int)] {
    func thinned<Item>(_ items: [Item]) -> [Item] {
      guard items.count > limit else { return items }
      return (0..<limit).map { items[(2 * $0 + 1) * items.count / (2 * limit)] }
    }
    switch self {
    case .cuts(let order, let places):
      return thinned(places).map { place in
        var side = [Int32](repeating: 0, count: count)
        for row in order[place...] { side[Int(row)] = 1 }
        return (side, 2)
      }
    case .groupings(let codes, let children):
      return thinned(children).map { child in
        var side = [Int32](repeating: 0, count: count)
        for (row, code) in zip(rows, codes) { side[Int(row)] = Int32(child[Int(code)]) }
        return (side, (child.max() ?? 0) + 1)
      }
    }
  }
}
