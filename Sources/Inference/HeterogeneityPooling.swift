import Foundation
import Numerics
import Sampling

/// The hierarchical prior of the τ1 of several subgroups (article PooledHeterogeneity).
///
/// With F the prior of one τ1, τ_j = F⁻¹(Φ(u_j)) and u_j = √ρ g + √(1 − ρ) e_j, where g and the e_j are
/// standard normal and ρ is uniform on (0, 1). So each τ_j by itself has exactly the prior F, whatever its
/// family, zero not excluded; ρ says how alike they are, and g how large.
struct HeterogeneityPooling: Sendable {
  /// F⁻¹(Φ(u)).
  let coordinate: VarianceCoordinate
  private let nodes: [Double]
  private let weights: [Double]

  /// The pooling under a prior; nil where this has no positive standard deviation, so that the
  /// distribution of τ1 over subgroups may have none.
  init?(_ prior: HeterogeneityPrior) {
    guard let sd = prior.standardDeviation, sd > 0,
      let rule = try? QuadratureRule.gaussHermite(points: 24)
    else { return nil }
    coordinate = VarianceCoordinate(quantileOf: prior)
    nodes = rule.nodes.map { 2.squareRoot() * $0 }
    weights = rule.weights.map { $0 / Double.pi.squareRoot() }
  }

  /// √ρ and √(1 − ρ) at the coordinate w of ρ = Φ(w), with their derivatives.
  static func roots(_ w: Double) -> (common: Double, own: Double, slopes: (Double, Double)) {
    let common = (0.5 * erfc(-w / 2.squareRoot())).squareRoot()
    let own = (0.5 * erfc(w / 2.squareRoot())).squareRoot()
    let density = exp(-0.5 * w * w) / (2 * Double.pi).squareRoot()
    return (
      common, own,
      (common > 0 ? 0.5 * density / common : 0, own > 0 ? -0.5 * density / own : 0)
    )
  }

  /// Mean and SD of the distribution of τ1 over subgroups given g and w, by Gauss-Hermite quadrature.
  func moments(_ g: Double, _ w: Double) -> (mean: Double, sd: Double) {
    let (common, own, _) = Self.roots(w)
    let values = nodes.map { coordinate.image(common * g + own * $0).value }
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
    let variance = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    return (mean, variance.squareRoot())
  }
}

extension VarianceCoordinate {
  /// The quantile function of a prior at Φ(u): u is standard normal where the SD has the prior.
  init(quantileOf prior: HeterogeneityPrior) {
    switch prior {
    case .logNormal(let m, let s): self = .logarithm(reference: exp(m), unit: s)
    case .halfT, .halfCauchy, .halfLogistic, .logT: self = .quantile(prior)
    default: self.init(heterogeneity: prior)
    }
  }
}

/// The joint density of the posteriors of several leaves whose τ1 are pooled: the coordinates of the leaves
/// one after the other, e_j in the place of u_j, then g and w.
///
/// Given the hyperparameters the leaves are independent; each leaf's density has the standard normal prior
/// of its u_j in it, in the place of which that given g and w is put.
final class PooledTarget<Leaf: LogDensity>: LogDensity {
  let leaves: [Leaf]
  /// The place of u_j among the coordinates of its leaf.
  let places: [Int]
  /// Where each leaf begins.
  let starts: [Int]
  private var positions: [[Double]]
  private var gradients: [[Double]]

  /// A target for one thread.
  init(_ leaves: [Leaf], places: [Int]) {
    self.leaves = leaves
    self.places = places
    starts = leaves.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.dimension) }
    positions = leaves.map { [Double](repeating: 0, count: $0.dimension) }
    gradients = positions
  }

  /// The number of coordinates of all leaves, and two.
  var dimension: Int { hyper + 2 }

  /// The place of g; w is next.
  var hyper: Int { starts[leaves.count] }

  /// The coordinates of one leaf at a position, u_j in their place.
  func leafPosition(_ j: Int, _ position: [Double], into target: inout [Double]) {
    let (common, own, _) = HeterogeneityPooling.roots(position[hyper + 1])
    for i in target.indices { target[i] = position[starts[j] + i] }
    target[places[j]] = common * position[hyper] + own * target[places[j]]
  }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    let (g, w) = (position[hyper], position[hyper + 1])
    let (common, own, slopes) = HeterogeneityPooling.roots(w)
    var value = -0.5 * (g * g + w * w)
    var (slopeG, slopeW) = (-g, -w)
    for j in leaves.indices {
      let e = position[starts[j] + places[j]]
      leafPosition(j, position, into: &positions[j])
      let density = leaves[j].evaluate(at: positions[j], gradient: &gradients[j])
      guard density > -.infinity else { return -.infinity }
      let u = positions[j][places[j]]
      value += density + 0.5 * (u * u - e * e)
      for i in gradients[j].indices { gradient[starts[j] + i] = gradients[j][i] }
      let slope = gradients[j][places[j]] + u
      gradient[starts[j] + places[j]] = own * slope - e
      slopeG += common * slope
      slopeW += slope * (slopes.0 * g + slopes.1 * e)
    }
    gradient[hyper] = slopeG
    gradient[hyper + 1] = slopeW
    return value
  }
}
