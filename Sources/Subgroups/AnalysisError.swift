public import Inference
public import Numerics
public import Sampling

/// Why an analysis could not be done.
public enum AnalysisError: Error, Sendable, Equatable {
  /// The joint model of a tree cannot be fitted.
  case notFitted(NumericalError)
  /// The joint model of a tree fits the outcome exactly, so that σ has no estimate.
  case exactFit
  /// The effect of a node has neither data nor a proper prior.
  case notIdentified(node: Int)
  /// The priors cannot be used.
  case prior(PriorError)
  /// The Gibbs sampler of a binomial outcome needs whole case weights.
  case fractionalWeights
  /// The draws that were kept lack a parameter of the model.
  case missingDraws(parameter: String)
  /// The sampler failed.
  case sampling(SamplingError)
}
