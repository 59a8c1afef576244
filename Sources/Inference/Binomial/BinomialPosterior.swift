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
  /// Draws of ω, the SD of the leaves' effects; nil where they are not pooled.
  public let omegaDraws: [Double]?
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
    self.init(
      model, coordinates, positions: draws.map(\.positions), plan: plan,
      records: draws.map(SamplerRecord.init))
  }

  /// The posterior of given positions of each chain, draw after draw.
  init(
    _ model: BinomialModel, _ coordinates: BinomialCoordinates, positions: [[Double]],
    plan: SamplerPlan, records: [SamplerRecord]
  ) {
    let parts = concurrentMap(count: plan.chains, threads: plan.threads) { chain in
      ParameterChain(model, coordinates, positions[chain], index: chain, plan: plan)
    }
    self.model = model
    chains = plan.chains
    iterations = plan.draws
    let coefficients = model.roles.count
    let quantities = coefficients + model.trials * model.terms.randomTerms
    tau = (0..<model.terms.randomTerms).map { r in
      parts.flatMap { $0.draws(of: quantities + r) }
    }
    omegaDraws = model.pooling.map { _ in parts.flatMap(\.omega) }
    var effects = (0..<quantities).map { i in parts.flatMap { $0.draws(of: i) } }
    if model.pooling != nil { effects.insert(parts.flatMap(\.meanEffect), at: coefficients) }
    self.effects = effects
    let total = Double(plan.chains * plan.draws)
    meanTrialEffects = (0..<(model.trials * model.terms.randomTerms)).map { i in
      parts.reduce(0) { $0 + $1.trialEffects[i] } / total
    }
    self.records = records
  }

  /// The terms of the model.
  public var terms: ModelTerms { model.terms }
  /// What each sampled coefficient stands for.
  public var roles: [FixedRole] {
    model.roles + (model.terms.poolsEffects ? [.meanEffect] : [])
  }
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
  /// Of pooled effects; empty where they are not pooled.
  private(set) var omega: [Double] = []
  private(set) var meanEffect: [Double] = []
  /// Quantity after quantity.
  private let values: [Double]
  private let count: Int

  init(
    _ model: BinomialModel, _ coordinates: BinomialCoordinates, _ positions: [Double], index: Int,
    plan: SamplerPlan
  ) {
    var stream = RandomStream(
      seed: plan.seed, purpose: "mean effect", index: index, part: plan.part)
    let target = BinomialTarget(model, coordinates)
    let q = model.terms.randomTerms
    let quantities = model.roles.count + model.trials * q
    let count = plan.draws
    var values = [Double](repeating: 0, count: (quantities + q) * count)
    var means = BinomialTrialMeans(model)
    var position = [Double](repeating: 0, count: target.dimension)
    var draw = [Double](repeating: 0, count: quantities)
    var tau = [Double](repeating: 0, count: q)
    for s in 0..<count {
      for i in position.indices { position[i] = positions[s * position.count + i] }
      target.parameters(at: position, into: &draw, deviations: &tau)
      means.add(draw, tau)
      if let pooling = model.pooling, let omega = target.omega(at: position) {
        self.omega.append(omega)
        meanEffect.append(pooling.drawMean(draw, omega: omega, normal: stream.normal()))
      }
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
