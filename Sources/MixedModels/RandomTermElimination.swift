/// The random terms of one trial, of which there are at most two, eliminated.
extension MarginalDensity {
  /// The inverse of I + λ Λ'CΛ of one trial; returns the determinant.
  @inline(__always)
  func invert(
    _ c: UnsafeMutablePointer<Double>, into inverse: UnsafeMutablePointer<Double>,
    _ lambda: Double
  ) -> Double {
    guard q == 2 else {
      let e = 1 + lambda * scale[0] * scale[0] * c[0]
      inverse[0] = 1 / e
      return e
    }
    // C Λ, then Λ'(CΛ).
    let (l00, l10, l11) = (scale[0], scale[2], scale[3])
    let m00 = c[0] * l00 + c[1] * l10
    let m10 = c[1] * l00 + c[3] * l10
    let e00 = 1 + lambda * (l00 * m00 + l10 * m10)
    let e01 = lambda * l11 * m10
    let e11 = 1 + lambda * l11 * l11 * c[3]
    let determinant = e00 * e11 - e01 * e01
    inverse[0] = e11 / determinant
    inverse[1] = -e01 / determinant
    inverse[2] = -e01 / determinant
    inverse[3] = e00 / determinant
    return determinant
  }

  /// ΛE⁻¹Λ' = Var(b | β) of one trial, for one random term.
  @inline(__always)
  func randomWeightOfOne(_ k: Int) -> Double { scale[0] * scale[0] * randomCovariance[k] }

  /// The same for two: the entries of a symmetric matrix.
  @inline(__always)
  func randomWeight(_ k: Int) -> (first: Double, cross: Double, second: Double) {
    let inverse = randomCovariance + 4 * k
    let (l00, l10, l11) = (scale[0], scale[2], scale[3])
    return (
      l00 * l00 * inverse[0], l00 * (inverse[0] * l10 + inverse[1] * l11),
      l10 * l10 * inverse[0] + 2 * l10 * l11 * inverse[1] + l11 * l11 * inverse[3]
    )
  }

  /// Takes λ² B'ΛE⁻¹Λ'B of one trial off the normal equations, for one random term.
  ///
  /// Their lower triangle alone is kept. Returns what leaves the quadratic form.
  func subtractOne(_ k: Int, _ lambda: Double) -> Double {
    let weight = lambda * lambda * randomWeightOfOne(k)
    guard weight != 0 else { return 0 }
    let row = randomColumns + k * p
    let outcome = weight * randomOutcome[k]
    for j in 0..<p {
      let factor = weight * row[j]
      guard factor != 0 else { continue }
      rightSide[j] -= row[j] * outcome
      subtract(row, times: factor, from: gram + j * p, j..<p)
    }
    return outcome * randomOutcome[k]
  }

  /// The same for two random terms.
  func subtractTwo(_ k: Int, _ lambda: Double) -> Double {
    let weight = randomWeight(k)
    let square = lambda * lambda
    let (w00, w01, w11) = (square * weight.first, square * weight.cross, square * weight.second)
    guard w00 != 0 || w11 != 0 else { return 0 }
    let first = randomColumns + 2 * k * p
    let second = first + p
    let (v0, v1) = (randomOutcome[2 * k], randomOutcome[2 * k + 1])
    let y0 = w00 * v0 + w01 * v1
    let y1 = w01 * v0 + w11 * v1
    for j in 0..<p {
      let (b0, b1) = (first[j], second[j])
      guard b0 != 0 || b1 != 0 else { continue }
      rightSide[j] -= b0 * y0 + b1 * y1
      let f0 = w00 * b0 + w01 * b1
      let f1 = w01 * b0 + w11 * b1
      subtract(first, times: f0, and: second, times: f1, from: gram + j * p, j..<p)
    }
    return v0 * y0 + v1 * y1
  }
}

/// A lower triangle of order one or two: [a] or [a 0; c b].
struct Triangle: Equatable {
  var a = 0.0
  var c = 0.0
  var b = 0.0
}

// Steps along a column in pairs of numbers: the columns are too short for the compiler's own vector
// loops, which first test whether the arrays overlap.

/// target − factor × source, at some places.
@inline(__always)
func subtract(
  _ source: UnsafeMutablePointer<Double>, times factor: Double,
  from target: UnsafeMutablePointer<Double>, _ places: Range<Int>
) {
  var i = places.lowerBound
  while i &+ 1 < places.upperBound {
    pair(at: i, of: target, pair(at: i, of: target) - pair(at: i, of: source) * factor)
    i &+= 2
  }
  if i < places.upperBound { target[i] -= source[i] * factor }
}

/// target − (f0 × first + f1 × second), at some places.
@inline(__always)
func subtract(
  _ first: UnsafeMutablePointer<Double>, times f0: Double,
  and second: UnsafeMutablePointer<Double>, times f1: Double,
  from target: UnsafeMutablePointer<Double>, _ places: Range<Int>
) {
  var i = places.lowerBound
  while i &+ 1 < places.upperBound {
    let change = pair(at: i, of: first) * f0 + pair(at: i, of: second) * f1
    pair(at: i, of: target, pair(at: i, of: target) - change)
    i &+= 2
  }
  if i < places.upperBound { target[i] -= first[i] * f0 + second[i] * f1 }
}

@inline(__always)
private func pair(at i: Int, of column: UnsafeMutablePointer<Double>) -> SIMD2<Double> {
  UnsafeRawPointer(column + i).loadUnaligned(as: SIMD2<Double>.self)
}

@inline(__always)
private func pair(at i: Int, of column: UnsafeMutablePointer<Double>, _ value: SIMD2<Double>) {
  UnsafeMutableRawPointer(column + i).storeBytes(of: value, as: SIMD2<Double>.self)
}
