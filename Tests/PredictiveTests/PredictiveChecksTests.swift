import Designs
import Foundation
import Numerics
import Posterior
import Testing

@testable import Predictive

/// Replicated data sets against what is known of them, and against data of the model.
@Suite("Posterior predictive checks") struct PredictiveChecksTests {
  private static func checks(
    _ model: KnownModel, _ data: (design: Design, leaf: [Int32]), draws: Int = 1000,
    threads: Int = 1
  ) throws -> PredictiveChecks {
    try #require(
      PredictiveChecks(
        data.design, model.models(data.leaf, model.posterior(draws: draws)), seed: 1,
        threads: threads))
  }

  private static func check(
    _ checks: PredictiveChecks, _ statistic: PredictiveStatistic, _ trial: Int?, _ arm: Int
  ) throws -> PredictiveCheck {
    try #require(
      checks.checks.first { $0.statistic == statistic && $0.trial == trial && $0.arm == arm })
  }

  // Of one leaf, trial and arm the mean is N(η, σ²/n) and (n − 1) S²/σ² is χ²(n − 1); the means of 4000
  // replicates are compared at five of their standard errors, the limits at their own sampling error.
  @Test("Mean and SD of a cell have their exact distributions")
  func exactDistributions() throws {
    let model = KnownModel(leaves: 1, size: 9)
    let found = try Self.checks(model, model.design(), draws: 4000)
    for arm in 0...1 {
      let eta = model.predictor(leaf: 0, trial: 1, isActive: arm == 1)
      let mean = try Self.check(found, .mean, 1, arm)
      #expect(abs(mean.replicatedMean - eta) < 5 * (2.0 / 3) / 4000.0.squareRoot())
      #expect(abs(mean.interval.upper - (eta + 1.96 * 2 / 3)) < 0.12)
      let sd = try Self.check(found, .sd, 1, arm)
      // c4(9) = √(2/8) Γ(4.5)/Γ(4).
      let half: Double = lgamma(4.5)
      let c4 = 0.25.squareRoot() * exp(half - lgamma(4))
      #expect(abs(sd.replicatedMean - 2 * c4) < 5 * 2 * (1 - c4 * c4).squareRoot() / 63)
      let quantile = Distributions.chiSquaredQuantile(0.975, df: 8)
      #expect(abs(sd.interval.upper - 2 * (quantile / 8).squareRoot()) < 0.12)
    }
  }

  // Participants drawn one by one are the witness; both means have standard errors of SD/√4000.
  @Test(
    "Covariates, weights and several leaves: the same as participants drawn one by one",
    arguments: [false, true])
  func oneByOne(weighted: Bool) throws {
    let model = KnownModel(covariates: 2)
    let data = model.design(weighted: weighted)
    let found = try Self.checks(model, data, draws: 4000)
    var stream = RandomStream(seed: 9, purpose: "one by one")
    for (trial, arm) in [(0, 1), (2, 0)] {
      let rows = (0..<data.design.rows).filter {
        Int(data.design.trial[$0]) == trial && Int(data.design.arm[$0]) == arm
      }
      let weights = rows.map { data.design.weights?[$0] ?? 1 }
      var (means, deviations): ([Double], [Double]) = ([], [])
      for _ in 0..<4000 {
        let outcomes = zip(rows, weights).map { row, w -> Double in
          var eta = model.predictor(
            leaf: Int(data.leaf[row]), trial: trial, isActive: arm == 1)
          for (c, column) in data.design.covariates.columns.enumerated() {
            eta += model.coefficient(c) * column[row]
          }
          return eta + 2 / w.squareRoot() * stream.normal()
        }
        let total = weights.reduce(0, +)
        let mean = zip(outcomes, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
        let squares = zip(outcomes, weights).reduce(0) {
          $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean)
        }
        means.append(mean)
        deviations.append((squares / Double(rows.count - 1)).squareRoot())
      }
      for (statistic, values) in [(PredictiveStatistic.mean, means), (.sd, deviations)] {
        let check = try Self.check(found, statistic, trial, arm)
        let error = (2.0 / 4000).squareRoot() * standardDeviation(values)
        #expect(abs(check.replicatedMean - Numerics.mean(values)) < 5 * error)
        let sorted = values.sorted()
        #expect(
          abs(check.interval.lower - quantile(sorted: sorted, 0.025))
            < 0.2 * standardDeviation(values))
        for (quartile, probability) in zip(check.quartiles, [0.25, 0.5, 0.75]) {
          #expect(
            abs(quartile - quantile(sorted: sorted, probability))
              < 0.12 * standardDeviation(values))
        }
      }
    }
  }

  // With the parameters known, p-values of a continuous statistic are uniform: the largest distance of 300
  // of them from uniform exceeds 1.95/√300 with probability 1e-3 (Kolmogorov).
  @Test("Data of the model: p-values are uniform", arguments: [0, 1])
  func uniform(covariates: Int) throws {
    let model = KnownModel(trials: 2, leaves: 1, size: 7, covariates: covariates)
    for statistic in [PredictiveStatistic.mean, .sd] {
      let values = try (0..<300).map { set in
        let found = try Self.checks(model, model.design(seed: UInt64(set)), draws: 500)
        return try Self.check(found, statistic, 1, 1).pValue
      }.sorted()
      let distance = values.enumerated().map { abs(Double($0 + 1) / 300 - $1) }.max() ?? 1
      #expect(distance < 1.95 / 300.0.squareRoot())
    }
  }

  @Test("Events: the share of replicates is binomial", arguments: [0, 2])
  func events(covariates: Int) throws {
    let model = KnownModel(size: 12, covariates: covariates, family: .binomial)
    let data = model.design()
    let found = try Self.checks(model, data, draws: 4000)
    let check = try Self.check(found, .events, 0, 1)
    let rows = (0..<data.design.rows).filter {
      data.design.trial[$0] == 0 && data.design.arm[$0] == 1
    }
    let risks = rows.map { row -> Double in
      var eta = model.predictor(leaf: Int(data.leaf[row]), trial: 0, isActive: true)
      for (c, column) in data.design.covariates.columns.enumerated() {
        eta += model.coefficient(c) * column[row]
      }
      return 1 / (1 + exp(-eta))
    }
    let expected = Numerics.mean(risks)
    let n = Double(rows.count)
    let variance = risks.reduce(0) { $0 + $1 * (1 - $1) } / (n * n)
    #expect(abs(check.replicatedMean - expected) < 5 * (variance / 4000).squareRoot())
    #expect(
      abs((check.interval.upper - expected) - 1.96 * variance.squareRoot()) < 1.01 / n + 0.02)
    #expect(check.observed == rows.reduce(0) { $0 + data.design.outcome[$1] } / n)
  }

  @Test("The same whatever the number of threads")
  func threads() throws {
    let model = KnownModel(covariates: 1)
    let data = model.design()
    let one = try Self.checks(model, data, draws: 900)
    #expect(one == (try Self.checks(model, data, draws: 900, threads: 3)))
    #expect(one.replicates == 900)
  }

  @Test("A floor, unequal SDs of the arms and a wrong mean are found and named")
  func wrongModels() throws {
    let model = KnownModel(size: 40)
    let right = try Self.checks(model, model.design(), draws: 2000)
    #expect(right.missed.isEmpty && right.bounds?.lower == nil)
    // A fifth of the participants has no complaints at all; mean and SD are about those of the model.
    var other = model
    other.center = 4
    let floor = other.design { eta, _, stream in
      stream.uniform() < 0.2 ? 0 : max(0, (eta + 1.5 * stream.normal()).rounded())
    }
    (other.center, other.sigma) = (3.2, 2.1)
    var found = try Self.checks(other, floor, draws: 2000)
    #expect(found.bounds?.lower == 0 && found.bounds?.step == 1)
    for arm in 0...1 {
      let check = try Self.check(found, .floor, nil, arm)
      #expect(found.missed.contains(check) && check.observed > check.replicatedMean + 0.05)
    }
    let spread = model.design { eta, isActive, stream in
      eta + (isActive ? 2.6 : 1.2) * stream.normal()
    }
    found = try Self.checks(model, spread, draws: 2000)
    #expect(found.missed.contains { $0.statistic == .sd && $0.trial == nil && $0.arm == 1 })
    let shifted = model.design { eta, isActive, stream in
      eta + (isActive ? 1 : 0) + 2 * stream.normal()
    }
    found = try Self.checks(model, shifted, draws: 2000)
    #expect(found.missed.contains { $0.statistic == .mean && $0.trial == nil && $0.arm == 1 })
    #expect(!found.missed.contains { $0.arm == 0 })
  }

  @Test("Events with fractional case weights have no replicates")
  func fractional() {
    let model = KnownModel(family: .binomial)
    let data = model.design()
    let design = Design(
      formula: "", outcomeName: "y", family: .binomial, outcome: data.design.outcome,
      weights: data.design.outcome.map { _ in 0.5 }, treatment: data.design.treatment,
      arm: data.design.arm, trialName: "trial", trials: data.design.trials,
      trial: data.design.trial, exclusions: data.design.exclusions)
    #expect(
      PredictiveChecks(design, model.models(data.leaf, model.posterior(draws: 10)), seed: 1)
        == nil)
  }
}
