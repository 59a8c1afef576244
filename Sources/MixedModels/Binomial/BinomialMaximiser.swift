import Numerics

/// Newton's method for a binomial joint model over those coordinates that are free.
struct BinomialMaximiser {
  var likelihood: BinomialLikelihood

  /// A maximum of the likelihood.
  struct Maximum {
    /// (β, θ), β of the scaled columns.
    var position: [Double]
    /// The negative log-likelihood.
    var value: Double
    /// Its Hessian close to the position.
    var hessian: Matrix
    /// Which coordinates were free.
    var isFree: [Bool]
  }

  /// The maximum near a start; the other coordinates stay where they are.
  ///
  /// A Hessian that is not positive definite gets a ridge; steps are halved until the likelihood rises.
  /// With more than one quadrature point the Hessian of the Laplace approximation stands in: the
  /// gradient is exact, and the likelihoods are alike. It ends where the squared Newton decrement is below 1e-16. Throws where θ grows without limit.
  mutating func maximum(
    from start: [Double], free isFree: [Bool]
  ) throws(NumericalError) -> Maximum {
    let places = isFree.indices.filter { isFree[$0] }
    var x = start
    var gradient = [Double](repeating: 0, count: x.count)
    var value = likelihood.evaluate(x, gradient: &gradient)
    guard value.isFinite else { throw .library("a likelihood that is undefined at its start") }
    for _ in 0..<200 {
      let hessian = likelihood.hessian(x)
      let step = Self.step(hessian, gradient, places)
      let decrement = places.indices.reduce(0) { $0 - step[$1] * gradient[places[$1]] }
      if decrement < 1e-16 {
        return Maximum(position: x, value: value, hessian: hessian, isFree: isFree)
      }
      guard let next = descend(from: x, value, step, decrement, places, &gradient) else {
        guard decrement < 1e-7 else { throw .notConverged("binomial mixed model") }
        return Maximum(position: x, value: value, hessian: hessian, isFree: isFree)
      }
      (x, value) = next
      guard x[likelihood.problem.matrix.roles.count...].allSatisfy({ abs($0) < 100 }) else {
        throw .notConverged("between-trial SD, which the data do not bound")
      }
    }
    throw .notConverged("binomial mixed model")
  }

  /// The Newton step in the free coordinates.
  private static func step(_ hessian: Matrix, _ gradient: [Double], _ places: [Int]) -> [Double] {
    let right = places.map { -gradient[$0] }
    let largest = places.reduce(0) { max($0, abs(hessian[$1, $1])) }
    var ridge = 0.0
    while ridge < 1e6 * max(largest, 1) {
      if let step = PositiveSystem.solve(hessian, places, right, ridge: ridge) { return step }
      ridge = max(10 * ridge, 1e-3 * max(largest, 1e-3))
    }
    return right
  }

  /// A point further down along a step, and the gradient there; nil where there is none.
  private mutating func descend(
    from x: [Double], _ value: Double, _ step: [Double], _ decrement: Double, _ places: [Int],
    _ gradient: inout [Double]
  ) -> ([Double], Double)? {
    let longest = step.reduce(0) { max($0, abs($1)) }
    var length = min(1, 3 / max(longest, 1e-300))
    while length > 1e-8 {
      var next = x
      for (i, place) in places.enumerated() { next[place] += length * step[i] }
      let found = likelihood.evaluate(next, gradient: &gradient)
      if found <= value - 1e-4 * length * decrement || decrement < 1e-9 && found <= value + 1e-11 {
        return (next, found)
      }
      length /= 2
    }
    return nil
  }
}
