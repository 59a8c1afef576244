import Foundation
public import Numerics

/// A parameter of the variances whose likelihood can be profiled.
public enum VarianceParameter: Sendable, Equatable {
  /// The SD of a random term.
  case deviation(term: Int)
  /// The residual SD.
  case residual
  /// The correlation of random intercept and random effect.
  case correlation
}

extension VarianceMaximiser {
  /// The profile-likelihood interval of one random term's SD.
  public func interval(
    ofTerm term: Int, around estimate: VarianceEstimate, level: Double
  ) throws(NumericalError) -> (lower: Double, upper: Double) {
    try interval(of: .deviation(term: term), around: estimate, level: level)
  }

  /// The profile-likelihood interval of one parameter of the variances.
  ///
  /// It has the values at which twice the fall of the (restricted) log-likelihood, maximised over the
  /// other variances, is below the χ² quantile with one degree of freedom. The upper limit is infinite
  /// where the likelihood never falls so far; an interval that reaches the end of the range ends there.
  public func interval(
    of parameter: VarianceParameter, around estimate: VarianceEstimate, level: Double
  ) throws(NumericalError) -> (lower: Double, upper: Double) {
    let fall = Distributions.chiSquaredQuantile(level, df: 1) / 2
    let target = estimate.logLikelihood - fall
    let profile = VarianceProfile(self, parameter, estimate)
    func excess(_ value: Double) -> Double {
      ((try? profile.maximum(at: value)) ?? -.infinity) - target
    }
    let center = profile.center
    if case .correlation = parameter {
      // Counted from 2, so that a tolerance relative to the value is one on the correlation.
      let lower =
        center > -1 && excess(-1) < 0
        ? try Minimiser.root(between: 1, and: 2 + center, tolerance: 1e-9) { excess($0 - 2) } - 2
        : -1
      let upper =
        center < 1 && excess(1) < 0
        ? try Minimiser.root(between: 2 + center, and: 3, tolerance: 1e-9) { excess($0 - 2) } - 2
        : 1
      return (lower, upper)
    }
    var lower = 0.0
    if parameter == .residual {
      var below = 0.7 * center
      while excess(below) > 0 {
        below *= 0.7
        guard below > 1e-6 * center else { return (0, .infinity) }
      }
      lower = try Minimiser.root(between: below, and: center, tolerance: 1e-9, excess)
    } else if center > 0, excess(0) < 0 {
      lower = try Minimiser.root(between: 0, and: center, tolerance: 1e-8, excess)
    }
    var below = center
    var above = max(center * 1.5, 0.1 * estimate.variances.sigma)
    let limit = 1e4 * max(estimate.variances.sigma, center)
    while excess(above) > 0 {
      below = above
      above *= 2
      if above > limit { return (lower, .infinity) }
    }
    return (
      lower, try Minimiser.root(between: below, and: above, tolerance: 1e-8, excess)
    )
  }
}

/// The log-likelihood as a function of one parameter of the variances, maximised over the others.
private struct VarianceProfile {
  let density: MarginalDensity
  let parameter: VarianceParameter
  let estimate: Variances
  /// The free coordinates: log σ in units of its estimate, the τs in the same unit by absolute value,
  /// the correlation's arcsine; all of them smooth across their ends.
  let coordinates: [VarianceParameter]

  init(
    _ maximiser: VarianceMaximiser, _ parameter: VarianceParameter, _ estimate: VarianceEstimate
  ) {
    density = maximiser.density
    self.parameter = parameter
    self.estimate = estimate.variances
    let all: [VarianceParameter] =
      [.residual] + (0..<maximiser.q).map { .deviation(term: $0) }
      + (maximiser.density.model.terms.isCorrelated ? [.correlation] : [])
    coordinates = all.filter { $0 != parameter }
  }

  /// The estimate of the parameter.
  var center: Double {
    switch parameter {
    case .residual: estimate.sigma
    case .deviation(let term): estimate.tau[term]
    case .correlation: estimate.correlation
    }
  }

  func maximum(at value: Double) throws(NumericalError) -> Double {
    var best = -Double.infinity
    for start in starts() { best = max(best, try maximum(from: start, at: value)) }
    return best
  }

  /// From zero a gradient method would not move, since the likelihood is even in τ; and there can be
  /// two maxima, one of them on the boundary, which comes first.
  private func starts() -> [[Double]] {
    let unit = estimate.sigma
    var starts: [[Double]] = [[]]
    for coordinate in coordinates {
      let values: [Double]
      switch coordinate {
      case .residual: values = [0]
      case .deviation(let term):
        let known = estimate.tau[term] / unit
        values =
          density.model.terms.isCorrelated
          ? [max(known, 0.05), 0.5] : [0, known, 0.05, 0.5, 3]
      case .correlation: values = [asin(max(min(estimate.correlation, 0.98), -0.98)), 0]
      }
      let distinct = values.enumerated().filter { index, value in
        !values.prefix(index).contains(value)
      }.map(\.element)
      starts = starts.flatMap { start in distinct.map { start + [$0] } }
    }
    return starts
  }

  private func maximum(from start: [Double], at value: Double) throws(NumericalError) -> Double {
    guard !start.isEmpty else { return density.evaluate(variances(start, value)) }
    let (density, coordinates, unit) = (density, coordinates, estimate.sigma)
    let found = try Minimiser.bfgs(from: start, step: 0.05, tolerance: 1e-6) { x, gradient in
      let at = variances(x, value)
      let result = density.evaluate(at, gradient: true)
      for (i, coordinate) in coordinates.enumerated() {
        switch coordinate {
        case .residual: gradient[i] = -density.gradientSigma * at.sigma
        case .deviation(let term):
          gradient[i] = (x[i] < 0 ? unit : -unit) * density.gradientTau[term]
        case .correlation: gradient[i] = -density.gradientCorrelation * cos(x[i])
        }
      }
      return result > -.infinity ? -result : .nan
    }
    return -found.value
  }

  private func variances(_ x: [Double], _ value: Double) -> Variances {
    var at = Variances(
      sigma: estimate.sigma, tau: [Double](repeating: 0, count: density.q), correlation: 0)
    for (coordinate, place) in zip(coordinates, x) {
      switch coordinate {
      case .residual: at.sigma = estimate.sigma * exp(place)
      case .deviation(let term): at.tau[term] = estimate.sigma * abs(place)
      case .correlation: at.correlation = sin(place)
      }
    }
    switch parameter {
    case .residual: at.sigma = value
    case .deviation(let term): at.tau[term] = value
    case .correlation: at.correlation = value
    }
    return at
  }
}
