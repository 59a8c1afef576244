import Designs
import Inference
import MixedModels
import Sampling

/// How the posterior of given leaves is sampled: the method's model under priors on the scale of the whole
/// data set, and the settings of the chains.
struct LeafSampling: Sendable {
  let method: Method
  let priors: ResolvedPriors
  let plan: AnalysisPlan
  let environment: AnalysisEnvironment

  /// The posterior of given leaves of a design; other runs of the same seed with another `part` share no
  /// random numbers with it.
  func posterior(
    _ leaves: Leaves, of design: Design, part: Int = 0
  ) throws(AnalysisError) -> SampledTree {
    if design.family == .binomial { return try binomial(leaves, of: design, part: part) }
    let (model, variancePriors) = gaussianModel(leaves, of: design)
    if fitsExactly(model) { throw .exactFit }
    do {
      let start = environment.now()
      let posterior = try GaussianPosterior(
        model, variancePriors, plan: samplerPlan(part: part),
        sampler: plan.sampling.sampler.resolved,
        monitor: environment.monitor)
      return SampledTree(
        leaves: leaves, posterior: posterior,
        quadrature: {
          try? VarianceQuadrature(
            model, variancePriors, resolution: VarianceQuadrature.finest(variancePriors))
        },
        maxTreeDepth: plan.sampling.maxTreedepth, seconds: environment.now() - start)
    } catch {
      throw .sampling(error)
    }
  }

  private func binomial(
    _ leaves: Leaves, of design: Design, part: Int
  ) throws(AnalysisError) -> SampledTree {
    let model = try binomialModel(leaves, of: design)
    do {
      let start = environment.now()
      let posterior = try BinomialPosterior(
        model, plan: samplerPlan(part: part), sampler: plan.sampling.sampler.resolved,
        monitor: environment.monitor)
      return SampledTree(
        leaves: leaves, posterior: posterior, quadrature: { nil },
        maxTreeDepth: plan.sampling.maxTreedepth, seconds: environment.now() - start)
    } catch {
      throw .sampling(error)
    }
  }
}

extension LeafSampling {
  /// The Gaussian model of given leaves and the priors of its variances.
  func gaussianModel(_ leaves: Leaves, of design: Design) -> (MarginalModel, VariancePriors) {
    let terms = plan.terms(method, leaves: leaves.nodes.count)
    let statistics = ModelStatistics(
      design, leaf: leaves.codes, leaves: leaves.nodes.count)
    return (
      MarginalModel(statistics, terms, .integrated(priors.coefficients)),
      // So that nothing outside the design has an influence on a draw.
      VariancePriors(priors, terms, residualScale: OutcomeScale(design).withinArmSD)
    )
  }

  /// Whether the density of a model grows without limit as σ goes to zero.
  func fitsExactly(_ model: MarginalModel) -> Bool {
    !priors.sigma.excludesZero && MarginalDensity(model).growsWithoutLimit
  }

  /// The binomial model of given leaves.
  func binomialModel(
    _ leaves: Leaves, of design: Design
  ) throws(AnalysisError) -> BinomialModel {
    let statistics = BinomialStatistics(
      design, leaf: leaves.codes, leaves: leaves.nodes.count)
    do {
      return try BinomialModel(
        statistics, plan.terms(method, leaves: leaves.nodes.count), priors.coefficients,
        heterogeneity: priors.tau(method.terms), correlation: priors.correlation,
        omega: priors.omega, set: plan.priors.file)
    } catch {
      throw .prior(error)
    }
  }

  /// The settings of the sampler.
  func samplerPlan(part: Int) -> SamplerPlan {
    var result = SamplerPlan(
      chains: plan.sampling.chains, warmup: plan.sampling.warmup, draws: plan.sampling.draws,
      seed: plan.sampling.seed)
    result.part = part
    result.targetAcceptance = plan.sampling.targetAcceptance
    result.maxTreeDepth = plan.sampling.maxTreedepth
    result.threads = plan.threads
    return result
  }
}
