import Designs
public import Inference
import MixedModels
public import Posterior
import Trees

/// A run by Bayes as it was saved: its tree, its priors and its draws.
public struct KeptRun: Sendable {
  /// The method of the model.
  public var method: Method
  /// The tree with what its growth says of it.
  public var tree: GrownTree
  /// The priors on the data's scale.
  public var priors: ResolvedPriors
  /// The draws of the reported tree.
  public var draws: Draws
  /// What the sampler says of each draw, one a chain, with step size and metric.
  public var records: [SamplerRecord]
  /// What failed in the fit.
  public var problems: [String]
  /// How often the chains have been extended.
  public var extensions: Int
  /// Where the time went.
  public var timing: Timing
  /// The method that was asked for, where this one took its place.
  public var fallbackFrom: Method?

  /// A run of a saved fit.
  public init(
    method: Method, tree: GrownTree, priors: ResolvedPriors, draws: Draws,
    records: [SamplerRecord]
  ) {
    self.method = method
    self.tree = tree
    self.priors = priors
    self.draws = draws
    self.records = records
    problems = []
    extensions = 0
    timing = Timing()
  }

  /// Problems of the posteriors that growth went through: longer chains of the grown tree cannot mend
  /// them.
  public var growthProblems: [String] {
    problems.filter {
      $0.hasPrefix(ChainDiagnostics.growthPrefix + " ")
        || $0.hasPrefix(ChainDiagnostics.prunedPrefix + " ")
    }
  }
}

extension KeptDraws {
  /// Named draws in the order of a model's quantities; where it is the model of one node alone, the names of
  /// all have its id.
  ///
  /// Throws where a column of the model is missing.
  init(
    _ draws: Draws, records: [SamplerRecord], model: some PosteriorContinuation, nodes: [Int],
    ofNodeAlone node: Int? = nil
  ) throws(AnalysisError) {
    let scope = NameScope(node: node)
    func column(_ name: String) throws(AnalysisError) -> [Double] {
      guard let place = draws.index(of: name) else { throw .missingDraws(parameter: name) }
      return Array(draws.variable(place))
    }
    let terms = model.terms
    var effects: [[Double]] = []
    for role in model.roles { effects.append(try column(role.name(nodes: nodes, scope))) }
    let kinds =
      (terms.randomIntercept ? ["trial_intercept"] : [])
      + (terms.randomEffect ? ["trial_effect"] : [])
    for trial in 0..<model.trials {
      for kind in kinds { effects.append(try column(scope.name(kind, trial + 1))) }
    }
    var tau: [[Double]] = []
    if terms.randomIntercept { tau.append(try column(scope.name("tau0"))) }
    if terms.randomEffect { tau.append(try column(scope.name("tau1"))) }
    self.init(
      effects: effects, tau: tau,
      sigma: model.hasResidual ? try column(scope.name("sigma")) : nil,
      correlation: terms.isCorrelated ? try column(scope.name("correlation")) : nil,
      omega: terms.poolsEffects ? try column(scope.name("omega")) : nil, records: records)
  }
}

extension LeafSampling {
  /// How the chains of a tree's leaves go on.
  func continuation(
    _ leaves: Leaves, of design: Design
  ) throws(AnalysisError) -> any PosteriorContinuation {
    let sampler = plan.sampling.sampler.resolved
    switch design.family {
    case .binomial:
      return BinomialContinuation(try binomialModel(leaves, of: design), sampler: sampler)
    case .gaussian:
      let (model, priors) = gaussianModel(leaves, of: design)
      return GaussianContinuation(model, priors, sampler: sampler)
    }
  }
}
