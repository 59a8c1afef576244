import Foundation
public import MixedModels
import Numerics
public import Posterior
public import Sampling
import Threads

/// The sampled posterior of a Gaussian joint model: draws of the variances by the No-U-Turn sampler
/// on their marginal density, and with each an exact draw of all coefficients and trial effects.
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
    monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    let dimension = priors.free.count
    let starts = StartingPoints { _, stream in (0..<dimension).map { _ in stream.normal() } }
    let chains = try ChainGroup(plan: plan, monitor: monitor).run(from: starts) { _ in
      VarianceTarget(model, priors)
    }
    let parts = try concurrentMap(count: plan.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      ConditionalChain(model, priors, chains[chain], index: chain, plan: plan)
    }
    self.model = model
    self.chains = plan.chains
    iterations = plan.draws
    sigma = parts.flatMap(\.sigma)
    tau = (0..<model.terms.randomTerms).map { r in parts.flatMap { $0.tau[r] } }
    let quantities = parts.first?.quantities ?? 0
    effects = (0..<quantities).map { i in parts.flatMap { $0.draws(of: i) } }
    var sums = parts.first?.meanTrialEffects ?? []
    for part in parts.dropFirst() {
      for i in sums.indices { sums[i] += part.meanTrialEffects[i] }
    }
    meanTrialEffects = sums.map { $0 / Double(plan.chains * plan.draws) }
    records = chains.map(SamplerRecord.init)
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
  /// Draws of σ.
  public var residualDraws: [Double]? { sigma }
}

/// Exact draws of coefficients and trial effects for every draw of one chain.
private struct ConditionalChain: Sendable {
  let sigma: [Double]
  let tau: [[Double]]
  let quantities: Int
  /// Quantity after quantity.
  private let values: [Double]
  private let count: Int
  /// Sums over the draws.
  let meanTrialEffects: [Double]

  init(
    _ model: MarginalModel, _ priors: VariancePriors, _ chain: ChainDraws, index: Int,
    plan: SamplerPlan
  ) {
    let target = VarianceTarget(model, priors)
    let density = target.density
    var stream = RandomStream(
      seed: plan.seed, purpose: "coefficients", index: index, part: plan.part)
    let quantities = density.valuesPerDraw
    let count = chain.count
    var values = [Double](repeating: 0, count: quantities * count)
    var sigma: [Double] = []
    var tau = [[Double]](repeating: [], count: model.terms.randomTerms)
    var means = [Double](repeating: 0, count: density.trialEffectCount)
    var position = [Double](repeating: 0, count: chain.dimension)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(quantities, 1)) { draw in
      for s in 0..<count {
        for i in position.indices { position[i] = chain.positions[s * position.count + i] }
        let variances = target.variances(at: position)
        density.draw(at: variances, into: draw) { stream.normal() }
        density.addTrialEffects(1, to: &means)
        for i in 0..<quantities { values[i * count + s] = draw[i] }
        sigma.append(variances.sigma)
        for r in tau.indices { tau[r].append(variances.tau[r]) }
      }
    }
    self.sigma = sigma
    self.tau = tau
    self.quantities = quantities
    self.values = values
    self.count = count
    meanTrialEffects = means
  }

  func draws(of quantity: Int) -> ArraySlice<Double> {
    values[(quantity * count)..<((quantity + 1) * count)]
  }
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
