import Designs
import Inference
import MixedModels
import Trees

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
    let offset = shared.offset(design, terms)
    switch design.family {
    case .gaussian:
      return tree(
        LinearNodeModel(
          design, cells, offset: offset, penalty: penalty, objectiveKind: objectiveKind),
        threads ?? self.threads)
    case .binomial:
      return tree(
        LogisticNodeModel(design, method, offset: offset, penalty: penalty),
        threads ?? self.threads)
    }
  }

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
  var control: GrowthControl {
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
