/// Who is predicted, as far as a joint model knows: leaf, trial, arm and covariates.
public struct PredictorPlace: Sendable, Hashable {
  /// The leaf, counted from 0.
  public let leaf: Int
  /// The trial's code.
  public let trial: Int
  /// Whether the participant is in the active arm.
  public let isActive: Bool
  /// The values of the covariates.
  public let covariates: [Double]

  /// A place among the leaves and trials of a model.
  public init(leaf: Int, trial: Int, isActive: Bool, covariates: [Double]) {
    self.leaf = leaf
    self.trial = trial
    self.isActive = isActive
    self.covariates = covariates
  }
}

/// The mean and the variance of a participant's linear predictor given the variances and the outcome: of
/// intercept + effect + covariates + trial effects, all of which are jointly normal.
public struct PredictorMoments: Sendable, Equatable {
  /// On the outcome's own scale.
  public let mean: Double
  /// Without the residual variance.
  public let variance: Double
}

extension MarginalModel {
  /// Whether the outcomes tell of everything that a linear predictor is the sum of: with flat priors of the
  /// coefficients it has a distribution, and with proper ones no part of it comes from a prior of
  /// intercepts alone.
  public func determines(_ place: PredictorPlace) -> Bool {
    guard PredictorRow(self, place) != nil else { return false }
    guard terms.intercepts != .perLeafAndTrial else { return true }
    let isKnown = statistics.cells.contains { $0.leaf == place.leaf && $0.trial == place.trial }
    return isKnown
      || !columns.aliased.contains { role in
        switch role {
        case .intercept(let leaf): leaf == place.leaf
        case .trialIntercept(let trial): trial == place.trial
        default: false
        }
      }
  }
}

/// A participant's row of the design: entries in the columns, and its stratified intercept.
struct PredictorRow {
  private(set) var entries: [(column: Int, value: Double)] = []
  /// The cell among those that were eliminated; nil without stratified intercepts.
  let cell: Int?
  /// The columns whose coefficients are in units of ω.
  private let deviations: Range<Int>

  /// Nil where the model lacks a coefficient that the row needs.
  init?(_ model: MarginalModel, _ place: PredictorPlace) {
    deviations = model.deviationColumns
    cell = model.stratifiedCells.firstIndex { $0.leaf == place.leaf && $0.trial == place.trial }
    switch model.terms.intercepts {
    case .perLeafAndTrial: guard cell != nil else { return nil }
    case .perLeaf:
      guard let own = model.columns.index(of: .intercept(leaf: place.leaf)) else { return nil }
      entries.append((own, 1))
    case .perTrial:
      guard let own = model.columns.index(of: .trialIntercept(trial: place.trial)) else {
        return nil
      }
      entries.append((own, 1))
      // What an aliased leaf adds is in the intercepts of its trials.
      if let leaf = model.columns.index(of: .intercept(leaf: place.leaf)) {
        entries.append((leaf, 1))
      }
    }
    if place.isActive && model.terms.hasTreatment {
      guard let effect = model.columns.index(of: .effect(leaf: place.leaf)) else { return nil }
      entries.append((effect, 1))
      if let mean = model.columns.index(of: .meanEffect) { entries.append((mean, 1)) }
    }
    for (i, value) in place.covariates.enumerated() where value != 0 {
      guard let column = model.columns.index(of: .covariate(i)) else { return nil }
      entries.append((column, value))
    }
  }

  /// The value of an entry in the unit of its column's coefficient.
  func value(_ entry: Int, _ omega: Double) -> Double {
    entries[entry].value * (deviations.contains(entries[entry].column) ? omega : 1)
  }
}

extension MarginalDensity {
  /// The moments of linear predictors at given variances; nil for one that the model does not determine, and for
  /// all where the density is zero.
  ///
  /// With the precision of (γ, u, β) factorised block by block as in the density, the variance of a'θ is the sum
  /// over blocks of a'D⁻¹a, each block's share being taken off the next ones' part of a.
  public func predictors(
    at variances: Variances, of places: [PredictorPlace]
  ) -> [PredictorMoments?] {
    guard evaluate(variances) > -.infinity else { return places.map { _ in nil } }
    solveForRandomModes()
    solveForInterceptModes()
    return places.map { place in
      PredictorRow(model, place).map { moments($0, place) }
    }
  }

  private func moments(_ row: PredictorRow, _ place: PredictorPlace) -> PredictorMoments {
    var rest = [Double](repeating: 0, count: p)
    var mean = model.statistics.origin
    for entry in row.entries.indices {
      let value = row.value(entry, omega)
      rest[row.entries[entry].column] += value
      mean += value * mode[row.entries[entry].column]
    }
    // z, the random terms that the participant has.
    let z = model.terms.randomIsActive.map { $0 && !place.isActive ? 0.0 : 1.0 }
    for r in 0..<q { mean += z[r] * trialEffect(place.trial, r) }
    var variance = 0.0
    var random = image(z)
    if let cell = row.cell {
      mean += interceptMode[cell]
      variance += eliminate(cell, &random, &rest)
    }
    variance += eliminate(trial: place.trial, random, &rest)
    rest.withUnsafeMutableBufferPointer { rest in
      guard let base = rest.baseAddress else { return }
      solve(base, from: 0)
      variance += squaredNorm(base, from: 0)
    }
    return PredictorMoments(mean: mean, variance: variance)
  }

  /// Λ'x.
  private func image(_ x: [Double]) -> [Double] {
    (0..<q).map { s in (s..<q).reduce(0) { $0 + scale[$1 * q + s] * x[$1] } }
  }

  /// Takes the stratified intercept of a cell out of a row; returns its share of the variance.
  private func eliminate(_ c: Int, _ random: inout [Double], _ rest: inout [Double]) -> Double {
    let total = lambda * cells.size[c] + model.interceptPrecision
    let sums = image((0..<q).map { cells.randomSum[c * q + $0] })
    for s in 0..<q { random[s] -= lambda * sums[s] / total }
    for a in cells.entries(of: c) { rest[cells.column[a]] -= lambda * cellSum[a] / total }
    return 1 / total
  }

  /// Takes the trial effects out of a row; returns their share of the variance.
  private func eliminate(trial k: Int, _ random: [Double], _ rest: inout [Double]) -> Double {
    guard q > 0 else { return 0 }
    let inverse = randomCovariance + k * q * q
    let solved = (0..<q).map { r in (0..<q).reduce(0) { $0 + inverse[r * q + $1] * random[$1] } }
    for r in 0..<q {
      // (Λ E⁻¹a)_r.
      let weight = lambda * (0...r).reduce(0) { $0 + scale[r * q + $1] * solved[$1] }
      let row = randomColumns + (k * q + r) * p
      for i in 0..<p { rest[i] -= weight * row[i] }
    }
    return (0..<q).reduce(0) { $0 + random[$1] * solved[$1] }
  }
}
