import Numerics

/// The negative log-likelihood of a binomial joint model in (β, θ), its gradient and its Hessian; β is
/// that of the scaled columns.
///
/// It keeps the conditional modes of the last evaluation, from which the next search of them starts.
struct BinomialLikelihood {
  let problem: BinomialProblem
  var coordinates: RandomCoordinates
  /// û of each trial.
  private(set) var modes: [RandomCoordinates.Loading]
  private var integral: TrialIntegral
  /// The fixed part of each cell's linear predictor.
  private var fixed: [Double]

  /// The number of coordinates, β before θ.
  var dimension: Int { problem.matrix.roles.count + coordinates.count }

  init(
    _ problem: BinomialProblem, quadraturePoints: Int, coordinates: RandomCoordinates? = nil
  ) throws(NumericalError) {
    self.problem = problem
    self.coordinates = coordinates ?? problem.coordinates
    modes = [RandomCoordinates.Loading](repeating: .init(), count: problem.trials)
    let longest = (0..<problem.trials).map { problem.starts[2 * $0 + 2] - problem.starts[2 * $0] }
    integral = TrialIntegral(
      try HermiteProduct(points: quadraturePoints, components: self.coordinates.terms),
      longest: longest.max() ?? 0)
    fixed = [Double](repeating: 0, count: problem.counts.count)
  }

  /// The negative log-likelihood; `gradient` is filled where it has the length of x.
  mutating func evaluate(_ x: [Double], gradient: inout [Double]) -> Double {
    let wantsGradient = gradient.count == x.count
    for i in gradient.indices { gradient[i] = 0 }
    var value = 0.0
    for trial in 0..<problem.trials {
      value += evaluate(trial, x, gradient: &gradient, wantsGradient)
    }
    return value
  }

  /// The share of one trial, whose slope is added to `gradient`.
  private mutating func evaluate(
    _ trial: Int, _ x: [Double], gradient: inout [Double], _ wantsGradient: Bool
  ) -> Double {
    let first = problem.starts[2 * trial]
    let middle = problem.starts[2 * trial + 1]
    let end = problem.starts[2 * trial + 2]
    guard end > first else {
      modes[trial] = .init()
      return 0
    }
    let p = problem.matrix.roles.count
    problem.matrix.predict(first..<end, x, into: &fixed)
    let loadings = coordinates.loadings(Array(x[p...]))
    let value = fixed.withUnsafeBufferPointer { fixed in
      problem.counts.withUnsafeBufferPointer { counts in
        problem.events.withUnsafeBufferPointer { events -> Double in
          guard let f = fixed.baseAddress, let m = counts.baseAddress, let y = events.baseAddress
          else { return 0 }
          let data = TrialData(
            fixed: f + first, counts: m + first, events: y + first, controls: middle - first,
            count: end - first)
          return integral.evaluate(data, loadings, mode: &modes[trial], gradient: wantsGradient)
        }
      }
    }
    guard wantsGradient else { return -value }
    problem.matrix.pullBack(first..<end, integral.slopes, factor: -1, into: &gradient)
    var slope = [Double](repeating: 0, count: coordinates.count)
    coordinates.gradient(integral.controlSlope, integral.activeSlope, into: &slope, at: 0)
    for (i, s) in slope.enumerated() { gradient[p + i] -= s }
    return -value
  }

  /// The Hessian at x, by central differences of the exact gradient, trial by trial.
  ///
  /// Each trial depends on few coordinates. With steps of 1e-4 and columns of size 1 it is good to some 1e-8.
  mutating func hessian(_ x: [Double]) -> Matrix {
    var result = Matrix(rows: x.count, columns: x.count)
    let p = problem.matrix.roles.count
    let step = 1e-4
    var at = x
    var above = [Double](repeating: 0, count: x.count)
    var below = above
    for trial in 0..<problem.trials {
      let places = problem.trialColumns[trial] + Array(p..<x.count)
      for j in places {
        for i in places { (above[i], below[i]) = (0, 0) }
        at[j] = x[j] + step
        _ = evaluate(trial, at, gradient: &above, true)
        at[j] = x[j] - step
        _ = evaluate(trial, at, gradient: &below, true)
        at[j] = x[j]
        for i in places { result[i, j] += (above[i] - below[i]) / (2 * step) }
      }
    }
    for j in x.indices {
      for i in 0..<j {
        let mean = (result[i, j] + result[j, i]) / 2
        result[i, j] = mean
        result[j, i] = mean
      }
    }
    return result
  }
}

extension BinomialMatrix {
  /// η of some rows.
  func predict(_ rows: Range<Int>, _ beta: [Double], into eta: inout [Double]) {
    columns.withUnsafeBufferPointer { columns in
      values.withUnsafeBufferPointer { values in
        for row in rows {
          var sum = 0.0
          for entry in starts[row]..<starts[row + 1] {
            sum += values[entry] * beta[Int(columns[entry])]
          }
          eta[row] = sum
        }
      }
    }
  }

  /// Adds factor × X's to the slope in β; `slopes[0]` belongs to the first of the rows.
  func pullBack(
    _ rows: Range<Int>, _ slopes: [Double], factor: Double, into gradient: inout [Double]
  ) {
    columns.withUnsafeBufferPointer { columns in
      values.withUnsafeBufferPointer { values in
        for row in rows {
          let slope = factor * slopes[row - rows.lowerBound]
          for entry in starts[row]..<starts[row + 1] {
            gradient[Int(columns[entry])] += slope * values[entry]
          }
        }
      }
    }
  }
}
