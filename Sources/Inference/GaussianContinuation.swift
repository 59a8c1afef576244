public import MixedModels
import Posterior
public import Sampling
import Threads

/// How the chains of a Gaussian joint model go on.
///
/// Only the variances are a state: coefficients and trial effects are drawn exactly given them.
public struct GaussianContinuation: PosteriorContinuation {
  private let model: MarginalModel
  private let priors: VariancePriors
  private let sampler: PosteriorSampler

  /// Chains of a sampler on a model.
  public init(_ model: MarginalModel, _ priors: VariancePriors, sampler: PosteriorSampler) {
    self.model = model
    self.priors = priors
    self.sampler = sampler
  }

  /// The terms of the model.
  public var terms: ModelTerms { model.terms }
  /// What each coefficient stands for.
  public var roles: [FixedRole] { model.fixedRoles }
  /// The number of trials.
  public var trials: Int { model.statistics.trials }
  /// Draws have a residual SD.
  public var hasResidual: Bool { true }
  /// The number of variances that are not fixed.
  public var dimension: Int { priors.free.count }

  /// The posterior that the kept draws are draws of.
  public func posterior(_ draws: KeptDraws) -> any SampledPosterior {
    let density = MarginalDensity(model)
    var sums = [Double](repeating: 0, count: density.trialEffectCount)
    let count = draws.chains * draws.iterations
    for place in 0..<count
    where density.evaluate(draws.variances(at: place)) > -.infinity {
      density.addTrialEffects(1, to: &sums)
    }
    return GaussianPosterior(model, draws, meanTrialEffects: sums.map { $0 / Double(count) })
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
    return KeptDraws(GaussianPosterior(model, priors, plan, parts))
  }

  private func hamiltonian(
    _ draws: KeptDraws, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [PosteriorChain] {
    let coordinates = SamplingCoordinates(model, priors)
    let target = coordinates.target()
    let states = try states(
      draws, dimension: target.dimension,
      position: { target.position(of: draws.variances(at: $0)) },
      density: { target.value(at: $0) })
    let chains = try ChainGroup(plan: plan, monitor: monitor).resume(states) { _ in
      coordinates.target()
    }
    return try concurrentMap(count: chains.count, threads: plan.threads) {
      (chain) throws(SamplingError) in
      PosteriorChain(coordinates.target(), chains[chain], index: chain, plan: plan)
    }
  }

  private func gibbs(
    _ draws: KeptDraws, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [PosteriorChain] {
    let plan = try plan.goingOn()
    return try concurrentMap(count: draws.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      let sampler = try GaussianGibbs(
        resuming: draws.variances(at: draws.last(of: chain)), VarianceTarget(model, priors),
        index: chain, plan: plan)
      try draws.records[chain].check(sampler.recordedDensity, chain: chain)
      return try sampler.run(plan, monitor)
    }
  }
}

extension GaussianPosterior {
  /// The posterior of draws that were made before.
  init(_ model: MarginalModel, _ draws: KeptDraws, meanTrialEffects: [Double]) {
    self.model = model
    chains = draws.chains
    iterations = draws.iterations
    sigma = draws.sigma ?? []
    tau = draws.tau
    correlation = draws.correlation
    omegaDraws = draws.omega
    effects = draws.effects
    self.meanTrialEffects = meanTrialEffects
    records = draws.records
  }
}
