import Foundation
import Numerics

/// An F statistic with its reference distribution.
public struct FTest: Sendable, Equatable {
  /// The statistic; Kenward and Roger's is scaled.
  public let statistic: Double
  /// The numerator's degrees of freedom: the number of independent contrasts.
  public let numerator: Int
  /// The denominator's.
  public let denominator: Double
  /// P(F > statistic).
  public let pValue: Double

  init?(_ statistic: Double, _ numerator: Int, _ denominator: Double) {
    guard statistic.isFinite, statistic >= 0, denominator > 0, numerator > 0 else { return nil }
    self.statistic = statistic
    self.numerator = numerator
    self.denominator = denominator
    pValue = Distributions.fUpperTail(
      statistic, numerator: Double(numerator), denominator: denominator)
  }
}

/// One contrast of the fixed coefficients.
public struct ContrastEstimate: Sendable, Equatable {
  /// The estimate.
  public let estimate: Double
  /// The standard error.
  public let standardError: Double
  /// Satterthwaite's degrees of freedom; the residual ones without random terms; nil where the
  /// information on the variances is singular.
  public let satterthwaite: Double?
  /// The standard error by Kenward and Roger; nil for fits by ML.
  public let kenwardRogerError: Double?
  /// The degrees of freedom by Kenward and Roger; nil for fits by ML.
  public let kenwardRogerDF: Double?

  /// The two-sided p-value by Satterthwaite's degrees of freedom.
  public var pValue: Double? { Self.pValue(estimate, standardError, satterthwaite) }

  /// The two-sided p-value by Kenward and Roger.
  public var kenwardRogerPValue: Double? {
    kenwardRogerError.flatMap { Self.pValue(estimate, $0, kenwardRogerDF) }
  }

  private static func pValue(_ estimate: Double, _ error: Double, _ df: Double?) -> Double? {
    guard let df, df > 0, error > 0 else { return nil }
    return Distributions.tTwoSided(estimate / error, df: df)
  }
}

/// Several contrasts of the fixed coefficients, jointly.
public struct JointTest: Sendable, Equatable {
  /// The F test with Satterthwaite's degrees of freedom, as lmerTest has it; the usual F test on
  /// residual degrees of freedom without random terms.
  public let satterthwaite: FTest?
  /// The F test by Kenward and Roger (1997), as pbkrtest has it; nil for fits by ML.
  public let kenwardRoger: FTest?
}

/// The covariance of several contrasts, how it moves with each component, and its adjustment.
struct ContrastMatrices {
  /// LΦL'.
  let covariance: Matrix
  /// ∂(LΦL')/∂component, σ² last.
  let slopes: [Matrix]
  /// LΦ_AL' by Kenward and Roger; nil where it is not defined.
  let adjusted: Matrix?

  init(_ inference: FixedInference, _ combinations: [FixedInference.Combination]) {
    let l = combinations.count
    let m = inference.randomComponents
    var covariance = Matrix(rows: l, columns: l)
    var slopes = [Matrix](repeating: covariance, count: m + 1)
    let residual = inference.residualVariance
    for i in 0..<l {
      for j in 0..<l {
        let value = inference.covariance(combinations[i], combinations[j])
        covariance[i, j] = value
        var rest = value
        for c in 0..<m {
          let slope = inference.slope(combinations[i].sums, combinations[j].sums, c)
          slopes[c][i, j] = slope
          rest -= inference.components[c] * slope
        }
        slopes[m][i, j] = rest / residual
      }
    }
    self.covariance = covariance
    self.slopes = slopes
    adjusted = inference.expected.map {
      covariance + inference.adjustment(combinations, weights: $0)
    }
  }

  /// Σ W_cd x_c y_d.
  static func form(_ weights: Matrix, _ x: [Double], _ y: [Double]) -> Double {
    dot(x, weights.times(y))
  }
}

extension FixedInference {
  /// a'V_cb of two combinations.
  func slope(_ a: [Double], _ b: [Double], _ c: Int) -> Double {
    var sum = 0.0
    switch (q, c) {
    case (1, _): for k in 0..<trials { sum += a[k] * b[k] }
    case (_, 2):
      for k in 0..<trials { sum += a[2 * k] * b[2 * k + 1] + a[2 * k + 1] * b[2 * k] }
    default: for k in 0..<trials { sum += a[2 * k + c] * b[2 * k + c] }
    }
    return sum
  }

  /// E_c applied to q numbers a trial.
  private func selected(_ a: [Double], _ c: Int) -> [Double] {
    guard q == 2 else { return a }
    var result = [Double](repeating: 0, count: a.count)
    for k in 0..<trials {
      switch c {
      case 2: (result[2 * k], result[2 * k + 1]) = (a[2 * k + 1], a[2 * k])
      default: result[2 * k + c] = a[2 * k + c]
      }
    }
    return result
  }

  /// 2 Σ W_cd a_i'V_cPV_da_j: what Kenward and Roger add to the covariance.
  ///
  /// Since a'VP = 0, the residual component follows from the others.
  func adjustment(_ combinations: [Combination], weights: Matrix) -> Matrix {
    let m = randomComponents
    let p = covariance.rows
    let l = combinations.count
    var chosen = Matrix(rows: m + 1, columns: m)
    for c in 0..<m {
      chosen[c, c] = 1
      chosen[m, c] = -components[c] / residualVariance
    }
    let reduced = chosen.transposed * (weights * chosen)
    // E_c Z'a, K_k times that, and Σ J_k' times that.
    var vectors: [[Double]] = []
    var kernelled: [[Double]] = []
    var loaded: [[Double]] = []
    for combination in combinations {
      for c in 0..<m {
        let x = selected(combination.sums, c)
        vectors.append(x)
        kernelled.append(timesKernels(x))
        var sum = [Double](repeating: 0, count: p)
        for (row, value) in x.enumerated() where value != 0 {
          for j in 0..<p { sum[j] += value * loadings[row * p + j] }
        }
        loaded.append(sum)
      }
    }
    let solved = loaded.map { covariance.times($0) }
    var result = Matrix(rows: l, columns: l)
    for i in 0..<l {
      for j in 0..<l {
        for c in 0..<m {
          for d in 0..<m {
            let (x, y) = (i * m + c, j * m + d)
            result[i, j] +=
              2 * reduced[c, d] * (dot(vectors[x], kernelled[y]) - dot(loaded[x], solved[y]))
          }
        }
      }
    }
    return result
  }

  private func timesKernels(_ x: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: x.count)
    for k in 0..<trials {
      for r in 0..<q {
        for s in 0..<q { result[k * q + r] += kernels[(k * q + r) * q + s] * x[k * q + s] }
      }
    }
    return result
  }

  /// The inference on one combination whose estimate is known.
  func contrast(_ weights: [Double], estimate: Double) -> ContrastEstimate? {
    let matrices = ContrastMatrices(self, [combination(weights)])
    let variance = matrices.covariance[0, 0]
    guard variance > 0, variance.isFinite else { return nil }
    let gradient = matrices.slopes.map { $0[0, 0] }
    let error = variance.squareRoot()
    guard q > 0 else {
      let isRestricted = expected != nil
      return ContrastEstimate(
        estimate: estimate, standardError: error, satterthwaite: residualDF,
        kenwardRogerError: isRestricted ? error : nil,
        kenwardRogerDF: isRestricted ? residualDF : nil)
    }
    let adjusted = matrices.adjusted.map { $0[0, 0] }
    return ContrastEstimate(
      estimate: estimate, standardError: error,
      satterthwaite: observed.flatMap { degrees(variance, gradient, $0) },
      kenwardRogerError: adjusted.flatMap { $0 > 0 ? $0.squareRoot() : nil },
      kenwardRogerDF: expected.flatMap { degrees(variance, gradient, $0) })
  }

  /// 2 f² / g'Wg.
  func degrees(_ variance: Double, _ gradient: [Double], _ weights: Matrix) -> Double? {
    let spread = ContrastMatrices.form(weights, gradient, gradient)
    guard spread > 0 else { return nil }
    let df = 2 * variance * variance / spread
    return df.isFinite ? df : nil
  }
}
