import Designs
import Inference
import MixedModels
public import Trees

/// Grows trees of one design for one method, given the shared effects: sorts and cell codes are made
/// once, and every growth reuses them.
struct Grower: Sendable {
  let design: Design
  let method: Method
  let terms: ModelTerms
  let control: GrowthControl
  let threads: Int
  private let cells: NodeCells
  private let variables: SortedVariables

  init(_ design: Design, _ method: Method, _ plan: AnalysisPlan) {
    self.design = design
    self.method = method
    terms = method.terms(isCorrelated: plan.isCorrelated)
    control = plan.growth.control
    threads = plan.threads
    cells = NodeCells(design, method)
    variables = SortedVariables(design, threads: plan.threads)
  }

  /// Whether anything is shared between leaves, so that tree and joint model must alternate.
  var hasSharedEffects: Bool {
    terms.randomTerms > 0 || terms.intercepts == .perTrial || !design.covariates.columns.isEmpty
  }

  /// The tree at given shared effects; the pre-specified one where the design has subgroups.
  ///
  /// On one thread where many trees grow at a time, else on those of the plan.
  func tree(_ shared: SharedEffects, penalty: NodePenalty, threads: Int? = nil) -> Tree {
    tree(nodeModel(shared, penalty: penalty), threads ?? self.threads)
  }

  /// The tree whose nodes have trial effects of their own.
  func tree(_ posteriors: NodePosteriors) -> Tree {
    tree(NodewiseModel(grower: self, posteriors: posteriors), threads)
  }

  /// What tests and search saw in the nodes of a tree that was grown at given shared effects; nothing
  /// where subgroups are pre-specified.
  func evidence(
    in tree: Tree, _ shared: SharedEffects, penalty: NodePenalty
  ) -> [NodeEvidence] {
    evidence(in: tree, nodeModel(shared, penalty: penalty))
  }

  /// The same for a tree whose nodes have trial effects of their own.
  func evidence(in tree: Tree, _ posteriors: NodePosteriors) -> [NodeEvidence] {
    evidence(in: tree, NodewiseModel(grower: self, posteriors: posteriors))
  }

  private func evidence(in tree: Tree, _ model: some NodeModel) -> [NodeEvidence] {
    guard design.subgroups == nil else { return [] }
    return Trees.evidence(in: tree, model, on: variables, control: control)
  }

  /// The node model at given trial effects and coefficients of covariates.
  func nodeModel(_ shared: SharedEffects, penalty: NodePenalty) -> any NodeModel {
    let offset = shared.offset(design, terms)
    return switch design.family {
    case .gaussian:
      LinearNodeModel(
        design, cells, offset: offset, penalty: penalty, objectiveKind: objectiveKind)
    case .binomial: LogisticNodeModel(design, method, offset: offset, penalty: penalty)
    }
  }

  /// The number of coefficients of the root's node model.
  var parameterCount: Int { (method.isStratified ? design.trials.count : 1) + 1 }

  /// What splits minimise: R grows Gaussian GLM trees, by their likelihood, where another covariance
  /// than the outer product is asked for.
  var objectiveKind: ObjectiveKind {
    design.family == .gaussian && control.vcov == .opg
      ? .residualSumOfSquares : .negativeLogLikelihood
  }

  private func tree(_ model: some NodeModel, _ threads: Int) -> Tree {
    guard let subgroups = design.subgroups else {
      return grow(model, on: variables, control: control, threads: threads)
    }
    return Tree(model, subgroups: subgroups)
  }

  /// What priors do to the node models at σ.
  func penalty(_ priors: ResolvedPriors, sigma: Double) -> NodePenalty {
    switch design.family {
    case .gaussian: NodePenalty(priors.coefficients, sigma: sigma, origin: cells.origin)
    case .binomial: NodePenalty(priors.coefficients, sigma: 1, origin: 0)
    }
  }
}

extension GrowthPlan {
  /// The settings as growth takes them.
  public var control: GrowthControl {
    var control = GrowthControl(
      alpha: alpha, bonferroni: bonferroni, minSize: minSize, maxDepth: maxDepth, trim: trim,
      ties: ties, fallback: fallback == .stop ? .stop : .drop)
    control.minArm = minArm
    control.minTrial = minTrial
    control.categorical = categorical
    control.ordinal = ordinal
    control.breakpoints = breakpoints
    control.vcov = vcov
    control.testParameters = testParameters
    control.prune = prune
    return control
  }
}
