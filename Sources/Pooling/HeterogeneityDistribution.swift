import Foundation
import Numerics
import Posterior

/// The posterior of τ in standardised measure, over the panels of its quadrature.
struct HeterogeneityDistribution: ContinuousDistribution {
  let quadrature: HeterogeneityQuadrature

  private var posterior: HeterogeneityDensity { quadrature.density }

  /// The ends of the range of τ.
  private var range: (lower: Double, upper: Double) {
    let support = posterior.support
    return (exp(support.lower), exp(support.upper))
  }

  func density(_ x: Double) -> Double {
    let (lower, upper) = range
    guard x >= lower, x <= upper, x < .infinity else { return 0 }
    // The limit at 0 is reached long before numbers end, unless the density has none.
    let u = x > 0 ? log(x) : -600
    return exp(posterior.logDensity(u) - u - quadrature.logIntegral)
  }

  func slope(_ x: Double) -> Double {
    let tau = x == 0 ? 1e-100 : x
    return density(tau) * posterior.slope(tau: tau)
  }

  func probability(below x: Double) -> Double {
    let u = log(x)
    guard let panel = quadrature.panels.last(where: { $0.lower <= u }) else { return 0 }
    guard u < panel.upper else { return min(panel.massBelow + panel.mass, 1) }
    return panel.massBelow + quadrature.mass(in: panel, upTo: u)
  }

  /// Newton's method on log τ within the panel that holds the quantile.
  func quantile(_ probability: Double) throws(NumericalError) -> Double {
    guard probability > 0 else { return range.lower }
    guard probability < 1, let last = quadrature.panels.last else { return range.upper }
    let panel = quadrature.panels.last { $0.massBelow <= probability } ?? last
    let wanted = probability - panel.massBelow
    guard wanted < panel.mass else { return exp(panel.upper) }
    var (low, high) = (panel.lower, panel.upper)
    var u = low + (high - low) * wanted / panel.mass
    for _ in 0..<200 {
      let mass = quadrature.mass(in: panel, upTo: u)
      if mass < wanted { low = u } else { high = u }
      let step = (wanted - mass) / exp(posterior.logDensity(u) - quadrature.logIntegral)
      var next = u + step
      if !(next >= low && next <= high) { next = low + (high - low) / 2 }
      if abs(next - u) <= 1e-13 * max(1, abs(u)) { return exp(next) }
      u = next
    }
    guard high - low <= 1e-9 else { throw .notConverged("quantile of the heterogeneity") }
    return exp(u)
  }

  /// The nodes, between which the quadrature has found the density smooth, and the ends.
  func modeCandidates(within interval: Interval) -> [Double] {
    let inner = quadrature.nodes.indices.filter { quadrature.weights[$0] > 1e-30 }
      .map { exp(quadrature.nodes[$0]) }
    let (lower, upper) = range
    return [lower] + inner.filter { $0 > lower && $0 < upper } + (upper < .infinity ? [upper] : [])
  }
}
