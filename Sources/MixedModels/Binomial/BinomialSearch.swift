import Numerics

extension BinomialMaximiser {
  /// The maximum over β and θ, from several starts, with each random term left out in turn.
  ///
  /// The likelihood is even in each τ, so that τ = 0 is stationary, and it can have a maximum there
  /// and another inside. A smaller model wins where the larger one gains less than 1e-9.
  mutating func globalMaximum() throws(NumericalError) -> Maximum {
    let p = likelihood.problem.matrix.roles.count
    let d = likelihood.dimension
    var isFree = [Bool](repeating: true, count: d)
    for i in p..<d { isFree[i] = false }
    var best = try maximum(from: [Double](repeating: 0, count: d), free: isFree)
    let withoutTerms = best.position
    var failure: NumericalError?
    for face in faces {
      for i in p..<d { isFree[i] = face.contains(i - p) }
      for start in face == faces.last ? [0.3, 1.0] : [0.5] {
        var from = withoutTerms
        for i in face { from[p + i] = start * (isOffDiagonal(i) ? offDiagonalStart(face) : 1) }
        do {
          let found = try maximum(from: from, free: isFree)
          if found.value < best.value - 1e-9 { best = found }
        } catch { failure = error }
      }
    }
    if let failure, case .notConverged = failure, best.isFree == isFreeOfTerms(d, p) {
      throw failure
    }
    return best
  }

  private func isFreeOfTerms(_ d: Int, _ p: Int) -> [Bool] { (0..<d).map { $0 < p } }

  /// Sets of coordinates θ that are not zero, smaller ones first.
  private var faces: [[Int]] {
    switch likelihood.coordinates {
    case .none: []
    case .intercept, .effect: [[0]]
    case .independent: [[0], [1], [0, 1]]
    case .correlated, .correlatedEffectFirst: [[0], [2], [0, 1], [0, 1, 2]]
    }
  }

  private func isOffDiagonal(_ i: Int) -> Bool { likelihood.coordinates.count == 3 && i == 1 }

  /// Where the off-diagonal element starts, relative to the others.
  private func offDiagonalStart(_ face: [Int]) -> Double { face.count == 3 ? 0 : 0.5 }

  /// The maximum with some coordinates held, for a profile: from the position given, and from small
  /// and zero values of the other θ.
  mutating func profile(
    near position: [Double], free isFree: [Bool]
  ) throws(NumericalError) -> Maximum {
    let p = likelihood.problem.matrix.roles.count
    let moving = (p..<position.count).filter { isFree[$0] }
    var best: Maximum?
    var failure: NumericalError?
    let factors: [Double?] = moving.isEmpty ? [nil] : [nil, 0, 0.3]
    for factor in factors {
      var from = position
      var free = isFree
      if let factor {
        for i in moving {
          from[i] = factor
          if factor == 0 { free[i] = false }
        }
      }
      do {
        let found = try maximum(from: from, free: free)
        if found.value < (best?.value ?? .infinity) { best = found }
      } catch { failure = error }
    }
    if let best { return best }
    throw failure ?? .notConverged("profile of a binomial mixed model")
  }
}
