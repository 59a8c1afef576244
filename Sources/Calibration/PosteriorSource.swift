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
    let found: (posteriors: [any SampledPosterior], pooled: PooledPosterior?)
    switch data.scenario.family {
    case .gaussian: found = try gaussian(data, plan)
    case .binomial: found = try binomial(data, plan)
    }
    let records = found.pooled.map(\.records) ?? found.posteriors.flatMap(\.records)
    return PosteriorDraws(
      parameters: data.scenario.jointDraws(found.posteriors, pooled: found.pooled),
      divergences: records.reduce(0) { $0 + $1.divergent.count { $0 } })
  }

  private func gaussian(
    _ data: SimulatedTrials, _ plan: SamplerPlan
  ) throws(CalibrationError) -> (posteriors: [any SampledPosterior], pooled: PooledPosterior?) {
    let terms = data.scenario.terms
    let variances = VariancePriors(priors.unchanged(on: data.design), terms)
    let models = data.parts.map { part in
      MarginalModel(
        ModelStatistics(part.design, leaf: part.leaf, leaves: part.leaves), terms,
        .integrated(priors.coefficients))
    }
    do {
      if data.scenario.heterogeneity == .perSubgroupPooled,
        let pooled = try PooledPosterior(
          models, variances, parts: models.indices.map(Self.part), plan: plan, sampler: sampler)
      {
        return (pooled.leaves, pooled)
      }
      return (
        try posteriors(models, plan) { (model, plan) throws(SamplingError) in
          try GaussianPosterior(model, variances, plan: plan, sampler: sampler)
        }, nil
      )
    } catch {
      throw .sampling(error)
    }
  }

  private func binomial(
    _ data: SimulatedTrials, _ plan: SamplerPlan
  ) throws(CalibrationError) -> (posteriors: [any SampledPosterior], pooled: PooledPosterior?) {
    let terms = data.scenario.terms
    var models: [BinomialModel] = []
    do {
      for part in data.parts {
        models.append(
          try BinomialModel(
            BinomialStatistics(part.design, leaf: part.leaf, leaves: part.leaves), terms,
            priors.coefficients, heterogeneity: priors.tau(terms),
            correlation: priors.correlation, omega: priors.omega))
      }
    } catch {
      throw .prior(error)
    }
    do {
      if data.scenario.heterogeneity == .perSubgroupPooled,
        let pooled = try PooledPosterior(
          models, parts: models.indices.map(Self.part), plan: plan, sampler: sampler)
      {
        return (pooled.leaves, pooled)
      }
      return (
        try posteriors(models, plan) { (model, plan) throws(SamplingError) in
          try BinomialPosterior(model, plan: plan, sampler: sampler)
        }, nil
      )
    } catch {
      throw .sampling(error)
    }
  }

  /// What tells the random numbers of subgroups apart that are sampled by themselves.
  private static func part(_ set: Int) -> Int { 2 * set + 1 }

  private func posteriors<Model>(
    _ models: [Model], _ plan: SamplerPlan,
    _ sample: (Model, SamplerPlan) throws(SamplingError) -> any SampledPosterior
  ) throws(SamplingError) -> [any SampledPosterior] {
    var result: [any SampledPosterior] = []
    for (set, model) in models.enumerated() {
      var own = plan
      if models.count > 1 { own.part = Self.part(set) }
      result.append(try sample(model, own))
    }
    return result
  }
}

extension SimulatedTrials {
  /// The participants of each set of trial effects and SDs, with their subgroups.
  fileprivate var parts: [(design: Design, leaf: [Int32], leaves: Int)] {
    guard scenario.heterogeneity != .shared else { return [(design, leaf, Scenario.leaves)] }
    return (0..<Scenario.leaves).map { own in
      let rows = leaf.indices.filter { Int(leaf[$0]) == own }.map { Int32($0) }
      return (design.restricted(to: rows), [Int32](repeating: 0, count: rows.count), 1)
    }
  }
}
