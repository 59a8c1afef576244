import Designs
import Foundation
import MixedModels
import Posterior
import Trees

/// The leaves of a tree as the joint model counts them: in node order, from 0.
struct Leaves: Sendable, Equatable {
  /// The node id of each leaf.
  let nodes: [Int]
  /// The leaf of each row.
  let codes: [Int32]

  init(_ tree: Tree) {
    nodes = tree.leaves.map(\.id)
    var codes = [Int32](repeating: 0, count: tree.root.rows.count)
    for (index, leaf) in tree.leaves.enumerated() {
      for row in leaf.rows { codes[Int(row)] = Int32(index) }
    }
    self.codes = codes
  }

  /// Leaves of given ids, and the leaf of each row.
  init(nodes: [Int], codes: [Int32]) {
    self.nodes = nodes
    self.codes = codes
  }

  /// One leaf, the root, with all rows.
  init(rows: Int) {
    nodes = [1]
    codes = [Int32](repeating: 0, count: rows)
  }

  /// One leaf, a node of some id, with all rows of a design.
  init(node: Int, rows: Int) {
    nodes = [node]
    codes = [Int32](repeating: 0, count: rows)
  }

  /// The position of a node among the leaves.
  func index(of node: Int) -> Int? { nodes.firstIndex(of: node) }
}

/// What the joint model of a tree predicts besides the leaves' own coefficients: the offset of the
/// node models.
struct SharedEffects: Sendable, Equatable {
  /// The random terms of each trial, K × q trial after trial.
  var trialEffects: [Double]
  /// What each trial's intercept, common to all leaves, adds to that of the first; empty where the
  /// method has no such intercepts.
  var trialIntercepts: [Double] = []
  /// The covariates' coefficients.
  var covariates: [Double]

  /// Nothing is shared.
  static func zero(_ design: Design, _ terms: ModelTerms) -> SharedEffects {
    SharedEffects(
      trialEffects: [Double](repeating: 0, count: design.trials.count * terms.randomTerms),
      covariates: [Double](repeating: 0, count: design.covariates.columns.count))
  }

  /// Z b + x'δ, one number a row.
  func offset(_ design: Design, _ terms: ModelTerms) -> [Double] {
    let byCell = cellOffsets(design, terms)
    var offset = [Double](repeating: 0, count: design.rows)
    for row in offset.indices {
      offset[row] = byCell[2 * Int(design.trial[row]) + Int(design.arm[row])]
    }
    for (j, column) in design.covariates.columns.enumerated() where covariates[j] != 0 {
      for row in offset.indices { offset[row] += covariates[j] * column[row] }
    }
    return offset
  }

  /// The offset of trial k's arm a without the covariates, at 2k + a.
  private func cellOffsets(_ design: Design, _ terms: ModelTerms) -> [Double] {
    let q = terms.randomTerms
    let effectTerm = terms.randomIntercept ? 1 : 0
    var offsets = [Double](repeating: 0, count: 2 * design.trials.count)
    for trial in design.trials.indices {
      var intercept = trialIntercepts.isEmpty ? 0 : trialIntercepts[trial]
      if terms.randomIntercept { intercept += trialEffects[trial * q] }
      offsets[2 * trial] = intercept
      offsets[2 * trial + 1] =
        intercept + (terms.randomEffect ? trialEffects[trial * q + effectTerm] : 0)
    }
    return offsets
  }
}

/// By what a joint model is fitted.
public enum Criterion: String, Sendable, Equatable {
  /// The restricted likelihood.
  case reml
  /// The likelihood.
  case ml
}

/// The joint model of the leaves of a tree, fitted by maximum (restricted) likelihood.
struct JointModel: Sendable {
  let design: Design
  let terms: ModelTerms
  let criterion: Criterion
  /// Points of the quadrature over the trial effects of a binomial model; 1 is Laplace.
  let quadraturePoints: Int

  /// The same model without a treatment effect, and with one intercept.
  var withoutTreatment: JointModel {
    JointModel(
      design: design, terms: terms.withoutTreatment, criterion: criterion,
      quadraturePoints: quadraturePoints)
  }

  /// One round of an alternation.
  struct Round {
    let logLikelihood: Double
    let shared: SharedEffects
    /// The treatment effect of each leaf; nil where it cannot be estimated.
    let effects: [Double?]
  }

  /// The fit to given leaves as far as an alternation needs it.
  func round(_ leaves: Leaves) throws(AnalysisError) -> Round {
    switch design.family {
    case .gaussian: try gaussianRound(leaves)
    case .binomial: try binomialRound(leaves)
    }
  }

  /// The fit to given leaves with all that is reported of it.
  func fit(_ leaves: Leaves) throws(AnalysisError) -> any FittedJointModel {
    switch design.family {
    case .gaussian: try GaussianJointFit(self, leaves)
    case .binomial: try BinomialJointFit(self, leaves)
    }
  }

  /// The number of trials with both arms among the used rows.
  var comparedTrials: Int {
    var hasArm = [Bool](repeating: false, count: 2 * design.trials.count)
    for row in 0..<design.rows { hasArm[2 * Int(design.trial[row]) + Int(design.arm[row])] = true }
    return design.trials.indices.count { hasArm[2 * $0] && hasArm[2 * $0 + 1] }
  }

  /// What each trial's common intercept adds to that of the first, of coefficients by role.
  func trialIntercepts(_ coefficient: (Int) -> Double?) -> [Double] {
    guard terms.intercepts == .perTrial else { return [] }
    let first = coefficient(0) ?? 0
    return design.trials.indices.map { (coefficient($0) ?? first) - first }
  }
}

/// A joint model fitted to given leaves: what is reported of it, for either family.
protocol FittedJointModel {
  /// The estimates.
  var fit: MixedModelFit { get }
  /// Of the criterion that was maximised.
  var criteria: InformationCriteria { get }
  /// By maximum likelihood; nil where that fit fails.
  var byLikelihood: InformationCriteria? { get }
  /// A linear combination of coefficients.
  func estimate(_ weights: [(role: FixedRole, weight: Double)], level: Double)
    -> LikelihoodEstimate
  /// That the effects of the leaves are equal.
  func equality(leaves: Int) -> (satterthwaite: EqualityTest?, kenwardRoger: EqualityTest?)
  /// From the profile of the likelihood.
  func profileInterval(ofEffect leaf: Int, level: Double) -> Interval?
  /// From the profile of the criterion.
  func interval(ofTerm term: Int, level: Double) -> Interval?
  /// Of the residual SD, likewise.
  func residualInterval(level: Double) -> Interval?
}
