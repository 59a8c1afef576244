import Designs
import Inference
import MixedModels
import Numerics
import Posterior
import Sampling
import Trees

/// The sampled posteriors of one method's trees.
///
/// The same random numbers serve every tree, so a tree met again has the posterior it had, and is
/// not sampled twice.
final class PosteriorCache {
  let design: Design
  let method: Method
  let priors: ResolvedPriors
  let plan: AnalysisPlan
  let environment: AnalysisEnvironment
  /// All posteriors that were sampled.
  private(set) var sampled: [SampledTree] = []

  init(
    _ design: Design, _ method: Method, _ priors: ResolvedPriors, _ plan: AnalysisPlan,
    _ environment: AnalysisEnvironment
  ) {
    self.design = design
    self.method = method
    self.priors = priors
    self.plan = plan
    self.environment = environment
  }

  /// The posterior of a tree's leaves.
  func posterior(_ tree: Tree) throws(AnalysisError) -> SampledTree {
    try posterior(Leaves(tree))
  }

  /// The posterior of given leaves.
  func posterior(_ leaves: Leaves) throws(AnalysisError) -> SampledTree {
    if let known = sampled.first(where: { $0.leaves.codes == leaves.codes }) {
      return known.renamed(leaves)
    }
    let new = try sample(leaves)
    sampled.append(new)
    return new
  }

  private func sample(_ leaves: Leaves) throws(AnalysisError) -> SampledTree {
    if design.family == .binomial { return try sampleBinomial(leaves) }
    let model = gaussianModel(leaves)
    let variancePriors = VariancePriors(priors, plan.terms(method))
    if !priors.sigma.excludesZero, MarginalDensity(model).growsWithoutLimit { throw .exactFit }
    do {
      let start = environment.now()
      let posterior = try GaussianPosterior(
        model, variancePriors, plan: plan.samplerPlan, sampler: plan.sampling.sampler.resolved,
        monitor: environment.monitor)
      return SampledTree(
        leaves: leaves, posterior: posterior,
        quadrature: { try? VarianceQuadrature(model, variancePriors) },
        maxTreeDepth: plan.sampling.maxTreedepth, seconds: environment.now() - start)
    } catch {
      throw .sampling(error)
    }
  }

  func gaussianModel(_ leaves: Leaves) -> MarginalModel {
    MarginalModel(
      ModelStatistics(design, leaf: leaves.codes, leaves: leaves.nodes.count), plan.terms(method),
      .integrated(priors.coefficients))
  }

  func binomialModel(_ leaves: Leaves) throws(AnalysisError) -> BinomialModel {
    let terms = plan.terms(method)
    do {
      return try BinomialModel(
        BinomialStatistics(design, leaf: leaves.codes, leaves: leaves.nodes.count), terms,
        priors.coefficients, heterogeneity: priors.tau(terms), correlation: priors.correlation,
        set: plan.priors.file)
    } catch {
      throw .prior(error)
    }
  }

  private func sampleBinomial(_ leaves: Leaves) throws(AnalysisError) -> SampledTree {
    let model = try binomialModel(leaves)
    do {
      let start = environment.now()
      let posterior = try BinomialPosterior(
        model, plan: plan.samplerPlan, sampler: plan.sampling.sampler.resolved,
        monitor: environment.monitor)
      return SampledTree(
        leaves: leaves, posterior: posterior, quadrature: { nil },
        maxTreeDepth: plan.sampling.maxTreedepth, seconds: environment.now() - start)
    } catch {
      throw .sampling(error)
    }
  }
}

extension AnalysisPlan {
  /// The settings of the sampler.
  var samplerPlan: SamplerPlan {
    var result = SamplerPlan(
      chains: sampling.chains, warmup: sampling.warmup, draws: sampling.draws,
      seed: sampling.seed)
    result.targetAcceptance = sampling.targetAcceptance
    result.maxTreeDepth = sampling.maxTreedepth
    result.threads = threads
    return result
  }
}

/// The posterior of one tree, with what the alternation takes from it.
struct SampledTree {
  let leaves: Leaves
  let posterior: any SampledPosterior
  /// The posterior of the variances by quadrature; nil where it has none.
  let quadrature: @Sendable () -> VarianceQuadrature?
  let convergence: Convergence
  /// Wall seconds of the chains.
  let seconds: Double

  init(
    leaves: Leaves, posterior: any SampledPosterior,
    quadrature: @escaping @Sendable () -> VarianceQuadrature?, maxTreeDepth: Int, seconds: Double
  ) {
    self.leaves = leaves
    self.posterior = posterior
    self.quadrature = quadrature
    self.seconds = seconds
    let summariser = Summariser(
      chains: posterior.chains, iterations: posterior.iterations, level: 0.95)
    // Coefficients that are drawn exactly given the variances need no check of their own.
    let effects =
      posterior.residualDraws == nil
      ? leaves.nodes.enumerated().compactMap { leaf, node in
        posterior.draws(of: .effect(leaf: leaf)).map { (name: "effect_\(node)", draws: $0) }
      } : []
    convergence = Convergence(
      parameters: (effects + posterior.varianceDraws).map {
        ($0.name, summariser.summary(of: $0.draws))
      },
      records: posterior.records, chains: posterior.chains, maxTreeDepth: maxTreeDepth)
  }

  private init(_ other: SampledTree, leaves: Leaves) {
    self.leaves = leaves
    posterior = other.posterior
    quadrature = other.quadrature
    convergence = other.convergence
    seconds = other.seconds
  }

  /// The same posterior, its leaves having the ids of another tree with the same partition.
  func renamed(_ leaves: Leaves) -> SampledTree { SampledTree(self, leaves: leaves) }

  /// The posterior means that the next tree takes as given.
  var shared: SharedEffects {
    let covariates = (0..<posterior.covariates).map { i in
      posterior.draws(of: .covariate(i)).map { mean($0) } ?? 0
    }
    return SharedEffects(
      trialEffects: posterior.meanTrialEffects, trialIntercepts: trialIntercepts { mean($0) },
      covariates: covariates)
  }

  /// What each trial's common intercept adds to that of the first, where the model has them; of
  /// each intercept's draws the figure that is wanted.
  func trialIntercepts(_ figure: ([Double]) -> Double) -> [Double] {
    guard posterior.terms.intercepts == .perTrial else { return [] }
    let intercepts = (0..<posterior.trials).map { trial in
      posterior.draws(of: .intercept(leaf: nil, trial: trial)).map(figure) ?? 0
    }
    return intercepts.map { $0 - intercepts[0] }
  }

  /// The posterior mean of σ; 1 where there is none.
  var sigma: Double { posterior.residualDraws.map { mean($0) } ?? 1 }
}

extension SampledPosterior {
  /// The draws of the variances by the names of the draws files.
  var varianceDraws: [(name: String, draws: [Double])] {
    let names =
      (terms.randomIntercept ? ["tau0"] : []) + (terms.randomEffect ? ["tau1"] : [])
    return Array(zip(names, tau)).map { (name: $0.0, draws: $0.1) }
      + (residualDraws.map { [(name: "sigma", draws: $0)] } ?? [])
      + (correlationDraws.map { [(name: "correlation", draws: $0)] } ?? [])
  }
}
