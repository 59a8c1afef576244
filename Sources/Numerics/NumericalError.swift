/// What can go wrong in a computation with numbers that are otherwise valid.
public enum NumericalError: Error, Equatable, Sendable {
  /// A matrix is not positive definite; `order` counts its leading minors that are.
  case notPositiveDefinite(order: Int)
  /// An iteration ended without meeting its tolerance.
  case notConverged(String)
  /// A library routine refused its arguments.
  case library(String)
}
