import Numerics

/// The negative log-likelihood of a binomial joint model in (β, θ), its gradient and its Hessian; β is
/// that of the scaled columns.
///
/// It keeps the conditional modes of the last evaluation, from which the next search of them starts.
struct BinomialLikelihood {
  let problem: BinomialProblem
  let quadraturePoints: Int
  var coordinates: RandomCoordinates
  /// û of each trial.
  private(set) var modes: [RandomCoordinates.Loading]
  private var integral: TrialIntegral
  /// The Laplace approximation, whose Hessian is exact.
  private var laplace: TrialIntegral
  /// The fixed part of each cell's linear predictor.
  private var fixed: [Double]
  private var slope: [Double]
  /// The place of each column among those of the trial in hand.
  private var places: [Int]

  /// The number of coordinates, β before θ.
  var dimension: Int { problem.matrix.roles.count + coordinates.count }

  init(
    _ problem: BinomialProblem, quadraturePoints: Int, coordinates: RandomCoordinates? = nil
  ) throws(NumericalError) {
    self.problem = problem
    self.quadraturePoints = quadraturePoints
    self.coordinates = coordinates ?? problem.coordinates
    modes = [RandomCoordinates.Loading](repeating: .init(), count: problem.trials)
    let lengths = (0..<problem.trials).map { (trial: Int) -> Int in
      problem.starts[2 * trial + 2] - problem.starts[2 * trial]
    }
    let longest: Int = lengths.max() ?? 0
    integral = TrialIntegral(
      try HermiteProduct(points: quadraturePoints, components: self.coordinates.terms),
      longest: longest)
    laplace = TrialIntegral(
      try HermiteProduct(points: 1, components: self.coordinates.terms), longest: longest)
    fixed = [Double](repeating: 0, count: problem.counts.count)
    slope = [Double](repeating: 0, count: self.coordinates.count)
    places = [Int](repeating: 0, count: problem.matrix.roles.count)
  }

  /// Whether `hessian` is that of the likelihood, and not of its Laplace approximation.
  var hessianIsExact: Bool { quadraturePoints == 1 || coordinates == .none }

  /// The negative log-likelihood; `gradient` is filled where it has the length of x.
  mutating func evaluate(_ x: [Double], gradient: inout [Double]) -> Double {
    let wantsGradient = gradient.count == x.count
    for i in gradient.indices { gradient[i] = 0 }
    let loadings = coordinates.loadings(Array(x[problem.matrix.roles.count...]))
    var value = 0.0
    for trial in 0..<problem.trials {
      value += evaluate(trial, x, loadings, gradient: &gradient, wantsGradient)
    }
    return value
  }

  /// The share of one trial, whose slope is added to `gradient`.
  private mutating func evaluate(
    _ trial: Int, _ x: [Double],
    _ loadings: (control: RandomCoordinates.Loading, active: RandomCoordinates.Loading),
    gradient: inout [Double], _ wantsGradient: Bool
  ) -> Double {
    let cells = problem.starts[2 * trial]..<problem.starts[2 * trial + 2]
    guard !cells.isEmpty else {
      modes[trial] = .init()
      return 0
    }
    problem.matrix.predict(cells, x, into: &fixed)
    let value = problem.withCells(of: trial, fixed) { data in
      integral.evaluate(data, loadings, mode: &modes[trial], gradient: wantsGradient)
    }
    guard wantsGradient else { return -value }
    problem.matrix.pullBack(cells, integral.slopes, factor: -1, into: &gradient)
    for i in slope.indices { slope[i] = 0 }
    coordinates.gradient(integral.controlSlope, integral.activeSlope, into: &slope, at: 0)
    let p = problem.matrix.roles.count
    for i in slope.indices { gradient[p + i] -= slope[i] }
    return -value
  }

  /// The Hessian at x of the Laplace approximation, exactly, from sums over the cells of each trial.
  mutating func hessian(_ x: [Double]) -> Matrix {
    var result = Matrix(rows: x.count, columns: x.count)
    let p = problem.matrix.roles.count
    let loadings = coordinates.loadings(Array(x[p...]))
    let thetaMoves = (0..<coordinates.count).map { coordinates.loadingMove($0) }
    for trial in 0..<problem.trials {
      let cells = problem.starts[2 * trial]..<problem.starts[2 * trial + 2]
      guard !cells.isEmpty else { continue }
      problem.matrix.predict(cells, x, into: &fixed)
      let columns = problem.trialColumns[trial]
      for (place, column) in columns.enumerated() { places[column] = place }
      let curvature = curvature(trial, cells, loadings, into: &result)
      let none = (RandomCoordinates.Loading(), RandomCoordinates.Loading())
      let moves =
        columns.indices.map { curvature.move(column: $0, loadings: none) }
        + thetaMoves.map { curvature.move(column: nil, loadings: $0) }
      for (j, y) in moves.enumerated() {
        let b = j < columns.count ? columns[j] : p + j - columns.count
        for i in 0...j {
          let a = i < columns.count ? columns[i] : p + i - columns.count
          let value = curvature.form(
            moves[i], i < columns.count ? i : nil, y, j < columns.count ? j : nil)
          result[a, b] -= value
          if a != b { result[b, a] -= value }
        }
      }
    }
    return result
  }

  /// The sums of one trial at its mode; −Σ D x x' of its cells goes into `result`.
  private mutating func curvature(
    _ trial: Int, _ cells: Range<Int>,
    _ loadings: (control: RandomCoordinates.Loading, active: RandomCoordinates.Loading),
    into result: inout Matrix
  ) -> TrialCurvature {
    let matrix = problem.matrix
    let count = problem.trialColumns[trial].count
    return problem.withCells(of: trial, fixed) { data in
      _ = laplace.evaluate(data, loadings, mode: &modes[trial], gradient: true)
      return laplace.curvature(data, loadings, modes[trial], places: count) { i, arm, w in
        let entries = matrix.starts[cells.lowerBound + i]..<matrix.starts[cells.lowerBound + i + 1]
        for entry in entries {
          let column = Int(matrix.columns[entry])
          let value = matrix.values[entry]
          arm.weights[places[column]] += w.0 * value
          arm.thirds[places[column]] += w.1 * value
          arm.diagonals[places[column]] += w.2 * value
          for other in entries {
            result[column, Int(matrix.columns[other])] -= w.2 * value * matrix.values[other]
          }
        }
      }
    }
  }

  /// The Hessian at x by central differences of the exact gradient, trial by trial.
  ///
  /// Each trial depends on few coordinates. With steps of 1e-4 and columns of size 1 it is good to some
  /// 1e-8.
  mutating func differencedHessian(_ x: [Double], step: Double = 1e-4) -> Matrix {
    var result = Matrix(rows: x.count, columns: x.count)
    let p = problem.matrix.roles.count
    var at = x
    var above = [Double](repeating: 0, count: x.count)
    var below = above
    for trial in 0..<problem.trials {
      let places = problem.trialColumns[trial] + Array(p..<x.count)
      for j in places {
        for i in places { (above[i], below[i]) = (0, 0) }
        at[j] = x[j] + step
        _ = evaluate(
          trial, at, coordinates.loadings(Array(at[p...])), gradient: &above, true)
        at[j] = x[j] - step
        _ = evaluate(
          trial, at, coordinates.loadings(Array(at[p...])), gradient: &below, true)
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

extension BinomialProblem {
  /// Calls a closure with the cells of a trial, given the fixed part of all linear predictors.
  func withCells<Result>(
    of trial: Int, _ fixed: [Double], _ body: (TrialData) -> Result
  ) -> Result {
    let first = starts[2 * trial]
    return fixed.withUnsafeBufferPointer { fixed in
      counts.withUnsafeBufferPointer { counts in
        events.withUnsafeBufferPointer { events in
          body(
            TrialData(
              fixed: UnsafeBufferPointer(rebasing: fixed[first...]),
              counts: UnsafeBufferPointer(rebasing: counts[first...]),
              events: UnsafeBufferPointer(rebasing: events[first...]),
              controls: starts[2 * trial + 1] - first, count: starts[2 * trial + 2] - first))
        }
      }
    }
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
