public import MixedModels
import Numerics
public import Posterior
public import Sampling
import Threads

/// The sampled posterior of a binomial joint model: draws of all coefficients, trial effects and
/// between-trial SDs by the No-U-Turn sampler.
public struct BinomialPosterior: SampledPosterior {
  /// The model.
  public let model: BinomialModel
  /// The number of chains.
  public let chains: Int
  /// The number of draws of each chain.
  public let iterations: Int
  /// Draws of each τ, chain after chain.
  public let tau: [[Double]]
  /// Draws of coefficients and trial effects, one list a quantity, each chain after chain.
  public let effects: [[Double]]
  /// The average over draws of E[b | coefficients, τ, y]: K × q, trial after trial.
  public let meanTrialEffects: [Double]
  /// What the sampler says of each draw, one a chain.
  public let records: [SamplerRecord]

  /// Samples the posterior.
  ///
  /// The same seed gives the same draws whatever the number of threads.
  ///
  /// Throws where a chain finds no usable start, or was told to stop.
  public init(
    _ model: BinomialModel, plan: SamplerPlan, monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    let coordinates = BinomialCoordinates(model)
    let dimension = BinomialTarget(model, coordinates).dimension
    let starts = StartingPoints { _, stream in (0..<dimension).map { _ in stream.normal() } }
    let draws = try ChainGroup(plan: plan, monitor: monitor).run(from: starts) { _ in
      BinomialTarget(model, coordinates)
    }
    try self.init(model, coordinates, draws, plan: plan)
  }

  /// The posterior of chains that have run.
  init(
    _ model: BinomialModel, _ coordinates: BinomialCoordinates, _ draws: [ChainDraws],
    plan: SamplerPlan
  ) throws(SamplingError) {
    let parts = try concurrentMap(count: plan.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      ParameterChain(model, coordinates, draws[chain])
    }
    self.model = model
    chains = plan.chains
    iterations = plan.draws
    let quantities = model.roles.count + model.trials * model.terms.randomTerms
    tau = (0..<model.terms.randomTerms).map { r in
      parts.flatMap { $0.draws(of: quantities + r) }
    }
    effects = (0..<quantities).map { i in parts.flatMap { $0.draws(of: i) } }
    let total = Double(plan.chains * plan.draws)
    meanTrialEffects = (0..<(model.trials * model.terms.randomTerms)).map { i in
      parts.reduce(0) { $0 + $1.trialEffects[i] } / total
    }
    records = draws.map(SamplerRecord.init)
  }

  /// The terms of the model.
  public var terms: ModelTerms { model.terms }
  /// What each sampled coefficient stands for.
  public var roles: [FixedRole] { model.roles }
  /// The number of trials.
  public var trials: Int { model.trials }
  /// The number of covariates.
  public var covariates: Int { model.statistics.covariates }
  /// None: the logit model has no residual SD.
  public var residualDraws: [Double]? { nil }
  /// None: the random terms are independent.
  public var correlationDraws: [Double]? { nil }
}

/// The draws of one chain as parameters.
private struct ParameterChain: Sendable {
  /// Sums over the draws.
  let trialEffects: [Double]
  /// Quantity after quantity.
  private let values: [Double]
  private let count: Int

  init(_ model: BinomialModel, _ coordinates: BinomialCoordinates, _ chain: ChainDraws) {
    let target = BinomialTarget(model, coordinates)
    let q = model.terms.randomTerms
    let quantities = model.roles.count + model.trials * q
    let count = chain.count
    var values = [Double](repeating: 0, count: (quantities + q) * count)
    var means = BinomialTrialMeans(model)
    var position = [Double](repeating: 0, count: chain.dimension)
    var draw = [Double](repeating: 0, count: quantities)
    var tau = [Double](repeating: 0, count: q)
    for s in 0..<count {
      for i in position.indices { position[i] = chain.positions[s * position.count + i] }
      target.parameters(at: position, into: &draw, deviations: &tau)
      means.add(draw, tau)
      for i in 0..<quantities { values[i * count + s] = draw[i] }
      for r in 0..<q { values[(quantities + r) * count + s] = tau[r] }
    }
    self.values = values
    self.count = count
    trialEffects = means.sums
  }

  func draws(of quantity: Int) -> ArraySlice<Double> {
    values[(quantity * count)..<((quantity + 1) * count)]
  }
}
