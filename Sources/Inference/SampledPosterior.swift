public import MixedModels

/// The sampled posterior of a joint model, whatever the family of its outcome.
public protocol SampledPosterior: LeafEffects {
  /// What each sampled coefficient stands for.
  var roles: [FixedRole] { get }
  /// The number of trials.
  var trials: Int { get }
  /// The number of covariates.
  var covariates: Int { get }
  /// Draws of each τ, chain after chain.
  var tau: [[Double]] { get }
  /// Draws of the coefficients in the order of the roles, then of the random terms trial by trial; each
  /// chain after chain.
  var effects: [[Double]] { get }
  /// The average over draws of the trial effects' conditional means: K × q, trial after trial
  /// (Rao-Blackwell).
  var meanTrialEffects: [Double] { get }
  /// Draws of the residual SD; nil where the outcome has none.
  var residualDraws: [Double]? { get }
  /// Draws of the correlation of random intercept and effect; nil where they are independent.
  var correlationDraws: [Double]? { get }
  /// Draws of the SD ω of the leaves' effects about their mean; nil where these are not pooled.
  var omegaDraws: [Double]? { get }
}

extension SampledPosterior {
  /// The draws of a coefficient; nil where the model lacks it.
  public func draws(of role: FixedRole) -> [Double]? {
    roles.firstIndex(of: role).map { effects[$0] }
  }

  /// The draws of a random term of one trial.
  public func trialEffect(_ trial: Int, term: Int) -> [Double] {
    effects[roles.count + trial * terms.randomTerms + term]
  }
}
