import Foundation
import MixedModels
import Numerics

/// The cells of a binomial model in groups that share leaf, trial and arm, and so differ by their covariates
/// alone: within a group the linear predictor is base + x'δ.
///
/// Covariates stand four cells at a time, groups being filled up with cells without participants.
struct CellGroups: Sendable {
  /// The number of covariates, and the column of the first of them; the others follow.
  let covariates: Int
  let firstCovariate: Int
  /// The first group of each trial; the number of groups stands last.
  let trialStarts: [Int]
  /// The columns of intercepts and effects that a group has, all with the entry 1.
  let columnStarts: [Int]
  let columns: [Int]
  /// The stratified intercept; −1 without such.
  let stratum: [Int]
  /// 1 in the active arm.
  let active: [Double]
  /// The group of each cell.
  let ofCell: [Int]
  /// The first four cells of each group among all fours; their number stands last.
  private let starts: [Int]
  private let counts: [SIMD4<Double>]
  /// Covariate after covariate, four cells after four cells.
  private let values: [SIMD4<Double>]
  /// Participants, events, and the events' sums of each covariate.
  private let totals: [Double]
  private let events: [Double]
  private let eventValues: [Double]
  /// Whether no cell has more than one participant.
  private let isSingle: [Bool]

  init(_ model: BinomialModel) {
    covariates = model.statistics.covariates
    firstCovariate = model.common - covariates
    var builder = Builder(covariates: covariates, firstCovariate: firstCovariate)
    for trial in 0..<model.trials {
      builder.trialStarts.append(builder.stratum.count)
      for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
        builder.add(cell, model, isFirst: cell == model.trialStarts[trial])
      }
    }
    builder.finish()
    trialStarts = builder.trialStarts
    columnStarts = builder.columnStarts
    columns = builder.columns
    stratum = builder.stratum
    active = builder.active
    ofCell = builder.ofCell
    starts = builder.starts
    counts = builder.counts
    values = builder.values
    totals = builder.totals
    events = builder.events
    eventValues = builder.eventValues
    isSingle = builder.isSingle
  }

  /// The number of groups.
  var count: Int { stratum.count }

  /// Σ w over the cells of each group, and Σ w x of each covariate, w being a number of each cell.
  func shares(
    _ model: BinomialModel, _ weights: [Double]
  ) -> (totals: [Double], covariates: [Double]) {
    var totals = [Double](repeating: 0, count: count)
    var sums = [Double](repeating: 0, count: count * covariates)
    for cell in 0..<model.cells {
      totals[ofCell[cell]] += weights[cell]
      for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1]
      where model.entryColumns[entry] >= firstCovariate {
        let place = ofCell[cell] * covariates + model.entryColumns[entry] - firstCovariate
        sums[place] += weights[cell] * model.entryValues[entry]
      }
    }
    return (totals, sums)
  }

  /// What a group's log-likelihood is at its base and the covariates' coefficients δ, and its slope in the
  /// base; `slopes` takes those in δ, and `sums` is room for as many vectors.
  @inline(__always)
  func compare(
    _ group: Int, base: Double, delta: UnsafePointer<Double>,
    slopes: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<SIMD4<Double>>
  ) -> (value: Double, slope: Double) {
    covariates == 0
      ? compareOne(group, base) : compareMany(group, base, delta, slopes, sums)
  }

  /// A group that is one cell.
  @inline(__always)
  private func compareOne(_ group: Int, _ eta: Double) -> (value: Double, slope: Double) {
    let (n, y) = (totals[group], events[group])
    let small = exp(-abs(eta))
    // log1p would be right to more digits of a term that is small beside 1, at three times the cost.
    return (
      y * eta - n * (max(eta, 0) + log(1 + small)), y - n * (eta > 0 ? 1 : small) / (1 + small)
    )
  }

  private func compareMany(
    _ group: Int, _ base: Double, _ delta: UnsafePointer<Double>,
    _ slopes: UnsafeMutablePointer<Double>, _ sums: UnsafeMutablePointer<SIMD4<Double>>
  ) -> (value: Double, slope: Double) {
    let c = covariates
    for j in 0..<c { sums[j] = .zero }
    var (positive, expected) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var logarithms = LogarithmSum(isSingle: isSingle[group])
    values.withUnsafeBufferPointer { values in
      counts.withUnsafeBufferPointer { counts in
        for four in starts[group]..<starts[group + 1] {
          var eta = SIMD4(repeating: base)
          for j in 0..<c { eta += delta[j] * values[four * c + j] }
          let n = counts[four]
          let isPositive = eta .> 0
          let small = exponential(ofNegative: eta.replacing(with: -eta, where: isPositive))
          let top = small.replacing(with: 1, where: isPositive)
          positive += n * eta.replacing(with: 0, where: eta .< 0)
          let mean = n * (top / (1 + small))
          expected += mean
          for j in 0..<c { sums[j] += mean * values[four * c + j] }
          logarithms.add(n, small)
        }
      }
    }
    var value = base * events[group] - positive.sum() - logarithms.total
    for j in 0..<c {
      value += delta[j] * eventValues[group * c + j]
      slopes[j] = eventValues[group * c + j] - sums[j].sum()
    }
    return (value, events[group] - expected.sum())
  }
}

/// Σ n log(1 + e), with one logarithm for many terms where every n is 0 or 1.
private struct LogarithmSum {
  let isSingle: Bool
  private var product = SIMD4<Double>(repeating: 1)
  private var factors = 0
  private var sum = 0.0

  init(isSingle: Bool) { self.isSingle = isSingle }

  @inline(__always)
  mutating func add(_ n: SIMD4<Double>, _ small: SIMD4<Double>) {
    guard isSingle else {
      for lane in 0..<4 { sum += n[lane] * log(1 + small[lane]) }
      return
    }
    // Factors are 2 at most: the product of four times 128 of them is in the range of doubles.
    product *= 1 + n * small
    factors += 1
    if factors == 128 { flush() }
  }

  private mutating func flush() {
    sum += log(product[0] * product[1] * (product[2] * product[3]))
    product = SIMD4(repeating: 1)
    factors = 0
  }

  var total: Double {
    sum + log(product[0] * product[1] * (product[2] * product[3]))
  }
}

/// Gathers the groups cell by cell.
private struct Builder {
  let covariates: Int
  let firstCovariate: Int
  var trialStarts: [Int] = []
  var columnStarts: [Int] = [0]
  var columns: [Int] = []
  var stratum: [Int] = []
  var active: [Double] = []
  var ofCell: [Int] = []
  var starts: [Int] = []
  var counts: [SIMD4<Double>] = []
  var values: [SIMD4<Double>] = []
  var totals: [Double] = []
  var events: [Double] = []
  var eventValues: [Double] = []
  var isSingle: [Bool] = []
  private var lane = 4

  init(covariates: Int, firstCovariate: Int) {
    self.covariates = covariates
    self.firstCovariate = firstCovariate
  }

  mutating func add(_ cell: Int, _ model: BinomialModel, isFirst: Bool) {
    let entries = model.entryStarts[cell]..<model.entryStarts[cell + 1]
    let own = entries.map { model.entryColumns[$0] }.filter { $0 < firstCovariate }
    let last = columnStarts.count > 1 ? Array(columns[columnStarts[columnStarts.count - 2]...]) : []
    if isFirst || own != last || model.stratum[cell] != stratum.last
      || model.active[cell] != active.last
    {
      columns += own
      columnStarts.append(columns.count)
      stratum.append(model.stratum[cell])
      active.append(model.active[cell])
      starts.append(counts.count)
      totals.append(0)
      events.append(0)
      eventValues += [Double](repeating: 0, count: covariates)
      isSingle.append(true)
      lane = 4
    }
    if lane == 4 {
      counts.append(.zero)
      values += [SIMD4<Double>](repeating: .zero, count: covariates)
      lane = 0
    }
    let group = stratum.count - 1
    ofCell.append(group)
    counts[counts.count - 1][lane] = model.counts[cell]
    totals[group] += model.counts[cell]
    events[group] += model.events[cell]
    if model.counts[cell] != 1 { isSingle[group] = false }
    for entry in entries where model.entryColumns[entry] >= firstCovariate {
      let j = model.entryColumns[entry] - firstCovariate
      values[values.count - covariates + j][lane] = model.entryValues[entry]
      eventValues[group * covariates + j] += model.events[cell] * model.entryValues[entry]
    }
    lane += 1
  }

  mutating func finish() {
    trialStarts.append(stratum.count)
    starts.append(counts.count)
  }
}
