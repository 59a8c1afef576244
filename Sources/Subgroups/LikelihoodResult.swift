public import MixedModels
public import Posterior

/// A quantity that was estimated by maximum likelihood, with its inference.
public struct LikelihoodEstimate: Sendable, Equatable {
  /// The estimate; nil where the data cannot give one.
  public var estimate: Double?
  /// Wald's standard error.
  public var standardError: Double?
  /// Satterthwaite's degrees of freedom; the residual ones without random terms; nil (normal) for a
  /// binomial outcome.
  public var degreesOfFreedom: Double?
  /// From t on those degrees of freedom, at the analysis's level.
  public var interval: Interval?
  /// Two-sided, of no effect.
  public var pValue: Double?
  /// Kenward and Roger's standard error; nil but for REML.
  public var kenwardRogerError: Double?
  /// Kenward and Roger's degrees of freedom.
  public var kenwardRogerDF: Double?
  /// Two-sided, of no effect, by Kenward and Roger.
  public var kenwardRogerP: Double?

  /// Nothing that could be estimated.
  public init() {}
}

/// The treatment effect in one node by maximum likelihood.
public struct LikelihoodSubgroup: Sendable, Equatable {
  /// The node's id.
  public var node: Int
  /// The number of participants.
  public var rows: Int
  /// The effect.
  public var effect = LikelihoodEstimate()
  /// Of a leaf, from the profile of the likelihood (not the restricted one), as lme4's `confint`.
  public var profileInterval: Interval?
  /// Of the effect in a new trial; nil without a random treatment effect.
  public var newTrialInterval: Interval?
  /// The SDs of the node's own model; nil where it is a part of the model of a tree.
  public var variances: Variances?

  /// A node of a number of participants.
  public init(node: Int, rows: Int) {
    self.node = node
    self.rows = rows
  }
}

/// The difference of the effects of two leaves, first minus second, by maximum likelihood.
public struct LikelihoodContrast: Sendable, Equatable {
  /// The node ids.
  public var nodes: [Int]
  /// The difference.
  public var difference: LikelihoodEstimate
}

/// The joint test that the effects of all leaves are equal.
public struct EqualityTest: Sendable, Equatable {
  /// F, or for a binomial outcome Wald's χ².
  public var statistic: Double
  /// The number of hypotheses.
  public var numeratorDF: Double
  /// Of F; nil for χ².
  public var denominatorDF: Double?
  /// The p-value.
  public var pValue: Double

  /// A test with its p-value.
  public init(
    statistic: Double, numeratorDF: Double, denominatorDF: Double?, pValue: Double
  ) {
    self.statistic = statistic
    self.numeratorDF = numeratorDF
    self.denominatorDF = denominatorDF
    self.pValue = pValue
  }
}

/// The maximum of a likelihood with the criteria that weigh it against the number of parameters.
public struct InformationCriteria: Sendable, Equatable {
  /// The log-likelihood.
  public var logLikelihood: Double
  /// −2 log-likelihood + 2 × parameters.
  public var aic: Double
  /// −2 log-likelihood + log n × parameters.
  public var bic: Double

  /// The criteria of a log-likelihood.
  public init(logLikelihood: Double, aic: Double, bic: Double) {
    self.logLikelihood = logLikelihood
    self.aic = aic
    self.bic = bic
  }
}

/// The fit of a tree by maximum likelihood, restricted or not.
public struct LikelihoodResult: Sendable, Equatable {
  /// The joint model of the leaves.
  public var fit: MixedModelFit
  /// The node ids of the leaves, in the order of the model's leaves.
  public var leaves: [Int]
  /// Of the criterion that was maximised, as lme4 counts; that of `lm` or `glm` where there are no
  /// random terms.
  public var criteria: InformationCriteria
  /// By maximum likelihood, so that trees can be compared; the search is not in the parameters.
  public var byLikelihood: InformationCriteria?
  /// One for each leaf, in node order.
  public var subgroups: [LikelihoodSubgroup]
  /// One for each inner node, from the model in which the tree is collapsed there.
  public var innerNodes: [LikelihoodSubgroup] = []
  /// Every pair of leaves.
  public var contrasts: [LikelihoodContrast] = []
  /// That all leaves have the same effect: on Satterthwaite's degrees of freedom, or χ².
  public var equality: EqualityTest?
  /// The same by Kenward and Roger.
  public var kenwardRogerEquality: EqualityTest?
  /// Profile-likelihood intervals of the random terms' SDs, in their order; an upper limit may be
  /// infinite.
  public var tauIntervals: [Interval?] = []
  /// The same of the residual SD.
  public var sigmaInterval: Interval?
}

/// A model without subgroups: the tables that every report of a meta-analysis begins with.
public struct WholePopulationFit: Sendable, Equatable {
  /// Which model it is.
  public enum Model: String, Sendable, Equatable, CaseIterable {
    /// Fixed trial intercepts, one treatment effect: `lm` or `glm` adjusted for trial.
    case linear
    /// Fixed trial intercepts, treatment effects varying between trials.
    case stratified
    /// Trial intercepts and treatment effects varying between trials.
    case random
  }

  /// The model.
  public var model: Model
  /// The terms of the model.
  public var terms: ModelTerms
  /// The criterion that was maximised.
  public var criterion: Criterion
  /// The effect in all participants.
  public var effect: LikelihoodSubgroup
  /// The coefficients of the covariates, in their order.
  public var covariates: [LikelihoodEstimate]
  /// The standard deviations; nil where the model cannot be fitted.
  public var variances: Variances?
  /// Whether some τ is zero.
  public var isSingular: Bool
  /// The criteria of the fit; nil where the model cannot be fitted.
  public var criteria: InformationCriteria?
}
