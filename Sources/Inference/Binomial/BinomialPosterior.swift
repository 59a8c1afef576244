public import MixedModels
import Numerics
public import Posterior
public import Sampling
import Threads

/// The sampled posterior of a binomial joint model: draws of all coefficients, trial effects and
/// between-trial SDs by the No-U-Turn or the Gibbs sampler.
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
  /// The average over draws of E[b | coefficients, τ, y], or of E[b | ω, τ] over Pólya-Gamma numbers ω: K × q,
  /// trial after trial.
  public let meanTrialEffects: [Double]
  /// What the sampler says of each draw, one a chain.
  public let records: [SamplerRecord]

  /// Draws of the correlation of random intercept and effect; nil where they are independent.
  public let correlationDraws: [Double]?

  /// Samples the posterior.
  ///
  /// The same seed gives the same draws whatever the number of threads. Gibbs needs whole counts: case
  /// weights are then whole numbers.
  ///
  /// Throws where a chain finds no usable start, or was told to stop.
  public init(
    _ model: BinomialModel, plan: SamplerPlan, sampler: PosteriorSampler = .hmc,
    monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    let parts =
      switch sampler {
      case .hmc: try Self.hamiltonian(model, plan, monitor)
      case .gibbs: try Self.gibbs(model, plan, monitor)
      }
    self.init(model, parts, plan)
  }

  /// The posterior of chains that have run.
  init(_ model: BinomialModel, _ parts: [BinomialChain], _ plan: SamplerPlan) {
    self.model = model
    chains = plan.chains
    iterations = plan.draws
    let (terms, quantities) = (
      model.terms.randomTerms, model.roles.count + model.trials * model.terms.randomTerms
    )
    let draws = (0..<(quantities + model.deviations)).map { i in
      parts.flatMap { $0.draws(of: i) }
    }
    effects = Array(draws[..<quantities])
    tau = Array(draws[quantities..<(quantities + terms)])
    correlationDraws = model.correlation == nil ? nil : draws.last
    let total = Double(plan.chains * plan.draws)
    meanTrialEffects = (0..<(model.trials * terms)).map { i in
      parts.reduce(0) { $0 + $1.trialEffects[i] } / total
    }
    records = parts.map(\.record)
  }

  private static func hamiltonian(
    _ model: BinomialModel, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [BinomialChain] {
    let coordinates = BinomialCoordinates(model)
    let dimension = BinomialTarget(model, coordinates).dimension
    let starts = StartingPoints { _, stream in (0..<dimension).map { _ in stream.normal() } }
    let draws = try ChainGroup(plan: plan, monitor: monitor).run(from: starts) { _ in
      BinomialTarget(model, coordinates)
    }
    return try chains(model, coordinates, draws, threads: plan.threads)
  }

  /// The chains in parameters.
  static func chains(
    _ model: BinomialModel, _ coordinates: BinomialCoordinates, _ draws: [ChainDraws], threads: Int
  ) throws(SamplingError) -> [BinomialChain] {
    try concurrentMap(count: draws.count, threads: threads) {
      (chain) throws(SamplingError) in
      BinomialChain(model, coordinates, draws[chain])
    }
  }

  private static func gibbs(
    _ model: BinomialModel, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [BinomialChain] {
    precondition(
      model.counts.allSatisfy { $0 == $0.rounded() }, "Pólya-Gamma numbers of whole counts")
    try plan.validate()
    return try concurrentMap(count: plan.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      try BinomialGibbs(model, index: chain, plan: plan).run(plan, monitor)
    }
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
}
