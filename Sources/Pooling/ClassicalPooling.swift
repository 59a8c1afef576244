import Foundation
import MixedModels
import Numerics
import Posterior

/// Classical meta-analysis of estimates, as `rma` of the R package metafor (Viechtbauer 2010).
struct ClassicalPooling {
  private let studies: StandardStudies
  private let level: Double
  private let degrees: Double

  /// An analysis of at least two estimates; intervals are at a level.
  init(_ estimates: [StudyEstimate], level: Double) {
    studies = StandardStudies(estimates)
    self.level = level
    degrees = Double(estimates.count - 1)
  }

  /// Every estimator of τ², with and without the adjustment of Hartung & Knapp.
  func estimates() throws(NumericalError) -> [ClassicalEstimate] {
    var result: [ClassicalEstimate] = []
    let profile = try profileInterval()
    for method in HeterogeneityEstimator.allCases {
      let square = try squaredTau(by: method)
      for isHartungKnapp in [false, true] {
        result.append(estimate(method, square, profile, isHartungKnapp))
      }
    }
    return result
  }

  private func estimate(
    _ method: HeterogeneityEstimator, _ square: Double, _ profile: Interval?,
    _ isHartungKnapp: Bool
  ) -> ClassicalEstimate {
    let unit = studies.unit
    let conditional = model(square)
    let adjustment = isHartungKnapp ? generalizedQ(square) / degrees : 1
    let se = (conditional.variance * adjustment).squareRoot()
    let df = isHartungKnapp ? degrees : .infinity
    let critical = Distributions.tQuantile((1 + level) / 2, df: df)
    let mean = studies.shift + unit * conditional.mean
    let q = generalizedQ(0)
    let isRandom = method != .equalEffects
    let typical = typicalVariance
    return ClassicalEstimate(
      method: method, isHartungKnapp: isHartungKnapp, mean: mean, se: unit * se,
      interval: interval(mean, critical * unit * se),
      pValue: se > 0 ? Distributions.tTwoSided(mean / (unit * se), df: df) : nil,
      squaredTau: unit * unit * square,
      squaredTauInterval: isRandom
        ? profile.map {
          Interval(lower: unit * unit * $0.lower, upper: unit * unit * $0.upper)
        } : nil,
      inconsistency: isRandom
        ? 100 * square / (square + typical) : q > degrees ? 100 * (q - degrees) / q : 0,
      q: q, qDegrees: studies.count - 1,
      qPValue: exp(Distributions.logChiSquaredUpperTail(q, df: degrees)),
      prediction: isRandom
        ? interval(mean, critical * unit * (se * se + square).squareRoot()) : nil)
  }

  private func interval(_ center: Double, _ margin: Double) -> Interval {
    Interval(lower: center - margin, upper: center + margin)
  }

  private func model(_ square: Double) -> ConditionalMean {
    ConditionalMean(
      studies, .prior(.init(mean: 0, sd: .infinity)), squaredTau: square)
  }

  /// Σ w (y − μ̂)² with w = 1/(s² + τ²), which falls in τ².
  private func generalizedQ(_ square: Double) -> Double {
    let mean = model(square).mean
    var sum = 0.0
    for (estimate, variance) in zip(studies.estimates, studies.variances) {
      sum += (estimate - mean) * (estimate - mean) / (variance + square)
    }
    return sum
  }

  /// The sums of the weights 1/s² and of their squares.
  private var weightSums: (first: Double, second: Double) {
    studies.variances.reduce((0, 0)) { ($0.0 + 1 / $1, $0.1 + 1 / ($1 * $1)) }
  }

  /// The variance of a typical estimate within its study.
  private var typicalVariance: Double {
    let sums = weightSums
    return degrees * sums.first / (sums.first * sums.first - sums.second)
  }

  // MARK: τ²

  private func squaredTau(by method: HeterogeneityEstimator) throws(NumericalError) -> Double {
    switch method {
    case .equalEffects: return 0
    case .derSimonianLaird:
      let sums = weightSums
      return max(0, (generalizedQ(0) - degrees) / (sums.first - sums.second / sums.first))
    case .pauleMandel: return try squaredTau(whereQ: degrees)
    case .reml: return try restrictedMaximum()
    }
  }

  /// The τ² at which the generalised Q has a value; 0 where it is below it everywhere.
  private func squaredTau(whereQ target: Double) throws(NumericalError) -> Double {
    guard generalizedQ(0) > target else { return 0 }
    // Q(τ²) is at most the sum of squares over τ².
    let plain = studies.estimates.reduce(0, +) / Double(studies.count)
    let squares = studies.estimates.reduce(0) { $0 + ($1 - plain) * ($1 - plain) }
    let upper = squares / target
    // Counted from the smallest variance, so that a relative tolerance is enough near zero too.
    let least = studies.variances.min() ?? 1
    return try Minimiser.root(between: least, and: least + 1.01 * upper, tolerance: 1e-13) {
      generalizedQ($0 - least) - target
    } - least
  }

  /// The values of τ² that the generalised Q, which is χ² at the true one, does not reject.
  private func profileInterval() throws(NumericalError) -> Interval? {
    let low = Distributions.chiSquaredQuantile((1 - level) / 2, df: degrees)
    let high = Distributions.chiSquaredQuantile((1 + level) / 2, df: degrees)
    guard generalizedQ(0) >= low else { return nil }
    return Interval(
      lower: try squaredTau(whereQ: high), upper: try squaredTau(whereQ: low))
  }

  /// The global maximum of the restricted likelihood, at 0 or where its derivative vanishes.
  private func restrictedMaximum() throws(NumericalError) -> Double {
    let spread = studies.estimates.map(abs).max() ?? 0
    let largest = max(studies.variances.max() ?? 1, spread * spread) * 4
    let least = (studies.variances.min() ?? 1) * 1e-4
    let steps = Int((log(largest / least) / 0.1).rounded(.up))
    var best = (square: 0.0, value: model(0).logLikelihood)
    var lower = 0.0
    var isRising = model(0).slope > 0
    for step in 0...steps {
      let upper = least * exp(Double(step) * 0.1)
      let rises = model(upper).slope > 0
      if isRising, !rises {
        let square =
          try Minimiser.root(
            between: least + lower, and: least + upper, tolerance: 1e-13
          ) { model($0 - least).slope } - least
        let value = model(square).logLikelihood
        if value > best.value { best = (square, value) }
      }
      (lower, isRising) = (upper, rises)
    }
    return best.square
  }
}
