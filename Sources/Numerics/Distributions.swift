private import CGSL
import Foundation

/// The distributions that the program uses, by GSL; the only list of them.
public enum Distributions {
  /// P(Z ≤ z) of the standard normal.
  public static func normalCDF(_ z: Double) -> Double { gsl_cdf_ugaussian_P(z) }

  /// The standard normal quantile.
  public static func normalQuantile(_ p: Double) -> Double { gsl_cdf_ugaussian_Pinv(p) }

  /// The z with P(Z > z) = q of the standard normal.
  public static func normalUpperQuantile(_ q: Double) -> Double { gsl_cdf_ugaussian_Qinv(q) }

  /// The log density of a normal at x.
  public static func logNormal(_ x: Double, mean: Double, sd: Double) -> Double {
    let z = (x - mean) / sd
    return -0.5 * z * z - log(sd) - 0.5 * log(2 * Double.pi)
  }

  /// The quantile of Student's t; an infinite df is the normal.
  public static func tQuantile(_ p: Double, df: Double) -> Double {
    CLibrary.prepare()
    return df.isInfinite ? normalQuantile(p) : gsl_cdf_tdist_Pinv(p, df)
  }

  /// The t with P(T > t) = q of Student's t with any df > 0; an infinite df is the normal.
  public static func tUpperQuantile(_ q: Double, df: Double) -> Double {
    guard df.isFinite else { return normalUpperQuantile(q) }
    guard q <= 0.5 else { return -tUpperQuantile(1 - q, df: df) }
    CLibrary.prepare()
    let found = gsl_cdf_tdist_Qinv(q, df)
    if found.isFinite, abs(gsl_cdf_tdist_Q(found, df) - q) < 1e-11 * q { return found }
    // GSL's steps do not converge for df below 1.
    var upper = 1.0
    while gsl_cdf_tdist_Q(upper, df) > q {
      upper *= 2
      guard upper.isFinite else { return upper }
    }
    while gsl_cdf_tdist_Q(upper / 2, df) < q { upper /= 2 }
    let root = try? Minimiser.root(between: upper / 2, and: upper, tolerance: 1e-14) {
      gsl_cdf_tdist_Q($0, df) - q
    }
    return root ?? .nan
  }

  /// P(T ≤ t) of Student's t; an infinite df is the normal.
  public static func tCDF(_ t: Double, df: Double) -> Double {
    CLibrary.prepare()
    return df.isInfinite ? normalCDF(t) : gsl_cdf_tdist_P(t, df)
  }

  /// P(|T| > |t|) of Student's t; an infinite df is the normal.
  public static func tTwoSided(_ t: Double, df: Double) -> Double {
    CLibrary.prepare()
    return df.isInfinite ? 2 * gsl_cdf_ugaussian_Q(abs(t)) : 2 * gsl_cdf_tdist_Q(abs(t), df)
  }

  /// P(F > x) of the F distribution with real degrees of freedom.
  public static func fUpperTail(_ x: Double, numerator: Double, denominator: Double) -> Double {
    CLibrary.prepare()
    return gsl_cdf_fdist_Q(x, numerator, denominator)
  }

  /// The chi-squared quantile with real df.
  public static func chiSquaredQuantile(_ p: Double, df: Double) -> Double {
    CLibrary.prepare()
    return gsl_cdf_chisq_Pinv(p, df)
  }

  /// The quantile of a beta distribution.
  public static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    CLibrary.prepare()
    let found = gsl_cdf_beta_Pinv(p, a, b)
    if found.isFinite, abs(gsl_cdf_beta_P(found, a, b) - p) < 1e-12 { return found }
    // GSL's Newton steps do not converge for parameters of several thousand.
    let center = a / (a + b)
    let sd = (a * b / (a + b + 1)).squareRoot() / (a + b)
    let root = try? Minimiser.root(
      between: max(center - 40 * sd, 0), and: min(center + 40 * sd, 1), tolerance: 1e-14
    ) { gsl_cdf_beta_P($0, a, b) - p }
    return root ?? .nan
  }

  /// log P(χ² > x) with real df > 0, accurate far into the tail, where P itself underflows.
  public static func logChiSquaredUpperTail(_ x: Double, df: Double) -> Double {
    guard x > 0 else { return 0 }
    CLibrary.prepare()
    let tail = gsl_cdf_chisq_Q(x, df)
    if tail > 1e-290 { return log(tail) }
    return logUpperGamma(shape: df / 2, x / 2) - gsl_sf_lngamma(df / 2)
  }

  /// e^(−x) I_ν(x) of the modified Bessel function of the first kind, ν ≥ 0, x ≥ 0.
  public static func scaledBesselI(order: Double, _ x: Double) -> Double {
    CLibrary.prepare()
    return order == 0 ? gsl_sf_bessel_I0_scaled(x) : gsl_sf_bessel_Inu_scaled(order, x)
  }

  /// log Γ(a, x) for x far above a, by the continued fraction of Lentz (Abramowitz & Stegun 6.5.31).
  private static func logUpperGamma(shape a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var fraction = d
    for i in 1...500 {
      let an = -Double(i) * (Double(i) - a)
      b += 2
      d = 1 / nonZero(an * d + b, tiny)
      c = nonZero(b + an / c, tiny)
      let step = d * c
      fraction *= step
      if abs(step - 1) < 1e-16 { break }
    }
    return a * log(x) - x + log(fraction)
  }

  private static func nonZero(_ value: Double, _ tiny: Double) -> Double {
    abs(value) < tiny ? tiny : value
  }
}
