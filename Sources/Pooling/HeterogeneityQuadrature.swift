import Foundation
import Inference
import Numerics

/// The posterior of u = log τ by adaptive Gauss-Legendre quadrature.
///
/// Panels are halved until halves and whole agree for the mass and for the first two moments of μ.
/// On u the density is smooth whatever the prior, and a power of τ in a tail becomes an exponential;
/// panels double in width outwards, so that even a tail in powers of log τ takes few of them.
struct HeterogeneityQuadrature {
  /// A stretch of u with its nodes.
  struct Panel {
    let lower: Double
    let upper: Double
    /// The posterior mass below the panel.
    var massBelow = 0.0
    /// The posterior mass within.
    var mass = 0.0
  }

  /// The posterior density whose integral this is.
  let density: HeterogeneityDensity
  /// The panels in ascending order; none where τ is fixed.
  private(set) var panels: [Panel] = []
  /// The nodes of all panels in ascending order.
  private(set) var nodes: [Double] = []
  /// Their posterior weights, which add up to 1.
  private(set) var weights: [Double] = []
  /// The mean of μ given τ at each node.
  private(set) var means: [Double] = []
  /// The variance of μ given τ at each node.
  private(set) var variances: [Double] = []
  /// log ∫ prior × likelihood, in standardised measure.
  private(set) var logIntegral = 0.0
  /// What the first and second moments of τ have beyond the last panel.
  private(set) var remainders = [0.0, 0.0]

  private let rule: QuadratureRule
  private static let mostPanels = 5_000

  /// Integrates over τ.
  ///
  /// Throws where the panels do not come to an end.
  init(_ density: HeterogeneityDensity) throws(NumericalError) {
    self.density = density
    rule = try .gaussLegendre(points: 15, from: -1, to: 1)
    if let fixed = density.prior?.fixedValue {
      setPoint(log(fixed / density.studies.unit))
      return
    }
    let range = HeterogeneityRange(density)
    var values: [Double] = []
    for (lower, upper) in zip(range.breaks, range.breaks.dropFirst()) {
      try integrate(from: lower, to: upper, range, &values)
    }
    let top = values.max() ?? 0
    var sum = 0.0
    for i in values.indices {
      weights[i] *= exp(values[i] - top)
      sum += weights[i]
    }
    guard sum > 0, sum.isFinite else { throw .notConverged("posterior of the heterogeneity") }
    logIntegral = top + log(sum)
    var below = 0.0
    for panel in panels.indices {
      let own = (panel * rule.nodes.count)..<((panel + 1) * rule.nodes.count)
      for i in own { weights[i] /= sum }
      panels[panel].massBelow = below
      panels[panel].mass = weights[own].reduce(0, +)
      below += panels[panel].mass
    }
    remainders = [1, 2].map { order in
      range.isCut ? density.remainder(order: order, beyond: range.upper, logIntegral) : 0
    }
  }

  /// τ has one value.
  private mutating func setPoint(_ u: Double) {
    let conditional = density.conditional(u)
    nodes = [u]
    weights = [1]
    means = [conditional.mean]
    variances = [conditional.variance]
    logIntegral = conditional.logLikelihood
  }

  // MARK: Panels

  /// The nodes of a stretch with all that is wanted there.
  private struct Stretch {
    let lower: Double
    let upper: Double
    var values: [Double] = []
    var means: [Double] = []
    var variances: [Double] = []
    /// ∫ f, ∫ f m and ∫ f (1 + m² + V), of f relative to e^`top`.
    var sums = (0.0, 0.0, 0.0)
    var top = -Double.infinity
  }

  private func stretch(_ lower: Double, _ upper: Double) -> Stretch {
    var stretch = Stretch(lower: lower, upper: upper)
    let half = (upper - lower) / 2
    for node in rule.nodes {
      let u = lower + half * (node + 1)
      let conditional = density.conditional(u)
      stretch.values.append(density.logPrior(u) + conditional.logLikelihood)
      stretch.means.append(conditional.mean)
      stretch.variances.append(conditional.variance)
    }
    stretch.top = stretch.values.max() ?? 0
    for (i, weight) in rule.weights.enumerated() {
      let mass = half * weight * exp(stretch.values[i] - stretch.top)
      let mean = stretch.means[i]
      stretch.sums.0 += mass
      stretch.sums.1 += mass * mean
      stretch.sums.2 += mass * (1 + mean * mean + stretch.variances[i])
    }
    return stretch
  }

  private mutating func integrate(
    from lower: Double, to upper: Double, _ range: HeterogeneityRange, _ values: inout [Double]
  ) throws(NumericalError) {
    var open = [stretch(lower, upper)]
    while let whole = open.popLast() {
      guard panels.count < Self.mostPanels else {
        throw .notConverged("posterior of the heterogeneity")
      }
      let middle = (whole.lower + whole.upper) / 2
      let left = stretch(whole.lower, middle)
      let right = stretch(middle, whole.upper)
      if isAccurate(whole, left, right) || isNegligible(whole, range)
        || !(whole.lower < middle && middle < whole.upper)
      {
        accept(whole, &values)
      } else {
        // The left half first, so that panels ascend.
        open.append(right)
        open.append(left)
      }
    }
  }

  private func isAccurate(_ whole: Stretch, _ left: Stretch, _ right: Stretch) -> Bool {
    guard whole.top > -.infinity || left.top > -.infinity || right.top > -.infinity else {
      return true
    }
    // The digits of u and of the log density bound those of the density.
    let slope = (whole.top - (whole.values.min() ?? whole.top)) / (whole.upper - whole.lower)
    let noise = slope * max(abs(whole.lower), abs(whole.upper)).ulp
    let tolerance = max(1e-12, 32 * abs(whole.top).ulp, 8 * noise)
    let (a, b) = (exp(left.top - whole.top), exp(right.top - whole.top))
    let mass = a * left.sums.0 + b * right.sums.0
    let first = a * left.sums.1 + b * right.sums.1
    let second = a * left.sums.2 + b * right.sums.2
    return abs(mass - whole.sums.0) <= tolerance * mass
      && abs(first - whole.sums.1) <= tolerance * second
      && abs(second - whole.sums.2) <= tolerance * second
  }

  /// Between modes and beyond them the density is monotone, so that its ends bound it.
  private func isNegligible(_ stretch: Stretch, _ range: HeterogeneityRange) -> Bool {
    range.isNegligible(stretch.top, at: stretch.upper)
      && range.isNegligible(density.logDensity(stretch.lower), at: stretch.lower)
      && range.isNegligible(density.logDensity(stretch.upper), at: stretch.upper)
  }

  private mutating func accept(_ stretch: Stretch, _ values: inout [Double]) {
    let half = (stretch.upper - stretch.lower) / 2
    panels.append(Panel(lower: stretch.lower, upper: stretch.upper))
    nodes += rule.nodes.map { stretch.lower + half * ($0 + 1) }
    weights += rule.weights.map { half * $0 }
    means += stretch.means
    variances += stretch.variances
    values += stretch.values
  }

  /// The posterior mass between the lower end of a panel and a point in it.
  func mass(in panel: Panel, upTo u: Double) -> Double {
    let half = (u - panel.lower) / 2
    var sum = 0.0
    for (node, weight) in zip(rule.nodes, rule.weights) {
      sum += weight * exp(density.logDensity(panel.lower + half * (node + 1)) - logIntegral)
    }
    return half * sum
  }
}

extension HeterogeneityDensity {
  /// ∫ τ^order p(τ | y) dτ beyond u, where the density is a power already.
  fileprivate func remainder(order: Int, beyond u: Double, _ logIntegral: Double) -> Double {
    guard tail.hasMoment(order), tail.power.isFinite else { return 0 }
    let value = exp(logDensity(u) + Double(order) * u - logIntegral)
    let excess = tail.power - Double(order) - 1
    if excess > 0 { return value / excess }
    // Left of the power is the one of log τ alone, ∫ v^−(1 + df) = v^−df / df.
    guard case .logT(let df, let location, scale: _)? = prior else { return 0 }
    return value * (u + log(studies.unit) - location) / df
  }
}
