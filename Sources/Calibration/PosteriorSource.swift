import Designs
public import Inference
import MixedModels
import Posterior
public import Sampling

/// What is checked: something that claims to draw from the posterior of a scenario's data.
public protocol PosteriorSource: Sendable {
  /// The name of the sampler.
  var name: String { get }
  /// Draws from the posterior, on the calling thread.
  func draws(of data: SimulatedTrials, plan: SamplerPlan) throws(CalibrationError)
    -> PosteriorDraws
}

/// Draws from a posterior.
public struct PosteriorDraws: Sendable {
  /// The draws, chain after chain.
  public var parameters: [JointParameters]
  /// The number of divergent transitions.
  public let divergences: Int

  /// Draws, of chains that are equally long.
  public init(parameters: [JointParameters], divergences: Int = 0) {
    self.parameters = parameters
    self.divergences = divergences
  }
}

/// Why a calibration cannot be done.
public enum CalibrationError: Error, Sendable, Equatable {
  /// The priors of a scenario.
  case prior(PriorError)
  /// A posterior was not sampled.
  case sampling(SamplingError)
  /// Fewer replicates or draws than a check needs.
  case tooFew(String)
}

/// One of the program's own samplers, called as an analysis with pre-specified subgroups calls it.
public struct ModelSampler: PosteriorSource {
  /// The sampler.
  public let sampler: PosteriorSampler
  /// The priors of the fits, in absolute numbers.
  public let priors: ResolvedPriors

  /// A sampler under priors.
  public init(_ sampler: PosteriorSampler, _ priors: ResolvedPriors) {
    self.sampler = sampler
    self.priors = priors
  }

  /// The name of the sampler.
  public var name: String { sampler.rawValue }

  /// Draws from the posterior.
  public func draws(
    of data: SimulatedTrials, plan: SamplerPlan
  ) throws(CalibrationError) -> PosteriorDraws {
    let posterior: any SampledPosterior
    switch data.scenario.family {
    case .gaussian: posterior = try gaussian(data, plan)
    case .binomial: posterior = try binomial(data, plan)
    }
    return PosteriorDraws(
      parameters: posterior.jointDraws(data.scenario),
      divergences: posterior.records.reduce(0) { $0 + $1.divergent.count { $0 } })
  }

  private func gaussian(
    _ data: SimulatedTrials, _ plan: SamplerPlan
  ) throws(CalibrationError) -> GaussianPosterior {
    let terms = data.scenario.terms
    let statistics = ModelStatistics(data.design, leaf: data.leaf, leaves: Scenario.leaves)
    let model = MarginalModel(statistics, terms, .integrated(priors.coefficients))
    do {
      return try GaussianPosterior(
        model, VariancePriors(priors.unchanged(on: data.design), terms), plan: plan,
        sampler: sampler)
    } catch {
      throw .sampling(error)
    }
  }

  private func binomial(
    _ data: SimulatedTrials, _ plan: SamplerPlan
  ) throws(CalibrationError) -> BinomialPosterior {
    let terms = data.scenario.terms
    let statistics = BinomialStatistics(data.design, leaf: data.leaf, leaves: Scenario.leaves)
    let model: BinomialModel
    do {
      model = try BinomialModel(
        statistics, terms, priors.coefficients, heterogeneity: priors.tau(terms),
        correlation: priors.correlation)
    } catch {
      throw .prior(error)
    }
    do {
      return try BinomialPosterior(model, plan: plan, sampler: sampler)
    } catch {
      throw .sampling(error)
    }
  }
}
