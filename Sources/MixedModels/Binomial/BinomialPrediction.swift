import Foundation
import Numerics

/// Outcomes of participants with one linear predictor, whom a fit has not seen.
public struct PredictedEvents: Sendable, Equatable {
  /// Leaf, trial, arm and covariates.
  public let place: PredictorPlace
  /// The sum of the case weights.
  public let count: Double
  /// The sum of the case weights of events.
  public let events: Double

  /// Outcomes of one place.
  public init(_ place: PredictorPlace, count: Double, events: Double) {
    self.place = place
    self.count = count
    self.events = events
  }
}

extension BinomialFit {
  /// Whether the model has treatment effects of leaves.
  private var hasTreatment: Bool {
    fixed.contains { if case .effect = $0.role { true } else { false } }
  }

  /// The fixed part of a linear predictor at the estimates; nil where a coefficient in it has none.
  public func fixedPredictor(_ place: PredictorPlace) -> Double? {
    var roles: [(role: FixedRole, value: Double)] = []
    switch problem.intercepts {
    case .perLeaf: roles.append((.intercept(leaf: place.leaf, trial: nil), 1))
    case .perLeafAndTrial: roles.append((.intercept(leaf: place.leaf, trial: place.trial), 1))
    case .perTrial:
      roles.append((.intercept(leaf: nil, trial: place.trial), 1))
      if place.leaf > 0 { roles.append((.intercept(leaf: place.leaf, trial: nil), 1)) }
    }
    if place.isActive && hasTreatment { roles.append((.effect(leaf: place.leaf), 1)) }
    for (i, value) in place.covariates.enumerated() where value != 0 {
      roles.append((.covariate(i), value))
    }
    var sum = 0.0
    for (role, value) in roles {
      guard let estimate = coefficient(role)?.estimate else { return nil }
      sum += value * estimate
    }
    return sum
  }

  /// log p of new outcomes of one trial given that trial's own ones, all parameters at their estimates: the ratio
  /// of two integrals over the trial effects, by adaptive Gauss-Hermite quadrature.
  ///
  /// Nil where a coefficient that it needs has no estimate. No binomial coefficients are in it.
  public func logPredictive(_ new: [PredictedEvents], trial: Int) -> Double? {
    var added: [(isActive: Bool, fixed: Double, count: Double, events: Double)] = []
    for item in new {
      guard let fixed = fixedPredictor(item.place) else { return nil }
      added.append((item.place.isActive, fixed, item.count, item.events))
    }
    let known = cells(of: trial)
    guard let before = logIntegral(known), let after = logIntegral(known + added) else {
      return nil
    }
    return after - before
  }

  private typealias Cells = [(isActive: Bool, fixed: Double, count: Double, events: Double)]

  /// The cells that a trial's likelihood is made of.
  private func cells(of trial: Int) -> Cells {
    let range = problem.starts[2 * trial]..<problem.starts[2 * trial + 2]
    var fixed = [Double](repeating: 0, count: problem.counts.count)
    problem.matrix.predict(range, maximum.position, into: &fixed)
    return range.map {
      ($0 >= problem.starts[2 * trial + 1], fixed[$0], problem.counts[$0], problem.events[$0])
    }
  }

  /// Points of the rule a random term: more than enough around the mode.
  private static let predictionPoints = 21

  private func logIntegral(_ cells: Cells) -> Double? {
    guard !cells.isEmpty else { return 0 }
    let coordinates = problem.coordinates
    guard
      let rule = try? HermiteProduct(
        points: Self.predictionPoints, components: coordinates.terms)
    else { return nil }
    let ordered = cells.filter { !$0.isActive } + cells.filter(\.isActive)
    var integral = TrialIntegral(rule, longest: ordered.count)
    let loadings = coordinates.loadings(Array(maximum.position[problem.matrix.roles.count...]))
    var mode = RandomCoordinates.Loading()
    return ordered.map(\.fixed).withUnsafeBufferPointer { fixed in
      ordered.map(\.count).withUnsafeBufferPointer { counts in
        ordered.map(\.events).withUnsafeBufferPointer { events in
          integral.evaluate(
            TrialData(
              fixed: fixed, counts: counts, events: events,
              controls: cells.count { !$0.isActive }, count: cells.count),
            loadings, mode: &mode, gradient: false)
        }
      }
    }
  }
}
