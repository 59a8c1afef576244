public import Designs
public import Inference
import MixedModels
public import Posterior
public import Predictive
public import Trees

/// A tree with what its growth says of it.
public struct GrownTree: Sendable, Equatable {
  /// The tree.
  public var tree: Tree
  /// The number of rounds of the alternation.
  public var iterations: Int
  /// Whether the alternation ended; false for a cycle of trees or too many rounds.
  public var converged: Bool
  /// Restricted, the sum over leaves where there are no random terms, or marginal by Bayes.
  ///
  /// Nil where it was not computed.
  public var logLikelihood: Double?
  /// For each inner node whether the start without a tree has its split too; empty where only one
  /// start was asked for.
  public var robustToStart: [Int: Bool]
  /// The trees of a cycle, the one reported among them; empty where there was none.
  public var cycle: [Tree]
  /// What the tests and the search for cuts saw in each tested node.
  public var evidence: [NodeEvidence] = []
  /// The splits of `rp` with both sides' effects; empty for other methods.
  public var interactions: [InteractionSplit] = []

  /// A tree with the record of its growth.
  public init(
    tree: Tree, iterations: Int, converged: Bool, logLikelihood: Double?,
    robustToStart: [Int: Bool] = [:], cycle: [Tree] = []
  ) {
    self.tree = tree
    self.iterations = iterations
    self.converged = converged
    self.logLikelihood = logLikelihood
    self.robustToStart = robustToStart
    self.cycle = cycle
  }
}

/// The posterior treatment effect in one node.
public struct BayesianSubgroup: Sendable, Equatable {
  /// The node's id.
  public var node: Int
  /// The number of participants.
  public var rows: Int
  /// The mean effect over trials.
  public var effect: PosteriorSummary
  /// P(effect < 0).
  public var probabilityBelowZero: Double
  /// P(benefit); nil without `--benefit`.
  public var probabilityBenefit: Double?
  /// P(benefit beyond the smallest worthwhile effect); nil without `--mcid`.
  public var probabilityBeyondMCID: Double?
  /// P(this leaf has the most beneficial effect); nil without `--benefit` or with one leaf.
  public var probabilityBest: Double?
  /// The effect in a new trial; nil where the method has no random effect.
  public var newTrial: PosteriorSummary?
  /// P(benefit) in a new trial.
  public var newTrialProbabilityBenefit: Double?
  /// P(benefit beyond the smallest worthwhile effect) in a new trial.
  public var newTrialProbabilityBeyondMCID: Double?
  /// The effect in each trial, shrunken, by trial code; the mean effect without a random effect.
  public var trials: [PosteriorSummary]
  /// The risk in the active minus that in the control arm, averaged over the participants of the node;
  /// nil for an outcome that is no event.
  public var riskDifference: PosteriorSummary?
  /// The same effect by REML on the same tree, collapsed at the node if it is an inner one.
  public var likelihood: LikelihoodSubgroup?
  /// Whether the chains of the node's own posterior have converged; nil for leaves, whose chains
  /// are those of the tree.
  public var diagnostics: ChainDiagnostics?
  /// The heterogeneity of the node alone; nil where it is that of the tree.
  public var heterogeneity: NodeHeterogeneity?
}

/// The variances of a node that has its own.
public struct NodeHeterogeneity: Sendable, Equatable {
  /// The between-trial SD of intercepts; nil where the method has none.
  public var tau0: PosteriorSummary?
  /// The between-trial SD of treatment effects; nil where the method has none.
  public var tau1: PosteriorSummary?
  /// The residual SD; nil for a binomial outcome.
  public var sigma: PosteriorSummary?
  /// The correlation of random intercept and random effect; nil where they are independent.
  public var correlation: PosteriorSummary?
  /// SD of τ1's posterior divided by that of its prior.
  public var tau1SDRatio: Double?
}

/// The distribution of τ1 over subgroups, where it is partially pooled.
public struct PooledHeterogeneitySummary: Sendable, Equatable {
  /// Its mean; its median where the prior of τ1 has no SD.
  public var location: PosteriorSummary
  /// Its SD; its interquartile range where the prior of τ1 has no SD.
  public var spread: PosteriorSummary
  /// Whether these are mean and SD.
  public var hasMoments: Bool
}

/// The difference of the effects of two leaves, first minus second.
public struct EffectContrast: Sendable, Equatable {
  /// The node ids.
  public var nodes: [Int]
  /// The difference's posterior.
  public var difference: PosteriorSummary
  /// P(difference < 0).
  public var probabilityBelowZero: Double
}

/// A sampled parameter, as the draws files name it.
public struct ParameterSummary: Sendable, Equatable {
  /// The name in the draws files.
  public var name: String
  /// The name for people.
  public var label: String
  /// The posterior.
  public var posterior: PosteriorSummary
}

/// Whether the chains can be believed.
public struct ChainDiagnostics: Sendable, Equatable {
  /// No R-hat above 1.01, no ESS below 100 × chains, no divergence, E-BFMI ≥ 0.3.
  public var converged: Bool
  /// The largest R-hat over parameters.
  public var maxRhat: Double?
  /// The smallest bulk effective sample size.
  public var minEssBulk: Double?
  /// The smallest tail effective sample size.
  public var minEssTail: Double?
  /// The number of divergent transitions.
  public var divergences: Int
  /// The number of transitions that reached the maximal tree depth.
  public var maxTreedepthHits: Int
  /// The smallest E-BFMI of a chain.
  public var minEbfmi: Double?
  /// What failed, one sentence each, rounds of the alternation and inner nodes included.
  public var problems: [String]
}

/// What partially pooled effects of subgroups have in common.
public struct PooledEffectsSummary: Sendable, Equatable {
  /// The mean effect.
  public var mean: PosteriorSummary
  /// The SD ω of the effects about their mean.
  public var omega: PosteriorSummary
}

/// The posterior of a tree.
public struct BayesianResult: Sendable, Equatable {
  /// The sampler that ran.
  public var sampler: String
  /// The priors on the data's scale.
  public var priors: ResolvedPriors
  /// One for each leaf, in node order.
  public var subgroups: [BayesianSubgroup]
  /// One for each inner node, from the posterior of the tree collapsed there.
  public var innerNodes: [BayesianSubgroup]
  /// Every pair of leaves.
  public var contrasts: [EffectContrast]
  /// The between-trial SD of intercepts.
  public var tau0: PosteriorSummary?
  /// The between-trial SD of treatment effects.
  public var tau1: PosteriorSummary?
  /// The residual SD.
  public var sigma: PosteriorSummary?
  /// The correlation of random intercept and random effect; nil where they are independent.
  public var correlation: PosteriorSummary?
  /// The mean of the subgroups' effects and their SD between subgroups; nil where effects are not
  /// pooled.
  public var pooledEffects: PooledEffectsSummary?
  /// What the subgroups' τ1 have in common; nil where they are not pooled.
  public var pooledHeterogeneity: PooledHeterogeneitySummary?
  /// SD of τ1's posterior divided by that of its prior; near 1, the data say nothing of it.
  public var tau1SDRatio: Double?
  /// All sampled parameters.
  public var parameters: [ParameterSummary]
  /// By quadrature.
  public var logMarginalLikelihood: Double?
  /// Of all chains, of every round and node.
  public var diagnostics: ChainDiagnostics
  /// The trees under draws of the trial effects; nil where none were asked for.
  public var treeDraws: TreeShares?
  /// The draws of the reported tree.
  public var draws: Draws
  /// What the sampler says of each draw, one a chain.
  public var records: [SamplerRecord]
  /// Replicated data beside the data; nil where there can be none.
  public var predictive: PredictiveChecks?
  /// How far the posterior moves with the priors and the likelihood; nil where that was not asked for.
  public var powerScaling: PowerScalingResult?
}

/// The fit of one run.
public enum RunFit: Sendable, Equatable {
  /// By the maximum of the likelihood, restricted or not.
  case likelihood(LikelihoodResult)
  /// By MCMC.
  case bayesian(BayesianResult)
}

/// Wall seconds of the parts of an analysis.
public struct Timing: Sendable, Equatable {
  /// Reading and checking the data.
  public var read = 0.0
  /// Growing trees, sampling within the alternation included.
  public var grow = 0.0
  /// REML fits of the reported tree.
  public var estimate = 0.0
  /// The chains of the reported tree.
  public var sample = 0.0
  /// Posteriors and fits of inner nodes.
  public var inner = 0.0
  /// Bayes factors of splits.
  public var evidence = 0.0
  /// Leave-one-out.
  public var loo = 0.0
  /// Refits under other priors.
  public var sensitivity = 0.0
  /// All of it.
  public var total = 0.0

  /// No time.
  public init() {}
}

/// One method fitted by one estimator.
public struct Run: Sendable, Equatable {
  /// The method.
  public var method: Method
  /// The estimator.
  public var estimator: Estimator
  /// The tree.
  public var tree: GrownTree
  /// Its fit.
  public var fit: RunFit
  /// Where the time went.
  public var timing: Timing
  /// The method that was asked for, where its nodes could not be tested and this one took its place.
  public var fallbackFrom: Method?
}

/// How two runs' trees compare.
public struct Agreement: Sendable, Equatable {
  /// The positions of the two runs.
  public var runs: [Int]
  /// Of the two partitions of the participants.
  public var adjustedRandIndex: Double
  /// Whether the roots split alike (two trees without a split do).
  public var sameRootSplit: Bool
  /// Splits with the same variable, cut and ancestors.
  public var splitsInBoth: Int
  /// Splits of the first tree alone.
  public var splitsOnlyFirst: Int
  /// Splits of the second tree alone.
  public var splitsOnlySecond: Int
}

/// All that a command has computed, before any of it is words.
public struct Analysis: Sendable, Equatable {
  /// The data.
  public var design: Design
  /// The settings.
  public var plan: AnalysisPlan
  /// The models without subgroups that a reader wants to see first.
  public var wholePopulation: [WholePopulationFit]
  /// One run for each method and estimator.
  public var runs: [Run]
  /// Every pair of runs.
  public var agreement: [Agreement]
  /// What the user should know.
  public var warnings: [String]
  /// The sum over runs, and reading.
  public var timing: Timing
}
