public import MixedModels
import Posterior
public import Sampling
import Threads

/// How the chains of a binomial joint model go on: from all its parameters.
public struct BinomialContinuation: PosteriorContinuation {
  private let model: BinomialModel

  /// Chains on a model.
  public init(_ model: BinomialModel) {
    self.model = model
  }

  /// The terms of the model.
  public var terms: ModelTerms { model.terms }
  /// What each coefficient stands for.
  public var roles: [FixedRole] { model.roles }
  /// The number of trials.
  public var trials: Int { model.trials }
  /// The logit model has no residual SD.
  public var hasResidual: Bool { false }

  /// The posterior that the kept draws are draws of.
  public func posterior(_ draws: KeptDraws) -> any SampledPosterior {
    var means = BinomialTrialMeans(model)
    let count = draws.chains * draws.iterations
    for place in 0..<count {
      means.add(draws.effects.map { $0[place] }, draws.tau.map { $0[place] })
    }
    return BinomialPosterior(
      model, draws, meanTrialEffects: means.sums.map { $0 / Double(count) })
  }

  /// Further draws of every chain by the No-U-Turn sampler.
  public func further(
    _ draws: KeptDraws, plan: SamplerPlan, monitor: RunMonitor
  ) throws(SamplingError) -> KeptDraws {
    let coordinates = BinomialCoordinates(model)
    let target = BinomialTarget(model, coordinates)
    var gradient = [Double](repeating: 0, count: target.dimension)
    let states = try states(
      draws, dimension: target.dimension,
      position: { place in
        target.position(
          of: draws.effects.map { $0[place] }, deviations: draws.tau.map { $0[place] })
      },
      density: { target.evaluate(at: $0, gradient: &gradient) })
    let chains = try ChainGroup(plan: plan, monitor: monitor).resume(states) { _ in
      BinomialTarget(model, coordinates)
    }
    return KeptDraws(try BinomialPosterior(model, coordinates, chains, plan: plan))
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
    self.meanTrialEffects = meanTrialEffects
    records = draws.records
  }
}
