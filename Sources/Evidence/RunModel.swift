import Designs
import Inference
import MixedModels
import Subgroups
import Trees

/// The joint model of a Bayesian run's tree on its own or on other data, with the run's priors.
struct RunModel: Sendable {
  let design: Design
  let tree: Tree
  let method: Subgroups.Method
  let plan: AnalysisPlan
  /// The priors on the scale of all data, whatever the rows that a model is of.
  let priors: ResolvedPriors
  /// What the leaves have in common.
  let heterogeneity: HeterogeneityChoice
  /// The leaf of each row, counted from 0 in node order.
  let codes: [Int32]

  /// The model of a tree whose root has all rows of a design.
  init(
    _ design: Design, _ tree: Tree, _ method: Subgroups.Method, _ plan: AnalysisPlan,
    _ priors: ResolvedPriors
  ) {
    self.design = design
    self.tree = tree
    self.method = method
    self.plan = plan
    self.priors = priors
    heterogeneity = plan.heterogeneity(method)
    var codes = [Int32](repeating: 0, count: design.rows)
    for (index, leaf) in tree.leaves.enumerated() {
      for row in leaf.rows { codes[Int(row)] = Int32(index) }
    }
    self.codes = codes
  }

  /// The ids of the leaves.
  var leaves: [Int] { tree.leaves.map(\.id) }

  /// The terms of the model with independent effects.
  var terms: ModelTerms { plan.terms(method) }

  /// The terms of the run's own model.
  var ownTerms: ModelTerms { terms.poolingEffects(plan.poolsEffects && leaves.count > 1) }

  /// Whether all leaves have one set of trial effects and variances.
  var isShared: Bool { heterogeneity == .shared }

  /// The Gaussian model of statistics.
  func gaussian(_ statistics: ModelStatistics, _ terms: ModelTerms) -> MarginalModel {
    MarginalModel(statistics, terms, .integrated(priors.coefficients))
  }

  /// The priors of its variances; the coordinates are centred for the given data.
  func variances(_ terms: ModelTerms, of design: Design) -> VariancePriors {
    VariancePriors(priors, terms, residualScale: OutcomeScale(design).withinArmSD)
  }

  /// The binomial model of some rows in leaves; nil where flat priors leave it without a posterior.
  func binomial(
    _ design: Design, _ codes: [Int32], leaves: Int, _ terms: ModelTerms
  ) -> BinomialModel? {
    try? BinomialModel(
      BinomialStatistics(design, leaf: codes, leaves: leaves), terms, priors.coefficients,
      heterogeneity: priors.tau(terms), correlation: priors.correlation, omega: priors.omega)
  }
}

/// The leaves of a tree with one inner node as deep as it is looked at: its children are leaves, and the
/// other leaves stay as they are.
struct CollapsedLeaves: Sendable {
  /// The new number of each leaf of the tree.
  let map: [Int]
  /// The number of new leaves.
  let count: Int
  /// The new numbers of the node's children.
  let children: [Int]

  init(_ tree: Tree, at node: Int) {
    let children = tree.node(node).children
    var numbers: [Int: Int] = [:]
    map = tree.leaves.map { leaf in
      let above = tree.path(to: leaf.id).first { children.contains($0.id) }
      let key = above?.id ?? leaf.id
      let number = numbers[key] ?? numbers.count
      numbers[key] = number
      return number
    }
    count = numbers.count
    self.children = children.map { numbers[$0] ?? 0 }
  }
}
