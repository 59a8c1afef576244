import Foundation
import Numerics

extension VarianceMaximiser {
  /// Where maxima are sought from: the peaks of the criterion on a grid that includes the boundary.
  func starts() throws(NumericalError) -> [Triangle] {
    guard q == 2 else { return try lineStarts() }
    let plane = try planeStarts()
    return density.model.terms.isCorrelated ? try plane + correlatedStarts() : plane
  }

  private func lineStarts() throws(NumericalError) -> [Triangle] {
    let grid = [0] + (-7...5).map { pow(2, Double($0)) }
    var values: [Double] = []
    for a in grid { values.append(try profile(Triangle(a: a)).value) }
    return grid.indices.filter { i in
      (i == 0 || values[i - 1] <= values[i]) && (i + 1 == grid.count || values[i + 1] <= values[i])
    }.map { Triangle(a: grid[$0]) }
  }

  private func planeStarts() throws(NumericalError) -> [Triangle] {
    let grid = [0, 0.04, 0.15, 0.5, 1.7, 7]
    let count = grid.count
    let values = try planeValues(grid)
    var starts: [Triangle] = []
    for i in 0..<count {
      for j in 0..<count {
        var isPeak = true
        for a in max(i - 1, 0)...min(i + 1, count - 1) {
          for b in max(j - 1, 0)...min(j + 1, count - 1)
          where values[a * count + b] > values[i * count + j] { isPeak = false }
        }
        if isPeak { starts.append(Triangle(a: grid[i], b: grid[j])) }
      }
    }
    return starts
  }

  /// The criterion at all pairs of ratios, up to a constant.
  private func planeValues(_ grid: [Double]) throws(NumericalError) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(grid.count * grid.count)
    if let projected = ProjectedCriterion(density, residualCount: residualCount) {
      for a in grid {
        for b in grid {
          guard let value = projected.value([a, b]) else { break }
          values.append(value)
        }
      }
      if values.count == grid.count * grid.count { return values }
      values.removeAll()
    }
    for a in grid {
      for b in grid { values.append(try profile(Triangle(a: a, b: b)).value) }
    }
    return values
  }

  /// Peaks over both ratios and the correlation, ±1 included.
  private func correlatedStarts() throws(NumericalError) -> [Triangle] {
    let ratios = [0.05, 0.2, 0.7, 2.5, 8]
    let correlations = [-1, -0.9, -0.5, 0, 0.5, 0.9, 1.0]
    let (m, l) = (ratios.count, correlations.count)
    var values: [Double] = []
    for a in ratios {
      for b in ratios {
        for r in correlations { values.append(try profile(Self.triangle(a, b, r)).value) }
      }
    }
    var starts: [Triangle] = []
    for place in values.indices {
      let (i, j, k) = (place / (m * l), place / l % m, place % l)
      let isPeak = values.indices.allSatisfy { other in
        abs(other / (m * l) - i) > 1 || abs(other / l % m - j) > 1 || abs(other % l - k) > 1
          || values[other] <= values[place]
      }
      if isPeak { starts.append(Self.triangle(ratios[i], ratios[j], correlations[k])) }
    }
    return starts
  }

  static func triangle(_ first: Double, _ second: Double, _ correlation: Double) -> Triangle {
    Triangle(
      a: first, c: correlation * second,
      b: ((1 - correlation) * (1 + correlation)).squareRoot() * second)
  }
}
