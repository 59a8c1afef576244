import Foundation
import Numerics

/// A smooth map from the real line, on which a sampler moves, to a standard deviation.
///
/// With few trials the posterior of a heterogeneity is close to its prior: flat at zero, half-normal
/// or bounded beyond. The map is therefore the prior's own shape, τ = F⁻¹(Φ(u)) with F half-normal
/// (or uniform), under which such a posterior is close to a standard normal in u, at zero as in the
/// tail. A logarithm would stretch the neighbourhood of zero to an infinite funnel.
enum VarianceCoordinate: Sendable, Equatable {
  /// log of the SD over a reference, in steps of a unit: for σ, whose logarithm has a posterior SD of
  /// about 1/√(2n), and where the prior vanishes at zero.
  case logarithm(reference: Double, unit: Double)
  /// The half-normal quantile function of Φ(u).
  case halfNormal(scale: Double)
  /// The exponential quantile function of Φ(u), for tails that are exponential.
  case exponential(scale: Double)
  /// The Lomax quantile function of Φ(u), for tails that are powers.
  case lomax(scale: Double, shape: Double)
  /// The uniform quantile function of Φ(u).
  case bounded(lower: Double, upper: Double)
  /// The quantile function of a half-t, half-Cauchy, half-logistic or log-t prior at Φ(u).
  case quantile(HeterogeneityPrior)
  /// The quantile function of a rough marginal posterior at Φ(u).
  case adapted(AdaptedCoordinate)

  /// The SD at u, its derivative, the log Jacobian and its derivative.
  struct Image {
    var value: Double
    var slope: Double
    var logJacobian: Double
    var logJacobianSlope: Double
  }

  /// The coordinate of a between-trial SD.
  init(heterogeneity prior: HeterogeneityPrior) {
    switch prior {
    case .uniform(let lower, let upper): self = .bounded(lower: lower, upper: upper)
    case .logNormal(let m, _), .logT(_, let m, _): self = .logarithm(reference: exp(m), unit: 1)
    case .exponential(let rate): self = .exponential(scale: 1 / rate)
    case .halfLogistic(let scale): self = .exponential(scale: scale)
    // The index of the tail is the df; the scale is that of half-t near zero.
    case .halfT(let df, let scale): self = .lomax(scale: max(df, 1) * scale, shape: df)
    case .halfCauchy(let scale): self = .lomax(scale: scale, shape: 1)
    case .lomax(let shape, let scale): self = .lomax(scale: scale, shape: shape)
    case .halfNormal, .fixed: self = .halfNormal(scale: prior.typicalScale)
    }
  }

  /// Whether it is the quantile function of a prior at Φ(u), under which u is standard normal.
  func isQuantile(of prior: HeterogeneityPrior) -> Bool {
    switch (self, prior) {
    case (.halfNormal(let scale), .halfNormal(let other)): scale == other
    case (.exponential(let scale), .exponential(let rate)): scale == 1 / rate
    case (.lomax(let scale, let shape), .lomax(let otherShape, let other)):
      scale == other && shape == otherShape
    case (.bounded(let lower, let upper), .uniform(let least, let most)):
      lower == least && upper == most
    case (.quantile(let own), _): own == prior
    default: false
    }
  }

  func image(_ u: Double) -> Image {
    switch self {
    case .adapted(let coordinate): return coordinate.image(u)
    case .logarithm(let reference, let unit):
      let value = reference * exp(unit * u)
      return Image(
        value: value, slope: unit * value, logJacobian: log(reference * unit) + unit * u,
        logJacobianSlope: unit)
    case .halfNormal(let scale): return Self.halfNormal(u, scale)
    case .quantile(let prior):
      let value = prior.quantile(
        lower: 0.5 * erfc(-u / 2.squareRoot()), upper: 0.5 * erfc(u / 2.squareRoot()))
      let density = prior.logDensity(value)
      // φ(u) du = f(τ) dτ
      let logSlope = -0.5 * u * u - 0.5 * log(2 * Double.pi) - density.value
      let slope = exp(logSlope)
      return Image(
        value: value, slope: slope, logJacobian: logSlope,
        logJacobianSlope: -u - density.slope * slope)
    case .exponential(let scale):
      let tail = NormalTail(u)
      return Image(
        value: -scale * tail.logarithm, slope: scale * tail.hazard,
        logJacobian: log(scale) + tail.logHazard, logJacobianSlope: tail.hazard - u)
    case .lomax(let scale, let shape):
      let tail = NormalTail(u)
      let stretch = -tail.logarithm / shape
      return Image(
        value: scale * expm1(stretch), slope: scale / shape * exp(stretch) * tail.hazard,
        logJacobian: log(scale / shape) + stretch + tail.logHazard,
        logJacobianSlope: tail.hazard / shape + tail.hazard - u)
    case .bounded(let lower, let upper):
      let density = exp(-0.5 * u * u) / (2 * Double.pi).squareRoot()
      let width = upper - lower
      return Image(
        value: lower + width * 0.5 * erfc(-u / 2.squareRoot()), slope: width * density,
        logJacobian: log(width) - 0.5 * u * u - 0.5 * log(2 * Double.pi), logJacobianSlope: -u)
    }
  }

  /// The SD at u and its derivative alone: all that is needed where u is standard normal by the prior.
  func value(_ u: Double) -> (value: Double, slope: Double) {
    if case .halfNormal(let scale) = self {
      let z = Self.halfNormalDeviate(u)
      return (scale * z, 0.5 * scale * exp(0.5 * (z * z - u * u)))
    }
    let image = image(u)
    return (image.value, image.slope)
  }

  /// 2Φ(z) − 1 = Φ(u): with φ(z) dz = φ(u)/2 du.
  private static func halfNormal(_ u: Double, _ scale: Double) -> Image {
    let z = halfNormalDeviate(u)
    let ratio = 0.5 * exp(0.5 * (z * z - u * u))
    return Image(
      value: scale * z, slope: scale * ratio,
      logJacobian: log(0.5 * scale) + 0.5 * (z * z - u * u), logJacobianSlope: z * ratio - u)
  }

  /// The z at which 2Φ(z) − 1 = Φ(u).
  private static func halfNormalDeviate(_ u: Double) -> Double {
    let lower = u < 0 ? 0.5 * erfc(-u / 2.squareRoot()) : 0.5
    guard lower < 1e-3 else {
      return Distributions.normalUpperQuantile(0.25 * erfc(u / 2.squareRoot()))
    }
    // √2 erf⁻¹(Φ(u)) by its series, which the quantile function could not resolve near zero.
    let x = lower * Double.pi.squareRoot() / 2
    return 2.squareRoot() * x * (1 + x * x / 3 + 7 * x * x * x * x / 30)
  }

  /// The u at which the SD has a value inside the support.
  func position(of value: Double) -> Double {
    switch self {
    case .adapted(let coordinate): coordinate.position(of: value)
    case .logarithm(let reference, let unit): log(value / reference) / unit
    case .halfNormal(let scale):
      // From the nearer end, which keeps the digits.
      value < scale
        ? Distributions.normalQuantile(erf(value / scale / 2.squareRoot()))
        : Distributions.normalUpperQuantile(erfc(value / scale / 2.squareRoot()))
    case .quantile(let prior): prior.deviate(of: value)
    case .exponential(let scale): NormalTail.position(-value / scale)
    case .lomax(let scale, let shape): NormalTail.position(-shape * log1p(value / scale))
    case .bounded(let lower, let upper):
      Distributions.normalQuantile((value - lower) / (upper - lower))
    }
  }
}

/// The upper tail Q(u) = 1 − Φ(u) on the logarithmic scale, on which it has no end.
private struct NormalTail {
  /// log Q(u).
  let logarithm: Double
  /// log of the hazard φ(u) / Q(u).
  let logHazard: Double

  var hazard: Double { exp(logHazard) }

  init(_ u: Double) {
    let logNormal = -0.5 * u * u - 0.5 * log(2 * Double.pi)
    if u < 0 {
      logarithm = log1p(-0.5 * erfc(-u / 2.squareRoot()))
    } else if u < 25 {
      logarithm = log(0.5 * erfc(u / 2.squareRoot()))
    } else {
      // Abramowitz & Stegun 26.2.12; the next term is below 1e-10 of the sum's distance from 1.
      let x = 1 / (u * u)
      logarithm = logNormal - log(u) + log1p(-x * (1 - 3 * x * (1 - 5 * x * (1 - 7 * x))))
    }
    logHazard = logNormal - logarithm
  }

  /// The u at which log Q(u) has a value.
  static func position(_ logarithm: Double) -> Double {
    logarithm > -0.7
      ? Distributions.normalQuantile(-expm1(logarithm))
      : Distributions.normalUpperQuantile(exp(logarithm))
  }
}
