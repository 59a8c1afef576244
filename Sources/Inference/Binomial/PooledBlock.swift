import MixedModels
import Numerics

/// Pooled effects in the Gaussian model given Pólya-Gamma numbers (article PooledEffects): β_j = β + ω z_j
/// with z_j ~ N(0, 1), so that nothing is lost to rounding as ω goes to zero.
///
/// The block that is drawn has the z_j in the places of the β_j, and β at its end.
struct PooledBlock: Sendable {
  private let pooling: BinomialPooling
  /// The place of β.
  let mean: Int
  private let isEffect: [Bool]

  /// The block of a model with a number of common coefficients.
  init(_ pooling: BinomialPooling, common: Int) {
    self.pooling = pooling
    mean = common
    var isEffect = [Bool](repeating: false, count: common)
    for i in pooling.columns { isEffect[i] = true }
    self.isEffect = isEffect
  }

  /// From the information on the coefficients, of which the lower triangle is there, and the right side those of the
  /// block, priors of z and β included.
  func transform(
    _ information: UnsafeMutablePointer<Double>, _ right: UnsafeMutablePointer<Double>,
    omega: Double, into target: UnsafeMutablePointer<Double>,
    _ targetRight: UnsafeMutablePointer<Double>
  ) {
    let (p, n) = (mean, mean + 1)
    let precision = pooling.mean.precision
    var (corner, pull) = (precision, precision * pooling.mean.mean)
    let last = target + p * n
    for i in 0..<p { last[i] = 0 }
    for i in 0..<p {
      let scale = isEffect[i] ? omega : 1
      for j in 0...i {
        let entry = information[i * p + j]
        target[i * n + j] = scale * (isEffect[j] ? omega : 1) * entry
        if isEffect[i] {
          last[j] += entry
          if isEffect[j] { corner += i == j ? entry : 2 * entry }
        }
        if isEffect[j], i != j { last[i] += entry }
      }
      targetRight[i] = scale * right[i]
      if isEffect[i] {
        target[i * n + i] += 1
        pull += right[i]
      }
    }
    for j in 0..<p where isEffect[j] { last[j] *= omega }
    last[p] = corner
    targetRight[p] = pull
  }

  /// Places the effects of a block.
  func place(
    _ block: UnsafeMutablePointer<Double>, omega: Double,
    into values: UnsafeMutableBufferPointer<Double>
  ) {
    for i in pooling.columns { values[i] = block[mean] + omega * block[i] }
  }

  /// Takes the block of a draw that was made before: its effects, their mean and ω.
  func take(
    _ values: UnsafeMutableBufferPointer<Double>, mean average: Double, omega: Double,
    into block: UnsafeMutablePointer<Double>
  ) {
    for i in pooling.columns { block[i] = omega > 0 ? (values[i] - average) / omega : 0 }
    block[mean] = average
  }

  /// The log prior density of the z_j and of β.
  func logPrior(_ block: UnsafeMutablePointer<Double>) -> Double {
    var sum = 0.0
    for i in pooling.columns { sum += Distributions.logNormal(block[i], mean: 0, sd: 1) }
    guard pooling.mean.precision > 0 else { return sum }
    return sum
      + Distributions.logNormal(block[mean], mean: pooling.mean.mean, sd: pooling.mean.sd)
  }
}
