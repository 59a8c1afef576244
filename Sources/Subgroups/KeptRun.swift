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
    problems.filter { $0.hasPrefix(ChainDiagnostics.growthPrefix + " ") }
  }
}

extension KeptDraws {
  /// Named draws in the order of a model's quantities.
  ///
  /// Throws where a column of the model is missing.
  init(
    _ draws: Draws, records: [SamplerRecord], model: some PosteriorContinuation, nodes: [Int]
  ) throws(AnalysisError) {
    func column(_ name: String) throws(AnalysisError) -> [Double] {
      guard let place = draws.index(of: name) else { throw .missingDraws(parameter: name) }
      return Array(draws.variable(place))
    }
    let terms = model.terms
    var effects: [[Double]] = []
    for role in model.roles { effects.append(try column(role.name(nodes: nodes))) }
    let kinds =
      (terms.randomIntercept ? ["trial_intercept"] : [])
      + (terms.randomEffect ? ["trial_effect"] : [])
    for trial in 0..<model.trials {
      for kind in kinds { effects.append(try column("\(kind)_\(trial + 1)")) }
    }
    var tau: [[Double]] = []
    if terms.randomIntercept { tau.append(try column("tau0")) }
    if terms.randomEffect { tau.append(try column("tau1")) }
    self.init(
      effects: effects, tau: tau, sigma: model.hasResidual ? try column("sigma") : nil,
      correlation: terms.isCorrelated ? try column("correlation") : nil, records: records)
  }
}

extension PosteriorCache {
  /// How the chains of a tree's leaves go on.
  func continuation(_ leaves: Leaves) throws(AnalysisError) -> any PosteriorContinuation {
    switch design.family {
    case .binomial:
      BinomialContinuation(
        try binomialModel(leaves), sampler: plan.sampling.sampler.resolved)
    case .gaussian:
      GaussianContinuation(
        gaussianModel(leaves), VariancePriors(priors, plan.terms(method)),
        sampler: plan.sampling.sampler.resolved)
    }
  }
}
