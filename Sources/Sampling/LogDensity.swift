/// A log density on ℝᵈ with its gradient: all that a sampler knows of a model.
///
/// A density may own a workspace, so each chain has one of its own.
public protocol LogDensity {
  /// The number of coordinates d.
  var dimension: Int { get }

  /// The log density at a position, up to a constant, and its gradient written into `gradient`.
  ///
  /// A position outside the support, or where the density cannot be computed, gives −∞; the
  /// gradient is then not read. Must not allocate.
  func evaluate(at position: [Double], gradient: inout [Double]) -> Double
}
