public import Designs
public import Inference
public import MixedModels

/// A fixed tree, a model and a prior under which the samplers are checked.
///
/// The subgroups are given, since it is the samplers that are checked and not the search for a tree.
public struct Scenario: Sendable, Equatable {
  /// The priors that come with the scenarios, in absolute numbers.
  public enum Priors: String, Sendable, Equatable, CaseIterable {
    /// The default set, on an outcome with the mean 0 and SDs of 1.
    case weaklyInformative = "weakly-informative"
    /// Log odds close enough to zero that most cells have both outcomes.
    case moderate
    /// Half-t and half-Cauchy SDs.
    case halfT = "half-t"
    /// Exponential, log-normal and uniform SDs.
    case otherFamilies = "other-families"
  }

  /// What the subgroups have in common.
  public enum Heterogeneity: Sendable, Equatable {
    /// One set of trial effects and SDs.
    case shared
    /// Nothing: each has a set of its own.
    case perSubgroup
    /// Each has a set of its own, the τ1 being partially pooled.
    case perSubgroupPooled
  }

  /// The distribution of the outcome.
  public let family: Family
  /// The terms of the model.
  public let terms: ModelTerms
  /// The short name of the terms.
  public let model: String
  /// The number K of trials.
  public let trials: Int
  /// The number of covariates.
  public let covariates: Int
  /// The priors.
  public let priors: Priors
  /// What the subgroups have in common.
  public let heterogeneity: Heterogeneity

  /// The number J of subgroups.
  public static let leaves = 2

  /// A scenario.
  public init(
    _ family: Family, _ model: String, _ terms: ModelTerms, trials: Int, covariates: Int = 0,
    priors: Priors = .weaklyInformative, heterogeneity: Heterogeneity = .shared
  ) {
    self.family = family
    self.model = model
    self.terms = terms
    self.trials = trials
    self.covariates = covariates
    self.priors = priors
    self.heterogeneity = heterogeneity
  }

  /// Family, model, number of trials, and the priors where they are not the default ones.
  public var name: String {
    "\(family.rawValue)-\(model)-\(trials)"
      + (priors == .weaklyInformative ? "" : "-\(priors.rawValue)")
  }

  /// The samplers that it is for.
  public var samplers: [PosteriorSampler] { PosteriorSampler.allCases }

  /// All scenarios, those of 3 trials before those of 10.
  ///
  /// Those in which subgroups are pooled, or have nothing in common, stand last.
  public static let all = gaussian + binomial + pooled

  private static let randomIntercepts = ModelTerms(
    intercepts: .perLeaf, randomIntercept: true, randomEffect: true)
  private static let stratified = ModelTerms(
    intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)
  private static let correlated = ModelTerms(
    intercepts: .perLeaf, randomIntercept: true, randomEffect: true, isCorrelated: true)
  private static let commonIntercepts = ModelTerms(
    intercepts: .perTrial, randomIntercept: false, randomEffect: false)

  private static let gaussian: [Scenario] =
    [3, 10].flatMap { trials in
      [
        Scenario(.gaussian, "ri", randomIntercepts, trials: trials),
        Scenario(.gaussian, "si", stratified, trials: trials),
        Scenario(.gaussian, "correlated", correlated, trials: trials),
      ]
    } + [
      Scenario(.gaussian, "palmtree", commonIntercepts, trials: 3, covariates: 1),
      Scenario(.gaussian, "ri", randomIntercepts, trials: 3, priors: .halfT),
      Scenario(.gaussian, "ri", randomIntercepts, trials: 3, priors: .otherFamilies),
    ]

  private static let binomial: [Scenario] =
    [Priors.weaklyInformative, .moderate].flatMap { priors in
      [3, 10].flatMap { trials in
        [
          Scenario(.binomial, "ri", randomIntercepts, trials: trials, priors: priors),
          Scenario(.binomial, "si", stratified, trials: trials, priors: priors),
        ]
      }
    } + [
      Scenario(.binomial, "correlated", correlated, trials: 3, priors: .moderate),
      Scenario(
        .binomial, "palmtree", commonIntercepts, trials: 3, covariates: 1, priors: .moderate),
    ]
}

extension Scenario {
  private static let pooled: [Scenario] =
    [
      Scenario(.gaussian, "ri-pool-effects", randomIntercepts.poolingEffects(true), trials: 3),
      Scenario(.gaussian, "si-pool-effects", stratified.poolingEffects(true), trials: 3),
      perSubgroup(.gaussian, "ri", randomIntercepts),
      perSubgroup(.gaussian, "correlated", correlated),
      perSubgroupPooled(.gaussian, "ri", randomIntercepts),
      perSubgroupPooled(.gaussian, "ri", randomIntercepts, priors: .halfT),
    ] + [
      Scenario(
        .binomial, "ri-pool-effects", randomIntercepts.poolingEffects(true), trials: 3,
        priors: .moderate),
      Scenario(
        .binomial, "si-pool-effects", stratified.poolingEffects(true), trials: 3,
        priors: .moderate),
      perSubgroup(.binomial, "ri", randomIntercepts, priors: .moderate),
      perSubgroupPooled(.binomial, "ri", randomIntercepts, priors: .moderate),
    ]

  private static func perSubgroup(
    _ family: Family, _ model: String, _ terms: ModelTerms, priors: Priors = .weaklyInformative
  ) -> Scenario {
    Scenario(
      family, "\(model)-per-subgroup", terms, trials: 3, priors: priors,
      heterogeneity: .perSubgroup)
  }

  private static func perSubgroupPooled(
    _ family: Family, _ model: String, _ terms: ModelTerms, priors: Priors = .weaklyInformative
  ) -> Scenario {
    Scenario(
      family, "\(model)-per-subgroup-pooled", terms, trials: 3, priors: priors,
      heterogeneity: .perSubgroupPooled)
  }
}

extension Scenario {
  /// The number of sets of trial effects, SDs and correlations.
  var sets: Int { heterogeneity == .shared ? 1 : Self.leaves }

  /// The set that a subgroup has.
  func set(of leaf: Int) -> Int { heterogeneity == .shared ? 0 : leaf }

  /// What each coefficient of the model stands for.
  public var roles: [FixedRole] {
    let leaves = 0..<Self.leaves
    let intercepts: [FixedRole] =
      switch terms.intercepts {
      case .perLeaf: leaves.map { .intercept(leaf: $0, trial: nil) }
      case .perLeafAndTrial:
        leaves.flatMap { leaf in
          (0..<trials).map { FixedRole.intercept(leaf: leaf, trial: $0) }
        }
      case .perTrial:
        (0..<trials).map { .intercept(leaf: nil, trial: $0) }
          + leaves.dropFirst().map { .intercept(leaf: $0, trial: nil) }
      }
    return (terms.poolsEffects ? [.meanEffect] : []) + leaves.map { .effect(leaf: $0) } + intercepts
      + (0..<covariates).map { .covariate($0) }
  }

  /// The priors in absolute numbers: those that the truth is drawn from, and those of the fits.
  public func resolvedPriors() throws(PriorError) -> ResolvedPriors {
    let set = try priors.set()
    let scale = OutcomeScale(covariateSDs: [Double](repeating: 1, count: covariates))
    return try ResolvedPriors(set, family, scale)
  }
}
