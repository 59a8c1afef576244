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
  private let environment: AnalysisEnvironment
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
    let statistics = ModelStatistics(
      design, leaf: leaves.codes, leaves: leaves.nodes.count)
    let model = MarginalModel(
      statistics, plan.terms(method), .integrated(priors.coefficients))
    let variancePriors = VariancePriors(priors, plan.terms(method))
    if !priors.sigma.excludesZero, MarginalDensity(model).growsWithoutLimit { throw .exactFit }
    do {
      let start = environment.now()
      let posterior = try GaussianPosterior(
        model, variancePriors, plan: plan.samplerPlan, sampler: plan.sampling.sampler.resolved,
        monitor: environment.monitor)
      return SampledTree(
        leaves: leaves, posterior: posterior, variancePriors: variancePriors,
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
  let posterior: GaussianPosterior
  let variancePriors: VariancePriors
  let convergence: Convergence
  /// Wall seconds of the chains.
  let seconds: Double

  init(
    leaves: Leaves, posterior: GaussianPosterior, variancePriors: VariancePriors,
    maxTreeDepth: Int, seconds: Double
  ) {
    self.leaves = leaves
    self.posterior = posterior
    self.variancePriors = variancePriors
    self.seconds = seconds
    let summariser = Summariser(
      chains: posterior.chains, iterations: posterior.iterations, level: 0.95)
    convergence = Convergence(
      parameters: posterior.varianceDraws.map { ($0.name, summariser.summary(of: $0.draws)) },
      records: posterior.records, chains: posterior.chains, maxTreeDepth: maxTreeDepth)
  }

  private init(_ other: SampledTree, leaves: Leaves) {
    self.leaves = leaves
    posterior = other.posterior
    variancePriors = other.variancePriors
    convergence = other.convergence
    seconds = other.seconds
  }

  /// The same posterior, its leaves having the ids of another tree with the same partition.
  func renamed(_ leaves: Leaves) -> SampledTree { SampledTree(self, leaves: leaves) }

  /// The posterior means that the next tree takes as given.
  var shared: SharedEffects {
    let covariates = (0..<posterior.model.statistics.covariates).map { i in
      posterior.column(.covariate(i)).map { mean($0) } ?? 0
    }
    return SharedEffects(
      trialEffects: posterior.meanTrialEffects, trialIntercepts: trialIntercepts,
      covariates: covariates)
  }

  /// What each trial's common intercept adds to that of the first, where the model has them.
  private var trialIntercepts: [Double] {
    let model = posterior.model
    guard model.terms.intercepts == .perTrial else { return [] }
    let means = (0..<model.statistics.trials).map { trial in
      posterior.column(.trialIntercept(trial: trial)).map { mean($0) } ?? 0
    }
    return means.map { $0 - means[0] }
  }

  /// The posterior mean of σ.
  var sigma: Double { mean(posterior.sigma) }
}

extension GaussianPosterior {
  /// The draws of the variances by the names of the draws files.
  var varianceDraws: [(name: String, draws: [Double])] {
    let names =
      (model.terms.randomIntercept ? ["tau0"] : []) + (model.terms.randomEffect ? ["tau1"] : [])
    return Array(zip(names, tau)).map { (name: $0.0, draws: $0.1) } + [("sigma", sigma)]
      + (correlation.map { [("correlation", $0)] } ?? [])
  }
}
