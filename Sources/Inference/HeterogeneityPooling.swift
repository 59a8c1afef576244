import Foundation
import Numerics
import Sampling

/// The hierarchical prior of the τ1 of several subgroups (article PooledHeterogeneity).
///
/// With F the prior of one τ1, τ_j = F⁻¹(Φ(u_j)) and u_j = √ρ g + √(1 − ρ) e_j, where g and the e_j are
/// standard normal and ρ is uniform on (0, 1). So each τ_j by itself has exactly the prior F, whatever its
/// family, zero not excluded; ρ says how alike they are, and g how large.
struct HeterogeneityPooling: Sendable {
  /// What is told of the distribution of τ1 over subgroups.
  enum Figures: Sendable {
    /// Its mean and SD, by a Gauss-Hermite rule for the standard normal distribution.
    case moments(nodes: [Double], weights: [Double])
    /// Its median and interquartile range, where the prior has no SD and so it may have none.
    case quartiles
  }

  /// F⁻¹(Φ(u)).
  let coordinate: VarianceCoordinate
  let figures: Figures

  /// The pooling under a prior; nil where this is a known value.
  init?(_ prior: HeterogeneityPrior) {
    guard prior.fixedValue == nil else { return nil }
    coordinate = VarianceCoordinate(quantileOf: prior)
    if prior.standardDeviation != nil, let rule = try? QuadratureRule.gaussHermite(points: 24) {
      figures = .moments(
        nodes: rule.nodes.map { 2.squareRoot() * $0 },
        weights: rule.weights.map { $0 / Double.pi.squareRoot() })
    } else {
      figures = .quartiles
    }
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

  /// Location and spread of the distribution of τ1 over subgroups given g and w.
  func summary(_ g: Double, _ w: Double) -> (location: Double, spread: Double) {
    let (common, own, _) = Self.roots(w)
    func value(_ e: Double) -> Double { coordinate.image(common * g + own * e).value }
    switch figures {
    case .moments(let nodes, let weights):
      let values = nodes.map(value)
      let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
      let variance = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
      return (mean, variance.squareRoot())
    case .quartiles:
      let quartile = Distributions.normalQuantile(0.75)
      return (value(0), value(quartile) - value(-quartile))
    }
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

/// Where the coordinates of leaves whose τ1 are pooled stand: those of the leaves one after the other, e_j in
/// the place of u_j, then g and w.
struct PooledLayout: Sendable {
  /// The place of u_j among the coordinates of its leaf.
  let places: [Int]
  /// Where each leaf begins.
  let starts: [Int]

  /// The layout of leaves of some dimensions.
  init(_ dimensions: [Int], places: [Int]) {
    self.places = places
    starts = dimensions.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
  }

  /// The number of leaves.
  var leaves: Int { places.count }

  /// The number of coordinates of all leaves, and two.
  var dimension: Int { hyper + 2 }

  /// The place of g; w is next.
  var hyper: Int { starts[leaves] }

  /// The place of e_j.
  func pooled(_ j: Int) -> Int { starts[j] + places[j] }

  /// The coordinates of one leaf at a position, u_j in their place.
  func leafPosition(_ j: Int, _ position: [Double], into target: inout [Double]) {
    let (common, own, _) = HeterogeneityPooling.roots(position[hyper + 1])
    for i in target.indices { target[i] = position[starts[j] + i] }
    target[places[j]] = common * position[hyper] + own * target[places[j]]
  }

  /// The position of the leaves' coordinates, u_j in their place, and of g and w: the inverse of
  /// `leafPosition`.
  func position(of leaves: [[Double]], _ g: Double, _ w: Double) -> [Double] {
    let (common, own, _) = HeterogeneityPooling.roots(w)
    var result = leaves.flatMap(\.self) + [g, w]
    for j in leaves.indices { result[pooled(j)] = (result[pooled(j)] - common * g) / own }
    return result
  }
}

/// The joint density of the posteriors of several leaves whose τ1 are pooled, on the coordinates of a
/// `PooledLayout`.
///
/// Given the hyperparameters the leaves are independent; each leaf's density has the standard normal prior
/// of its u_j in it, in the place of which that given g and w is put.
final class PooledTarget<Leaf: LogDensity>: LogDensity {
  let leaves: [Leaf]
  let layout: PooledLayout
  private var positions: [[Double]]
  private var gradients: [[Double]]

  /// A target for one thread; `places` are those of the u_j among the coordinates of their leaves.
  init(_ leaves: [Leaf], places: [Int]) {
    self.leaves = leaves
    layout = PooledLayout(leaves.map(\.dimension), places: places)
    positions = leaves.map { [Double](repeating: 0, count: $0.dimension) }
    gradients = positions
  }

  /// The number of coordinates of all leaves, and two.
  var dimension: Int { layout.dimension }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    let hyper = layout.hyper
    let (g, w) = (position[hyper], position[hyper + 1])
    let (common, own, slopes) = HeterogeneityPooling.roots(w)
    var value = -0.5 * (g * g + w * w)
    var (slopeG, slopeW) = (-g, -w)
    for j in leaves.indices {
      let place = layout.places[j]
      let e = position[layout.pooled(j)]
      layout.leafPosition(j, position, into: &positions[j])
      let density = leaves[j].evaluate(at: positions[j], gradient: &gradients[j])
      guard density > -.infinity else { return -.infinity }
      let u = positions[j][place]
      value += density + 0.5 * (u * u - e * e)
      for i in gradients[j].indices { gradient[layout.starts[j] + i] = gradients[j][i] }
      let slope = gradients[j][place] + u
      gradient[layout.pooled(j)] = own * slope - e
      slopeG += common * slope
      slopeW += slope * (slopes.0 * g + slopes.1 * e)
    }
    gradient[hyper] = slopeG
    gradient[hyper + 1] = slopeW
    return value
  }
}
