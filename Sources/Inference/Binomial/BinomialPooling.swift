import Foundation
import MixedModels
import Numerics

/// Partially pooled effects of a binomial model, β_j ~ N(β, ω²), with their mean integrated out: the
/// effects are normal with the covariance ω² I + s² 11', s being the SD of β's prior.
struct BinomialPooling: Sendable {
  /// The columns of the effects among the common coefficients.
  let columns: [Int]
  /// The prior of their mean.
  let mean: CoefficientPrior.Normal
  /// The prior of ω.
  let omega: HeterogeneityPrior

  init(_ roles: [FixedRole], _ mean: CoefficientPrior.Normal, _ omega: HeterogeneityPrior) {
    columns = roles.indices.filter { if case .effect = roles[$0] { true } else { false } }
    self.mean = mean
    self.omega = omega
  }

  /// A size of ω at which coordinates are centred.
  var typicalOmega: Double { max(omega.typicalScale, 1e-6) }

  var count: Double { Double(columns.count) }

  /// The precision of √J times the effects' average; 0 under a flat prior of their mean.
  func averagePrecision(_ omega: Double) -> Double {
    mean.precision > 0 ? 1 / (omega * omega + count * mean.sd * mean.sd) : 0
  }

  /// Adds slope and curvature of the effects' prior at ω.
  func addPrior(
    at omega: Double, _ position: [Double], slope: inout [Double], curvature: inout Matrix
  ) {
    let own = 1 / (omega * omega)
    let shared = (averagePrecision(omega) - own) / count
    let deviations = columns.map { position[$0] - mean.mean }
    let total = deviations.reduce(0, +)
    for (a, i) in columns.enumerated() {
      slope[i] -= own * deviations[a] + shared * total
      curvature[i, i] += own
      for j in columns { curvature[i, j] += shared }
    }
  }

  /// A draw of the mean effect given the effects and ω; `normal` is a standard normal number.
  func drawMean(_ effects: [Double], omega: Double, normal: Double) -> Double {
    let average = columns.reduce(0) { $0 + effects[$1] } / count
    guard mean.precision > 0 else { return average + omega / count.squareRoot() * normal }
    let (square, wide) = (omega * omega, count * mean.sd * mean.sd)
    let total = square + wide
    return (wide * average + square * mean.mean) / total
      + omega * mean.sd / total.squareRoot() * normal
  }
}

/// How ω moves z in the contrasts of pooled effects (article PooledEffects).
///
/// At ω̂ the z are standard normal as far as the likelihood is. At another ω their precision is
/// I + (1/ω² − 1/ω̂²) L'QL, Q taking the contrasts of the effects. Its eigenvectors u with the eigenvalues
/// μ are the directions that ω moves: u'z becomes c + f u'z with D = ω² (1 − μ/ω̂²) + μ, f = ω/√D and
/// c = −(1 − ω²/ω̂²) g/D, g = u'L'Q θ̂. The effects become equal as ω goes to zero, smoothly.
struct PooledDirections: Sendable {
  /// The eigenvectors, p numbers each.
  let vectors: [Double]
  /// μ.
  let values: [Double]
  /// g.
  let pulls: [Double]
  let omegaAtMode: Double
  /// The coordinate of ω; nil where it is known.
  let coordinate: VarianceCoordinate?

  init(_ pooling: BinomialPooling, center: [Double], spread: [Double]) {
    let p = center.count
    omegaAtMode = pooling.typicalOmega
    coordinate =
      pooling.omega.fixedValue == nil ? VarianceCoordinate(heterogeneity: pooling.omega) : nil
    // Q L and Q θ̂, the rows being those of the effects.
    let rows = pooling.columns
    var contrasts = Matrix(rows: rows.count, columns: p)
    for j in 0..<p {
      let average = rows.reduce(0) { $0 + spread[$1 * p + j] } / pooling.count
      for (a, i) in rows.enumerated() { contrasts[a, j] = spread[i * p + j] - average }
    }
    let average = rows.reduce(0) { $0 + center[$1] } / pooling.count
    let deviations = rows.map { center[$0] - average }
    let product = contrasts.transposed * contrasts
    guard rows.count > 1, let eigen = try? SymmetricEigen(product) else {
      (vectors, values, pulls) = ([], [], [])
      return
    }
    let order = eigen.values.indices.sorted { eigen.values[$0] > eigen.values[$1] }
    let kept = order.prefix(rows.count - 1)
    values = kept.map { eigen.values[$0] }
    vectors = kept.flatMap { k in (0..<p).map { eigen.vectors[$0, k] } }
    pulls = kept.map { k in
      let vector = (0..<p).map { eigen.vectors[$0, k] }
      return dot(contrasts.times(vector), deviations)
    }
  }
}

/// The pooled effects of a target at one position; belongs to one thread.
final class PooledEffects {
  private let pooling: BinomialPooling
  private let directions: PooledDirections
  private let p: Int
  private let constant: Double
  /// u'z of each direction before ω moves it.
  private var components: [Double]
  /// u' slope of each direction.
  private var slope = 0.0
  private var image = VarianceCoordinate.Image(
    value: 0, slope: 0, logJacobian: 0, logJacobianSlope: 0)
  private var priorSlope = 0.0
  private var averageSlope = 0.0
  /// ω.
  private(set) var omega: Double

  /// Nil where a model does not pool effects.
  init?(_ model: BinomialModel, _ coordinates: BinomialCoordinates) {
    guard let pooling = model.pooling, let directions = coordinates.pooled else { return nil }
    self.pooling = pooling
    self.directions = directions
    p = model.common
    components = [Double](repeating: 0, count: directions.values.count)
    omega = pooling.omega.fixedValue ?? 1
    let normals = pooling.count - (pooling.mean.precision > 0 ? 0 : 1)
    constant = -0.5 * normals * log(2 * Double.pi)
  }

  /// Whether ω has a coordinate.
  var isFree: Bool { directions.coordinate != nil }

  /// Reads ω; returns the log density of its prior and the Jacobian.
  @discardableResult
  func read(_ u: Double) -> Double {
    slope = 0
    guard let coordinate = directions.coordinate else { return 0 }
    image = coordinate.image(u)
    let prior = pooling.omega.logDensity(image.value)
    priorSlope = prior.slope
    omega = image.value
    return prior.value + image.logJacobian
  }

  /// The slope in the coordinate of ω.
  var slopeInCoordinate: Double {
    (slope + priorSlope) * image.slope + image.logJacobianSlope
  }

  private func square(_ i: Int) -> (value: Double, slope: Double) {
    let rest = max(
      1 - directions.values[i] / (directions.omegaAtMode * directions.omegaAtMode), 0)
    return (omega * omega * rest + directions.values[i], 2 * omega * rest)
  }

  /// Moves z in the contrasts of the effects; returns the log Jacobian with the log prior density of
  /// the contrasts, in which powers of ω cancel.
  func move(_ z: UnsafeMutablePointer<Double>) -> Double {
    let atMode = directions.omegaAtMode
    var value = 0.0
    for i in directions.values.indices {
      var component = 0.0
      for j in 0..<p { component += directions.vectors[i * p + j] * z[j] }
      components[i] = component
      let (d, growth) = square(i)
      let (mu, g, root) = (directions.values[i], directions.pulls[i], d.squareRoot())
      let center = -(1 - omega * omega / (atMode * atMode)) * g / d
      let move = center + (omega / root - 1) * component
      for j in 0..<p { z[j] += move * directions.vectors[i * p + j] }
      // The contrast over ω.
      let contrast = mu.squareRoot() * (component / root + g * omega / (mu * d))
      value -= 0.5 * (contrast * contrast + log(d))
      let change =
        mu.squareRoot()
        * (-0.5 * component * growth / (d * root) + g / (mu * d) * (1 - omega * growth / d))
      slope -= contrast * change + 0.5 * growth / d
    }
    return value
  }

  /// The log prior density of the effects' average, and the constants.
  func logPrior(_ theta: UnsafeMutablePointer<Double>) -> Double {
    averageSlope = 0
    guard pooling.mean.precision > 0 else { return constant }
    var total = 0.0
    for i in pooling.columns { total += theta[i] - pooling.mean.mean }
    let precision = pooling.averagePrecision(omega)
    let square = total * total / pooling.count
    averageSlope = -precision * total / pooling.count
    slope += omega * precision * (precision * square - 1)
    return constant + 0.5 * log(precision) - 0.5 * precision * square
  }

  /// Adds the slopes of that density.
  func addSlopes(_ thetaSlope: UnsafeMutablePointer<Double>) {
    for i in pooling.columns { thetaSlope[i] += averageSlope }
  }

  /// From slopes in the moved z those in z, and in ω.
  func moveBack(_ z: UnsafeMutablePointer<Double>) {
    let atMode = directions.omegaAtMode
    for i in directions.values.indices {
      var own = 0.0
      for j in 0..<p { own += directions.vectors[i * p + j] * z[j] }
      let (d, growth) = square(i)
      let (mu, g, root) = (directions.values[i], directions.pulls[i], d.squareRoot())
      let rest = 1 - omega * omega / (atMode * atMode)
      let center = 2 * omega / (atMode * atMode) * g / d + rest * g * growth / (d * d)
      let factor = 1 / root - 0.5 * omega * growth / (d * root)
      slope += own * (center + factor * components[i])
      // That of the contrast's density.
      let contrast = mu.squareRoot() * (components[i] / root + g * omega / (mu * d))
      let change = (omega / root - 1) * own - contrast * mu.squareRoot() / root
      for j in 0..<p { z[j] += change * directions.vectors[i * p + j] }
    }
  }

  /// From moved z those before: the inverse of `move`.
  func unmove(_ z: inout [Double], omega: Double) {
    self.omega = omega
    let atMode = directions.omegaAtMode
    for i in directions.values.indices {
      var moved = 0.0
      for j in 0..<p { moved += directions.vectors[i * p + j] * z[j] }
      let (d, _) = square(i)
      let center = -(1 - omega * omega / (atMode * atMode)) * directions.pulls[i] / d
      let change = (moved - center) * d.squareRoot() / omega - moved
      for j in 0..<p { z[j] += change * directions.vectors[i * p + j] }
    }
  }

  /// The coordinate of ω.
  func position(of omega: Double) -> Double? { directions.coordinate?.position(of: omega) }
}
