import Foundation
import Numerics

/// A product rule of Gauss-Hermite quadrature for a standard normal vector of one or two components.
struct HermiteProduct: Sendable {
  /// The nodes: pairs, the second 0 where there is one component.
  let nodes: [(Double, Double)]
  /// log weight + |node|²/2 of each.
  let logWeights: [Double]

  /// The rule with `points` points a component; one point is the Laplace approximation.
  init(points: Int, components: Int) throws(NumericalError) {
    guard points > 1, components > 0 else {
      nodes = [(0, 0)]
      logWeights = [0]
      return
    }
    let rule = try QuadratureRule.gaussHermite(points: points)
    let z = rule.nodes.map { $0 * 2.0.squareRoot() }
    let logs = rule.weights.indices.map {
      log(rule.weights[$0] / Double.pi.squareRoot()) + z[$0] * z[$0] / 2
    }
    if components == 1 {
      nodes = z.map { ($0, 0) }
      logWeights = logs
    } else {
      nodes = z.flatMap { a in z.map { (a, $0) } }
      logWeights = logs.flatMap { a in logs.map { a + $0 } }
    }
  }
}
