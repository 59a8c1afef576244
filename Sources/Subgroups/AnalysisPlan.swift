public import Designs
public import Inference
public import MixedModels
public import Trees

/// The word for a better outcome.
public enum Benefit: String, Sendable, Equatable, CaseIterable {
  /// A lower outcome is better.
  case lower
  /// A higher outcome is better.
  case higher
}

/// Where the alternation between tree and trial effects starts.
public enum StartChoice: String, Sendable, Equatable, CaseIterable {
  /// From trial effects of zero.
  case zero
  /// From the trial effects of the model without a tree.
  case noTree = "no-tree"
  /// From both; the tree from zero is reported.
  case both
}

/// What becomes of the trial intercepts that a node cannot test.
public enum FallbackChoice: String, Sendable, Equatable, CaseIterable {
  /// They are left out of the node's tests.
  case drop
  /// The whole analysis is done again with random trial intercepts.
  case metamobRI = "metamob-ri"
  /// The node is a leaf, as R intends.
  case stop
}

/// Which leaves of a tree have trial effects and heterogeneity in common, by Bayes.
public enum HeterogeneityChoice: String, Sendable, Equatable, CaseIterable {
  /// All of them.
  case shared
  /// Each node has its own.
  case perSubgroup = "per-subgroup"
  /// Each has its own, the between-trial SDs of the effect being partially pooled.
  case perSubgroupPooled = "per-subgroup-pooled"
}

/// The sampler asked for.
public enum SamplerChoice: String, Sendable, Equatable, CaseIterable {
  /// The program chooses: HMC.
  case auto
  /// The No-U-Turn sampler.
  case hmc
  /// The Gibbs sampler.
  case gibbs
}

/// The settings that determine the tree.
public struct GrowthPlan: Sendable, Equatable {
  /// The significance level of a split.
  public var alpha = 0.05
  /// Whether p-values are adjusted for the number of variables.
  public var bonferroni = true
  /// The smallest number of participants of a node; nil is partykit's default.
  public var minSize: Int?
  /// The largest depth, the root having 1; nil is no limit.
  public var maxDepth: Int?
  /// The trimming of the numeric test: a fraction, or a number of participants above 1.
  public var trim = 0.1
  /// Reading tied values.
  public var ties = GrowthControl.Ties.distinct
  /// Untestable trial intercepts.
  public var fallback = FallbackChoice.drop
  /// The smallest number of participants of either arm in a node.
  public var minArm = 0
  /// The smallest number of participants of each trial that a node has participants of.
  public var minTrial = 0
  /// How nominal variables split.
  public var categorical = GrowthControl.Categorical.binary
  /// How ordered variables are tested.
  public var ordinal = GrowthControl.Ordinal.chisq
  /// Where numeric variables are cut.
  public var breakpoints = GrowthControl.Breakpoints.observed
  /// What whitens the score process.
  public var vcov = GrowthControl.Covariance.opg
  /// Which parameters are tested.
  public var testParameters = GrowthControl.TestParameters.all
  /// How a grown tree is cut back.
  public var prune = GrowthControl.Prune.none
  /// The number of re-randomisations of the treatment that `rp` adjusts its p-values by; without them it
  /// adjusts for the number of candidates.
  public var permutations = 0
  /// Start of the alternation.
  public var start = StartChoice.both
  /// Largest change of the log-likelihood at which the alternation by REML ends.
  public var tolerance = 0.001
  /// Largest number of rounds.
  public var maxIterations = 100

  /// The defaults.
  public init() {}
}

/// The settings that determine the chains.
public struct SamplingPlan: Sendable, Equatable {
  /// The sampler.
  public var sampler = SamplerChoice.auto
  /// The number of chains.
  public var chains = 4
  /// Warm-up transitions of each chain.
  public var warmup = 1000
  /// Kept transitions of each chain.
  public var draws = 1000
  /// The seed of all random numbers.
  public var seed: UInt64 = 1
  /// Target acceptance statistic.
  public var targetAcceptance = 0.8
  /// Largest number of doublings.
  public var maxTreedepth = 10
  /// The number of trees to grow, each under one draw of the trial effects.
  public var treeDraws = 0

  /// The defaults.
  public init() {}
}

/// Everything that determines the result of an analysis, beside the data.
public struct AnalysisPlan: Sendable, Equatable {
  /// The methods, in order.
  public var methods: [Method] = [.metamobSI]
  /// The estimators, in order.
  public var estimators: [Estimator] = [.bayes]
  /// Whether random intercept and random effect are correlated, where the method has both.
  public var isCorrelated = false
  /// What leaves have in common by Bayes.
  public var heterogeneity = HeterogeneityChoice.shared
  /// Whether the effects of subgroups are partially pooled by Bayes.
  public var poolsEffects = false
  /// Points of the quadrature over the trial effects of a binomial model; 1 is Laplace.
  public var quadraturePoints = 1
  /// Settings of growth.
  public var growth = GrowthPlan()
  /// Settings of the chains.
  public var sampling = SamplingPlan()
  /// The prior set.
  public var priors: PriorSet
  /// Which outcome is better, where the user said.
  public var benefit: Benefit?
  /// The smallest worthwhile effect, positive.
  public var mcid: Double?
  /// Whether it is examined how much the posterior hangs on the priors: power-scaling by the analysis,
  /// refits by the module Sensitivity.
  public var sensitivity = false
  /// The level of every interval.
  public var level = 0.95
  /// The number of threads; results do not depend on it.
  public var threads = 1

  /// The default plan under a prior set.
  public init(priors: PriorSet) {
    self.priors = priors
  }
}

extension SamplerChoice {
  /// The sampler that runs.
  var resolved: PosteriorSampler {
    switch self {
    case .auto, .hmc: .hmc
    case .gibbs: .gibbs
    }
  }
}

extension AnalysisPlan {
  /// Entries of the prior set that it lacks and the analysis needs, taken from the default set.
  public func defaultedPriors(_ family: Family) -> [String] {
    let usesCorrelation = methods.contains { terms($0).isCorrelated }
    return priors.defaulted(family).filter { usesCorrelation || !$0.hasSuffix(".correlation") }
  }

  /// The terms of a method's joint model under this plan.
  public func terms(_ method: Method) -> ModelTerms { method.terms(isCorrelated: isCorrelated) }

  /// What leaves have in common by a method: without random terms there is nothing of one's own.
  public func heterogeneity(_ method: Method) -> HeterogeneityChoice {
    method.terms.randomTerms > 0 ? heterogeneity : .shared
  }

  /// The terms of the Bayesian model of so many leaves: one has nothing to be pooled with.
  func terms(_ method: Method, leaves: Int) -> ModelTerms {
    terms(method).poolingEffects(poolsEffects && leaves > 1)
  }
}

extension GrowthPlan {
  /// The smallest number of participants of a node that a method's growth applies.
  public func minSize(_ method: Method, _ design: Design) -> Int {
    control.resolvedMinSize(parameters: method.isStratified ? design.trials.count + 1 : 2)
  }
}
