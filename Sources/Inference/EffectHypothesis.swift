/// What is supposed of the treatment effects of some leaves: what a Bayes factor compares.
///
/// Under both suppositions the mean of these effects has the prior of one effect, and all other coefficients
/// have theirs; so they differ in the differences alone.
public enum EffectHypothesis: Sendable, Equatable {
  /// Each effect has the model's own prior, independently of the others.
  case independent
  /// The effects are equal.
  case equal(leaves: [Int])
  /// Every difference of two effects is N(0, `sd`²), independently of their mean.
  case different(leaves: [Int], sd: Double)
}
