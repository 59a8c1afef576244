public import MixedModels
import Posterior
public import Sampling
import Threads

/// How the chains of a binomial joint model go on: from all its parameters.
public struct BinomialContinuation: PosteriorContinuation {
  private let model: BinomialModel
  private let sampler: PosteriorSampler

  /// Chains of a sampler on a model.
  public init(_ model: BinomialModel, sampler: PosteriorSampler) {
    self.model = model
    self.sampler = sampler
  }

  /// The terms of the model.
  public var terms: ModelTerms { model.terms }
  /// What each coefficient stands for.
  public var roles: [FixedRole] {
    model.roles + (model.pooling == nil ? [] : [.meanEffect])
  }
  /// The number of trials.
  public var trials: Int { model.trials }
  /// The logit model has no residual SD.
  public var hasResidual: Bool { false }
  /// The number of all parameters that are not fixed.
  public var dimension: Int {
    model.roles.count + model.trials * model.terms.randomTerms + model.freeDeviations.count
      + (model.pooling.map { $0.omega.fixedValue == nil ? 1 : 0 } ?? 0)
  }

  /// The posterior that the kept draws are draws of.
  public func posterior(_ draws: KeptDraws) -> any SampledPosterior {
    var means = BinomialTrialMeans(model)
    let count = draws.chains * draws.iterations
    for place in 0..<count {
      means.add(draws.values(at: place, of: model), draws.deviations(at: place))
    }
    return BinomialPosterior(
      model, draws, meanTrialEffects: means.sums.map { $0 / Double(count) })
  }

  /// Further draws of every chain.
  public func further(
    _ draws: KeptDraws, plan: SamplerPlan, monitor: RunMonitor
  ) throws(SamplingError) -> KeptDraws {
    let parts =
      switch sampler {
      case .hmc: try hamiltonian(draws, plan, monitor)
      case .gibbs: try gibbs(draws, plan, monitor)
      }
    return KeptDraws(BinomialPosterior(model, parts, plan))
  }

  private func hamiltonian(
    _ draws: KeptDraws, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [BinomialChain] {
    let coordinates = BinomialCoordinates(model)
    let target = BinomialTarget(model, coordinates)
    var gradient = [Double](repeating: 0, count: target.dimension)
    let states = try states(
      draws, dimension: target.dimension,
      position: { place in
        target.position(
          of: draws.values(at: place, of: model), deviations: draws.deviations(at: place),
          omega: draws.omega?[place] ?? 1)
      },
      density: { target.evaluate(at: $0, gradient: &gradient) })
    let chains = try ChainGroup(plan: plan, monitor: monitor).resume(states) { _ in
      BinomialTarget(model, coordinates)
    }
    return BinomialPosterior.chains(model, coordinates, chains, plan)
  }

  private func gibbs(
    _ draws: KeptDraws, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [BinomialChain] {
    let plan = try plan.goingOn()
    return try concurrentMap(count: draws.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      let sampler = try BinomialGibbs(
        resuming: draws, at: draws.last(of: chain), model, index: chain, plan: plan)
      try draws.records[chain].check(sampler.logPosterior(), chain: chain)
      return try sampler.run(plan, monitor)
    }
  }
}

extension KeptDraws {
  /// The coefficients of one draw in the order of a model's roles, without the mean of pooled effects, and its
  /// random terms.
  func values(at place: Int, of model: BinomialModel) -> [Double] {
    var result = effects.map { $0[place] }
    if model.pooling != nil { result.remove(at: model.roles.count) }
    return result
  }

  /// The SDs of one draw, then the correlation where there is one.
  func deviations(at place: Int) -> [Double] {
    tau.map { $0[place] } + (correlation.map { [$0[place]] } ?? [])
  }
}

extension BinomialPosterior {
  /// The posterior of draws that were made before.
  init(_ model: BinomialModel, _ draws: KeptDraws, meanTrialEffects: [Double]) {
    self.model = model
    chains = draws.chains
    iterations = draws.iterations
    tau = draws.tau
    effects = draws.effects
    correlationDraws = draws.correlation
    omegaDraws = draws.omega
    self.meanTrialEffects = meanTrialEffects
    records = draws.records
  }
}
