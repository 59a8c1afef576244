private import CGSL

/// Nodes and weights of a quadrature rule.
public struct QuadratureRule: Sendable, Equatable {
  /// Where the integrand is evaluated.
  public let nodes: [Double]
  /// What each value is multiplied by.
  public let weights: [Double]

  /// Gauss-Legendre on [lower, upper], exact for polynomials up to degree 2·points − 1.
  public static func gaussLegendre(
    points: Int, from lower: Double, to upper: Double
  ) throws(NumericalError) -> QuadratureRule {
    try rule(metamob_fixed_legendre(), points, lower, upper)
  }

  /// Gauss-Hermite for the weight exp(−x²).
  public static func gaussHermite(points: Int) throws(NumericalError) -> QuadratureRule {
    try rule(metamob_fixed_hermite(), points, 0, 1)
  }

  private static func rule(
    _ type: UnsafePointer<gsl_integration_fixed_type>?, _ points: Int, _ a: Double, _ b: Double
  ) throws(NumericalError) -> QuadratureRule {
    CLibrary.prepare()
    guard let space = gsl_integration_fixed_alloc(type, points, a, b, 0, 0) else {
      throw .library("quadrature rule of \(points) points")
    }
    defer { gsl_integration_fixed_free(space) }
    return QuadratureRule(
      nodes: (0..<points).map { gsl_integration_fixed_nodes(space)[$0] },
      weights: (0..<points).map { gsl_integration_fixed_weights(space)[$0] })
  }
}
