import Foundation
import MixedModels
import Numerics

/// A binomial model as Laplace's approximation needs it: rows over common columns, and their joint normal
/// prior under a supposition about effects.
struct LaplaceProblem {
  let model: BinomialModel
  /// The number p of common columns, those of equal effects being one.
  let columns: Int
  /// The column of each entry of the model's rows.
  let entryColumns: [Int]
  let priorMean: [Double]
  /// The prior precision, p × p row after row.
  let priorPrecision: [Double]
  /// Σ ½ log precision over all coefficients, ½ log 2π in the place of flat ones.
  let priorConstant: Double

  /// The problem of a model; nil where a leaf of the supposition has no effect, or the model pools effects.
  init?(_ model: BinomialModel, _ hypothesis: EffectHypothesis) {
    guard model.pooling == nil else { return nil }
    self.model = model
    let common = model.common
    var map = Array(0..<common)
    var count = common
    var chosen: [Int] = []
    switch hypothesis {
    case .independent: break
    case .equal(let leaves), .different(let leaves, _):
      for leaf in leaves {
        guard let place = model.roles.firstIndex(of: .effect(leaf: leaf)) else { return nil }
        chosen.append(place)
      }
    }
    if case .equal = hypothesis, let first = chosen.first {
      // The columns after the first are gone.
      let gone = Set(chosen.dropFirst())
      var next = 0
      for place in 0..<common where !gone.contains(place) {
        map[place] = next
        next += 1
      }
      for place in gone { map[place] = map[first] }
      count = next
    }
    columns = count
    entryColumns = model.entryColumns.map { map[$0] }
    var mean = [Double](repeating: 0, count: count)
    var precision = [Double](repeating: 0, count: count * count)
    for place in 0..<common {
      mean[map[place]] = model.priorMeans[place]
      precision[map[place] * count + map[place]] = model.priorPrecisions[place]
    }
    var constant = 0.0
    for i in 0..<count { constant += Self.constant(precision[i * count + i]) }
    for g in model.common..<model.roles.count {
      constant += Self.constant(model.priorPrecisions[g])
    }
    if case .different(_, let sd) = hypothesis, chosen.count > 1 {
      constant += Self.setDifferences(chosen, sd: sd, of: &precision, order: count)
    }
    priorMean = mean
    priorPrecision = precision
    priorConstant = constant
  }

  private static func constant(_ precision: Double) -> Double {
    0.5 * (precision > 0 ? log(precision) : log(2 * Double.pi))
  }

  /// Puts the prior of differences in the place of independent ones; returns the change of the constant.
  ///
  /// With C effects of prior precision π the mean's direction has precision π/C and each orthonormal contrast
  /// 2/sd².
  private static func setDifferences(
    _ places: [Int], sd: Double, of precision: inout [Double], order: Int
  ) -> Double {
    let count = Double(places.count)
    let own = precision[places[0] * order + places[0]]
    let (along, across) = (own / count, 2 / (sd * sd))
    for i in places {
      for j in places {
        precision[i * order + j] = (i == j ? across : 0) + (along - across) / count
      }
    }
    let before = count * constant(own)
    // A flat prior has density 1 in the mean, which is the direction's length over √C.
    let unit = own > 0 ? 0 : 0.5 * log(count)
    return constant(along) - unit + (count - 1) * constant(across) - before
  }
}
