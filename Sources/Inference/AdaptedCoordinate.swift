import Foundation
import Numerics

/// A coordinate u on which one variance parameter has nearly a standard normal posterior.
///
/// The parameter's marginal posterior F is known roughly from a coarse grid over all variances; the
/// coordinate is θ = F⁻¹(Φ(u)), as a spline of the log (or logit) of θ over u. That F is rough does not
/// matter: the Jacobian of the spline is exact, and only the ease of sampling hangs on F.
struct AdaptedCoordinate: Sendable, Equatable {
  /// How the parameter's range is stretched to the real line.
  enum Link: Sendable, Equatable {
    case logarithm
    case logit(lower: Double, upper: Double)
  }

  let link: Link
  let spline: NaturalSpline

  /// The last knots, in SDs; beyond them the link is straight in u.
  private static let reach = 8.0
  private static let spacing = 0.5

  /// The coordinate of a parameter with a marginal log density (up to a constant) at equally spaced
  /// points of an earlier coordinate.
  ///
  /// Nil where the points do not reach out far enough, or no increasing spline is found.
  init?(_ base: VarianceCoordinate, start: Double, step: Double, logDensities: [Double]) {
    guard logDensities.count >= 4, logDensities.allSatisfy(\.isFinite),
      let quantiles = NormalQuantiles(start: start, step: step, logDensities: logDensities)
    else { return nil }
    switch base {
    case .bounded(let lower, let upper): link = .logit(lower: lower, upper: upper)
    case .adapted(let earlier): link = earlier.link
    default: link = .logarithm
    }
    let knots = Int(2 * Self.reach / Self.spacing) + 1
    let link = link
    let values = (0..<knots).map { i in
      Self.linked(
        base.image(quantiles.position(-Self.reach + Self.spacing * Double(i))).value, link)
    }
    guard values.allSatisfy(\.isFinite) else { return nil }
    spline = NaturalSpline(start: -Self.reach, spacing: Self.spacing, values: values)
    guard spline.isIncreasing else { return nil }
  }

  private static func linked(_ value: Double, _ link: Link) -> Double {
    switch link {
    case .logarithm: log(value)
    case .logit(let lower, let upper): log((value - lower) / (upper - value))
    }
  }

  /// The parameter at u, its derivative, the log Jacobian and its derivative.
  func image(_ u: Double) -> VarianceCoordinate.Image {
    let at = spline.evaluate(u)
    switch link {
    case .logarithm:
      let value = exp(at.value)
      return VarianceCoordinate.Image(
        value: value, slope: value * at.slope, logJacobian: at.value + log(at.slope),
        logJacobianSlope: at.slope + at.curvature / at.slope)
    case .logit(let lower, let upper):
      let width = upper - lower
      // From the nearer end, which keeps the digits.
      let small = exp(-abs(at.value))
      let share = small / (1 + small)
      let slope = share / (1 + small)
      return VarianceCoordinate.Image(
        value: at.value < 0 ? lower + width * share : upper - width * share,
        slope: width * slope * at.slope, logJacobian: log(width * slope) + log(at.slope),
        logJacobianSlope: (at.value < 0 ? 1 - 2 * share : 2 * share - 1) * at.slope
          + at.curvature / at.slope)
    }
  }

  /// The u at which the parameter has a value inside its range.
  func position(of value: Double) -> Double { spline.inverse(Self.linked(value, link)) }
}

/// The quantiles of a density that is known at equally spaced points, against those of the standard normal.
private struct NormalQuantiles {
  private var points: [Double] = []
  /// The standard normal quantile of the mass below each point; increasing.
  private var deviates: [Double] = []

  /// The number of subintervals of an interval between known points.
  private static let pieces = 16

  /// Nil where all of the mass is in one place.
  init?(start: Double, step: Double, logDensities: [Double]) {
    let spline = NaturalSpline(start: start, spacing: step, values: logDensities)
    let top = logDensities.max() ?? 0
    // One interval more at either end, in which the log density goes on straight.
    let count = (logDensities.count + 1) * Self.pieces
    let places = (0...count).map { start + step * (Double($0) / Double(Self.pieces) - 1) }
    let densities = places.map { exp(spline.evaluate($0).value - top) }
    let pieces = (0..<count).map { 0.5 * (densities[$0] + densities[$0 + 1]) }
    // From either end, so that both tails keep their digits.
    let below = Self.sums(pieces)
    let above = Array(Self.sums(pieces.reversed()).reversed())
    let total = above[0]
    for i in places.indices where below[i] > 0 && above[i] > 0 {
      let deviate =
        below[i] < above[i]
        ? Distributions.normalQuantile(below[i] / total)
        : Distributions.normalUpperQuantile(above[i] / total)
      guard deviate > (deviates.last ?? -.infinity) else { continue }
      points.append(places[i])
      deviates.append(deviate)
    }
    guard points.count >= 2 else { return nil }
  }

  /// 0, and the sums of the first numbers.
  private static func sums(_ numbers: [Double]) -> [Double] {
    var sums = [0.0]
    for number in numbers { sums.append(sums[sums.count - 1] + number) }
    return sums
  }

  /// The point whose mass below is Φ(u): on a straight line between the known ones, and beyond them.
  func position(_ u: Double) -> Double {
    let above = deviates.firstIndex { $0 > u } ?? deviates.count
    let i = min(max(above, 1), deviates.count - 1)
    let slope = (points[i] - points[i - 1]) / (deviates[i] - deviates[i - 1])
    return points[i - 1] + slope * (u - deviates[i - 1])
  }
}
