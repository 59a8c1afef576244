import Foundation
public import MixedModels
import Numerics
public import Posterior
public import Sampling
import Threads

/// How the posterior of the variances is sampled; both samplers have the same posterior.
public enum PosteriorSampler: String, Sendable, Equatable, CaseIterable {
  /// The No-U-Turn sampler on the marginal density of the variances.
  case hmc
  /// The Gibbs sampler (article GibbsSampling).
  case gibbs
}

/// The sampled posterior of a Gaussian joint model: draws of the variances, and with each an exact
/// draw of all coefficients and trial effects.
public struct GaussianPosterior: SampledPosterior {
  /// The model.
  public let model: MarginalModel
  /// The number of chains.
  public let chains: Int
  /// The number of draws of each chain.
  public let iterations: Int
  /// Draws of σ, chain after chain.
  public let sigma: [Double]
  /// Draws of each τ, chain after chain.
  public let tau: [[Double]]
  /// Draws of the correlation of random intercept and random effect; nil where they are independent.
  public let correlation: [Double]?
  /// Draws of ω, the SD of the leaves' effects; nil where they are not pooled.
  public let omegaDraws: [Double]?
  /// Draws of coefficients and trial effects, one list a quantity, each chain after chain: the
  /// model's columns, the stratified intercepts, the random terms trial by trial.
  public let effects: [[Double]]
  /// The average over draws of E[b | variances, y]: K × q, trial after trial (Rao-Blackwell).
  public let meanTrialEffects: [Double]
  /// What the sampler says of each draw, one a chain.
  public let records: [SamplerRecord]

  /// Samples the posterior.
  ///
  /// The same seed gives the same draws whatever the number of threads.
  ///
  /// Throws where a chain finds no usable start, or was told to stop.
  public init(
    _ model: MarginalModel, _ priors: VariancePriors, plan: SamplerPlan,
    sampler: PosteriorSampler = .hmc, monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    let parts =
      switch sampler {
      case .hmc: try GaussianPosterior.hamiltonian(model, priors, plan, monitor)
      case .gibbs: try GaussianPosterior.gibbs(model, priors, plan, monitor)
      }
    self.init(model, priors, plan, parts)
  }

  /// The posterior of chains that have run.
  init(
    _ model: MarginalModel, _ priors: VariancePriors, _ plan: SamplerPlan, _ parts: [PosteriorChain]
  ) {
    self.model = model
    chains = plan.chains
    iterations = plan.draws
    sigma = parts.flatMap(\.sigma)
    tau = (0..<model.terms.randomTerms).map { r in parts.flatMap { $0.tau[r] } }
    correlation = priors.correlation.map { _ in parts.flatMap(\.correlation) }
    omegaDraws = priors.omega.map { _ in parts.flatMap(\.omega) }
    let quantities = parts.first?.quantities ?? 0
    effects = (0..<quantities).map { i in parts.flatMap { $0.draws(of: i) } }
    var sums = parts.first?.meanTrialEffects ?? []
    for part in parts.dropFirst() {
      for i in sums.indices { sums[i] += part.meanTrialEffects[i] }
    }
    meanTrialEffects = sums.map { $0 / Double(plan.chains * plan.draws) }
    records = parts.map(\.record)
  }

  private static func hamiltonian(
    _ model: MarginalModel, _ priors: VariancePriors, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [PosteriorChain] {
    let coordinates = SamplingCoordinates(model, priors)
    let group = ChainGroup(plan: coordinates.plan(plan), monitor: monitor)
    let chains = try group.run(from: coordinates.starts) { _ in coordinates.target() }
    return try concurrentMap(count: plan.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      PosteriorChain(coordinates.target(), chains[chain], index: chain, plan: plan)
    }
  }

  private static func gibbs(
    _ model: MarginalModel, _ priors: VariancePriors, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [PosteriorChain] {
    try plan.validate()
    return try concurrentMap(count: plan.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      let sampler = try GaussianGibbs(VarianceTarget(model, priors), index: chain, plan: plan)
      return try sampler.run(plan, monitor)
    }
  }

  /// The draws of a column's coefficient.
  public func column(_ role: GlobalColumns.Role) -> [Double]? {
    model.columns.index(of: role).map { effects[$0] }
  }

}

extension GaussianPosterior {
  /// The terms of the model.
  public var terms: ModelTerms { model.terms }
  /// What each sampled coefficient stands for.
  public var roles: [FixedRole] { model.fixedRoles }
  /// The number of trials.
  public var trials: Int { model.statistics.trials }
  /// The number of covariates.
  public var covariates: Int { model.statistics.covariates }
  /// None: the outcome is no event.
  public func riskDifference(leaf: Int) -> [Double]? { nil }
  /// Draws of σ.
  public var residualDraws: [Double]? { sigma }
  /// Draws of the correlation; nil where the random terms are independent.
  public var correlationDraws: [Double]? { correlation }
}

extension SamplerRecord {
  /// The record of a chain of the sampler.
  init(_ chain: ChainDraws) {
    self.init()
    logDensity = chain.transitions.map(\.logDensity)
    acceptance = chain.transitions.map(\.acceptance)
    treeDepth = chain.transitions.map(\.treeDepth)
    leapfrogSteps = chain.transitions.map(\.leapfrogSteps)
    divergent = chain.transitions.map(\.divergent)
    energy = chain.transitions.map(\.energy)
    stepSize = chain.stepSize
    inverseMetric = chain.inverseMetric
  }
}
