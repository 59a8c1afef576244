public import Designs
import Foundation
import Inference
import Numerics
import Posterior
import Threads

extension PredictiveChecks {
  /// Replicated data sets are at most so many.
  private static let mostReplicates = 4000
  private static let fewestReplicates = 500
  /// At most so many cells are drawn over all replicates.
  private static let mostCells = 2_000_000
  /// At most so many participants are drawn one by one over all replicates.
  private static let mostParticipants = 1_000_000
  /// Replicates that share one stream of random numbers.
  private static let block = 250

  /// The checks of leaves by replicates under draws that stand evenly over the chains.
  ///
  /// The same seed gives the same checks whatever the number of threads. Nil for events with fractional
  /// case weights, which no data set can have, and for chains without draws.
  public init?(_ design: Design, _ leaves: [LeafModel], seed: UInt64, threads: Int = 1) {
    guard let draws = leaves.first?.draws, draws > 0 else { return nil }
    if design.family == .binomial, let weights = design.weights,
      weights.contains(where: { $0 != $0.rounded() })
    {
      return nil
    }
    let hasCovariates = !design.covariates.columns.isEmpty
    var bounds: OutcomeBounds?
    if design.family == .gaussian, design.weights == nil {
      let found = OutcomeBounds(design.outcome)
      let isAffordable =
        !hasCovariates || design.rows * Self.fewestReplicates <= 5 * Self.mostParticipants
      if found.lower != nil || found.upper != nil, isAffordable { bounds = found }
    }
    let cells = PredictedCell.all(design, leaves)
    let isByParticipant = hasCovariates && (bounds != nil || design.family == .binomial)
    let affordable =
      isByParticipant
      ? Self.mostParticipants / max(design.rows, 1) : Self.mostCells / max(cells.count, 1)
    let count = min(draws, max(Self.fewestReplicates, min(affordable, Self.mostReplicates)))
    let replicator = Replicator(design, leaves, cells, bounds)
    let blocks = concurrentMap(count: (count + Self.block - 1) / Self.block, threads: threads) {
      index in
      var stream = RandomStream(seed: seed, purpose: "posterior predictive", index: index)
      let members = (index * Self.block)..<min((index + 1) * Self.block, count)
      return members.map { replicate in
        replicator.statistics((2 * replicate + 1) * draws / (2 * count), &stream)
      }
    }
    self.init(
      replicates: count, bounds: bounds,
      checks: replicator.checks(blocks.flatMap(\.self)))
  }
}

/// Draws data sets from the model, cell by cell.
struct Replicator: Sendable {
  private let design: Design
  private let cells: [PredictedCell]
  private let bounds: OutcomeBounds?
  private let models: [Model]
  private let targets: [Target]

  /// The draws of one leaf's model.
  private struct Model: Sendable {
    let sigma: [Double]?
    let coefficients: [[Double]]
  }

  /// One statistic of one group.
  private struct Target: Sendable {
    let group: CellGroup
    let statistic: PredictiveStatistic
    let observed: Double
  }

  init(
    _ design: Design, _ leaves: [LeafModel], _ cells: [PredictedCell], _ bounds: OutcomeBounds?
  ) {
    self.design = design
    self.cells = cells
    self.bounds = bounds
    models = leaves.map {
      Model(sigma: $0.posterior.residualDraws, coefficients: $0.coefficients)
    }
    var statistics: [PredictiveStatistic] = design.family == .gaussian ? [.mean, .sd] : [.events]
    if bounds?.lower != nil { statistics.append(.floor) }
    if bounds?.upper != nil { statistics.append(.ceiling) }
    let observed = cells.map { cell in
      CellFigures(
        mean: cell.mean, squares: cell.squares,
        floor: cell.rows.count { design.outcome[$0] == bounds?.lower },
        ceiling: cell.rows.count { design.outcome[$0] == bounds?.upper })
    }
    // So few say nothing of a model, and their figures would be their own outcomes.
    let groups = CellGroup.all(cells).filter {
      $0.participants(cells) >= PredictiveChecks.smallestGroup
    }
    targets = groups.flatMap { group in
      statistics.compactMap { statistic in
        group.value(statistic, observed, cells).map {
          Target(group: group, statistic: statistic, observed: $0)
        }
      }
    }
  }

  /// All statistics of a data set under one draw.
  func statistics(_ draw: Int, _ stream: inout RandomStream) -> [Double] {
    var figures: [CellFigures] = []
    figures.reserveCapacity(cells.count)
    for cell in cells {
      let model = models[cell.leaf]
      if let sigma = model.sigma?[draw] {
        figures.append(gaussian(cell, model, sigma, draw, &stream))
      } else {
        figures.append(events(cell, model, draw, &stream))
      }
    }
    return targets.map { $0.group.value($0.statistic, figures, cells) ?? .nan }
  }

  /// The mean is normal and the sum of squares σ² times a χ², independent of it: not central where
  /// covariates vary within the cell.
  private func gaussian(
    _ cell: PredictedCell, _ model: Model, _ sigma: Double, _ draw: Int,
    _ stream: inout RandomStream
  ) -> CellFigures {
    var result = CellFigures()
    result.mean = cell.center[draw] + sigma / cell.weight.squareRoot() * stream.normal()
    let degrees = cell.rows.count - 1
    guard degrees > 0 else { return atBounds(result, cell, model, sigma, draw, &stream) }
    let delta = model.coefficients.map { $0[draw] }
    if delta.isEmpty {
      result.squares = sigma * sigma * stream.gamma(shape: 0.5 * Double(degrees), scale: 2)
    } else {
      let shifted = cell.spread(delta).squareRoot() + sigma * stream.normal()
      result.squares = shifted * shifted
      if degrees > 1 {
        result.squares +=
          sigma * sigma * stream.gamma(shape: 0.5 * Double(degrees - 1), scale: 2)
      }
    }
    return atBounds(result, cell, model, sigma, draw, &stream)
  }

  /// Adds how many participants are at either end.
  private func atBounds(
    _ figures: CellFigures, _ cell: PredictedCell, _ model: Model, _ sigma: Double, _ draw: Int,
    _ stream: inout RandomStream
  ) -> CellFigures {
    guard let bounds else { return figures }
    var result = figures
    func count(_ sign: Double, _ threshold: Double?, _ stream: inout RandomStream) -> Int {
      guard let threshold else { return 0 }
      func probability(_ eta: Double) -> Double {
        0.5 * erfc(sign * (threshold - eta) / sigma / 2.squareRoot())
      }
      guard !model.coefficients.isEmpty else {
        return stream.binomial(count: cell.rows.count, probability: probability(cell.base[draw]))
      }
      return cell.rows.count { stream.uniform() < probability(eta($0, cell, model, draw)) }
    }
    // P(Y ≤ a) = ½ erfc((η − a)/σ√2), P(Y ≥ b) = ½ erfc((b − η)/σ√2).
    result.floor = count(-1, bounds.lowerThreshold, &stream)
    result.ceiling = count(1, bounds.upperThreshold, &stream)
    return result
  }

  private func events(
    _ cell: PredictedCell, _ model: Model, _ draw: Int, _ stream: inout RandomStream
  ) -> CellFigures {
    func risk(_ eta: Double) -> Double { 1 / (1 + exp(-eta)) }
    var events = 0
    if model.coefficients.isEmpty {
      events = stream.binomial(count: Int(cell.weight), probability: risk(cell.base[draw]))
    } else {
      for row in cell.rows {
        events += stream.binomial(
          count: Int(design.weights?[row] ?? 1), probability: risk(eta(row, cell, model, draw)))
      }
    }
    return CellFigures(mean: Double(events) / cell.weight)
  }

  /// The linear predictor of one participant.
  private func eta(_ row: Int, _ cell: PredictedCell, _ model: Model, _ draw: Int) -> Double {
    var sum = cell.base[draw]
    for (i, column) in design.covariates.columns.enumerated() {
      sum += column[row] * model.coefficients[i][draw]
    }
    return sum
  }
}

extension Replicator {
  /// The checks, given all statistics of each replicate.
  func checks(_ replicates: [[Double]]) -> [PredictiveCheck] {
    // Distances of means are in residual SDs.
    let sigma = Numerics.mean(models.flatMap { $0.sigma ?? [] })
    return targets.enumerated().map { place, target in
      let values = replicates.map { $0[place] }
      let sorted = values.sorted()
      let center = Numerics.mean(values)
      return PredictiveCheck(
        statistic: target.statistic, trial: target.group.trial, arm: target.group.arm,
        participants: target.group.participants(cells), observed: target.observed,
        replicatedMean: center, interval: .central(sorted: sorted, level: 0.95),
        quartiles: [0.25, 0.5, 0.75].map { quantile(sorted: sorted, $0) },
        pValue: Self.pValue(target.observed, values),
        distance: Self.distance(target.statistic, target.observed, center, sigma))
    }
  }

  /// 2 min(P(T > t) + ½ P(T = t), P(T < t) + ½ P(T = t)), the data counting as half a replicate on
  /// either side.
  static func pValue(_ observed: Double, _ values: [Double]) -> Double {
    var (above, below) = (0.5, 0.5)
    for value in values {
      // Sums of the same shares in another order differ by rounding.
      if abs(value - observed) <= 1e-12 * abs(observed) {
        above += 0.5
        below += 0.5
      } else if value > observed {
        above += 1
      } else {
        below += 1
      }
    }
    return min(2 * min(above, below) / Double(values.count + 1), 1)
  }

  private static func distance(
    _ statistic: PredictiveStatistic, _ observed: Double, _ replicated: Double, _ sigma: Double
  ) -> Double {
    let difference = abs(observed - replicated)
    switch statistic {
    case .floor, .ceiling, .events: return difference
    case .mean: return sigma > 0 ? difference / sigma : 0
    case .sd: return replicated > 0 ? difference / replicated : 0
    }
  }
}
