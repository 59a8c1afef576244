private import CGSL

/// Minimisers and root finders, by GSL.
public enum Minimiser {
  /// A function of several variables with its gradient; not a number where it is undefined.
  public typealias Gradient = (_ at: [Double], _ gradient: inout [Double]) -> Double

  /// Where a minimisation ended.
  public struct Minimum: Sendable, Equatable {
    /// The position.
    public let position: [Double]
    /// The function's value there.
    public let value: Double
    /// The number of evaluations.
    public let evaluations: Int
  }

  /// Minimises a smooth function by the BFGS method of Fletcher (`vector_bfgs2`) from a start.
  ///
  /// `step` is the length of the first step; the search ends where no step improves or the
  /// gradient's length is below the tolerance. Throws where the function is undefined at the start.
  public static func bfgs(
    from start: [Double], step: Double, tolerance: Double, _ function: @escaping Gradient
  ) throws(NumericalError) -> Minimum {
    CLibrary.prepare()
    let d = start.count
    let box = Box(function, dimension: d)
    guard let x = gsl_vector_alloc(d),
      let machine = gsl_multimin_fdfminimizer_alloc(metamob_multimin_bfgs(), d)
    else { throw .library("minimiser of \(d) variables") }
    defer {
      gsl_vector_free(x)
      gsl_multimin_fdfminimizer_free(machine)
    }
    for (i, value) in start.enumerated() { gsl_vector_set(x, i, value) }
    var problem = gsl_multimin_function_fdf(
      f: { Box.at($1).value($0) },
      df: { Box.at($1).gradient($0, $2) },
      fdf: { x, box, value, gradient in
        Box.at(box).gradient(x, gradient)
        value?.pointee = Box.at(box).last
      },
      n: d, params: Unmanaged.passUnretained(box).toOpaque())
    return try withExtendedLifetime(box) { () throws(NumericalError) in
      guard gsl_multimin_fdfminimizer_set(machine, &problem, x, step, 0.1) == 0 else {
        throw .library("start of a minimisation")
      }
      guard machine.pointee.f.isFinite else {
        throw .library("a minimisation starts where the function is undefined")
      }
      for _ in 0..<200 {
        guard gsl_multimin_fdfminimizer_iterate(machine) == 0,
          gsl_multimin_test_gradient(machine.pointee.gradient, tolerance) != 0
        else { break }
      }
      return Minimum(
        position: (0..<d).map { gsl_vector_get(machine.pointee.x, $0) },
        value: machine.pointee.f, evaluations: box.evaluations)
    }
  }

  /// The root of a continuous function between two points where it has opposite signs, by Brent's
  /// method, to a relative tolerance.
  ///
  /// Throws where the signs are equal, or the function is not finite at a point that is tried.
  public static func root(
    between lower: Double, and upper: Double, tolerance: Double,
    _ function: @escaping (Double) -> Double
  ) throws(NumericalError) -> Double {
    CLibrary.prepare()
    let box = Box({ x, _ in function(x[0]) }, dimension: 1)
    guard let machine = gsl_root_fsolver_alloc(metamob_root_brent()) else {
      throw .library("root finder")
    }
    defer { gsl_root_fsolver_free(machine) }
    var problem = gsl_function(
      function: { Box.at($1).value($0) }, params: Unmanaged.passUnretained(box).toOpaque())
    return try withExtendedLifetime(box) { () throws(NumericalError) in
      guard gsl_root_fsolver_set(machine, &problem, lower, upper) == 0 else {
        throw .library("no change of sign between \(lower) and \(upper)")
      }
      for _ in 0..<200 {
        guard gsl_root_fsolver_iterate(machine) == 0 else { break }
        let low = gsl_root_fsolver_x_lower(machine)
        let high = gsl_root_fsolver_x_upper(machine)
        if high - low <= tolerance * min(abs(low), abs(high)) {
          return gsl_root_fsolver_root(machine)
        }
      }
      throw .notConverged("root between \(lower) and \(upper)")
    }
  }

  /// What GSL's callbacks find behind their context pointer.
  private final class Box {
    let function: Gradient
    var position: [Double]
    var slope: [Double]
    var last = 0.0
    var evaluations = 0

    init(_ function: @escaping Gradient, dimension: Int) {
      self.function = function
      position = [Double](repeating: 0, count: dimension)
      slope = position
    }

    static func at(_ context: UnsafeMutableRawPointer?) -> Box {
      guard let context else { preconditionFailure("a callback without its context") }
      return Unmanaged<Box>.fromOpaque(context).takeUnretainedValue()
    }

    func value(_ x: Double) -> Double {
      position[0] = x
      evaluations += 1
      return function(position, &slope)
    }

    func value(_ x: UnsafePointer<gsl_vector>?) -> Double {
      for i in position.indices { position[i] = gsl_vector_get(x, i) }
      evaluations += 1
      last = function(position, &slope)
      return last
    }

    func gradient(_ x: UnsafePointer<gsl_vector>?, _ target: UnsafeMutablePointer<gsl_vector>?) {
      _ = value(x)
      for i in slope.indices { gsl_vector_set(target, i, slope[i]) }
    }
  }
}
