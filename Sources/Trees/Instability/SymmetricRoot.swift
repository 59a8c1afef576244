import Numerics

/// The symmetric inverse root A_R^(−1/2) of the covariance of the scores in R's coding of the node
/// model, whose components partykit's `parm` and its `max` test of ordered variables look at.
///
/// A sum of squares over all components does not depend on the coding, single components do. R codes
/// `trial + t` as a common intercept, one indicator for each trial present but the first level of the
/// factor, and the treatment; where the first level is absent it drops the indicator of the last
/// trial present instead. An intercept is then the sum of our trial columns.
struct SymmetricRoot {
  /// R's columns in terms of ours: the effect, the intercept, the indicators.
  private let columns: [[Int]]
  private let root: Matrix

  /// Decomposes a covariance in the columns that were kept; nil where it is not positive definite.
  init?(_ whitening: Whitening, parameters: [ScoreParameter]) {
    columns = Self.coding(kept: whitening.columns, parameters: parameters)
    let covariance = whitening.covariance
    let order = columns.count
    var coded = Matrix(rows: order, columns: order)
    for (i, left) in columns.enumerated() {
      for (j, right) in columns.enumerated() {
        for a in left { for b in right { coded[i, j] += covariance[a, b] } }
      }
    }
    guard let eigen = try? SymmetricEigen(coded), eigen.values.allSatisfy({ $0 > 0 })
    else { return nil }
    var root = Matrix(rows: order, columns: order)
    for (place, value) in eigen.values.enumerated() {
      let factor = 1 / value.squareRoot()
      for j in 0..<order {
        for i in 0..<order {
          root[i, j] += factor * eigen.vectors[i, place] * eigen.vectors[j, place]
        }
      }
    }
    self.root = root
  }

  /// The sets of our columns whose sums are R's columns, the effect first.
  private static func coding(kept: [Int], parameters: [ScoreParameter]) -> [[Int]] {
    let effect = kept.filter { parameters[$0] == .effect }
    let others = kept.filter { parameters[$0] != .effect }.sorted()
    let trials = others.map { parameters[$0].trial }
    guard !others.isEmpty, trials.allSatisfy({ $0 != nil }) else {
      return (effect + others).map { [$0] }
    }
    let base = trials.firstIndex(of: 0) ?? (others.count - 1)
    let indicators = others.indices.filter { $0 != base }.map { [others[$0]] }
    return effect.map { [$0] } + [others] + indicators
  }

  /// The directions A_R^(−1/2) x, the effect's component first.
  func directions(_ scores: ScoreField, means: [Double]) -> ScoreDirections {
    var coded = [Double](repeating: 0, count: columns.count)
    return ScoreDirections(components: columns.count, scores, means: means) {
      score, result, start in
      for (j, sources) in columns.enumerated() { coded[j] = sources.reduce(0) { $0 + score[$1] } }
      for (i, value) in root.times(coded).enumerated() { result[start + i] = value }
    }
  }
}

extension ScoreParameter {
  /// The trial whose intercept this is.
  fileprivate var trial: Int32? {
    if case .trialIntercept(let trial, _) = self { trial } else { nil }
  }
}
