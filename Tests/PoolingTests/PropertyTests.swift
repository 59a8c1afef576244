import Foundation
import Inference
import MixedModels
import Pooling
import Posterior
import TestSupport
import Testing

/// What must hold whatever the figures are.
@Suite("Properties of pooling")
struct PropertyTests {
  static let estimates = [
    StudyEstimate(study: "A", estimate: -0.42, se: 0.2),
    StudyEstimate(study: "B", estimate: 0.05, se: 0.15),
    StudyEstimate(study: "C", estimate: -0.91, se: 0.35),
    StudyEstimate(study: "D", estimate: -0.3, se: 0.6),
  ]

  /// One prior of each family.
  static let families: [HeterogeneityPrior?] = [
    .halfNormal(scale: 0.5), .halfT(df: 3, scale: 0.5), .halfCauchy(scale: 0.5),
    .exponential(rate: 2), .uniform(lower: 0, upper: 2), .uniform(lower: 0.1, upper: 2),
    .halfLogistic(scale: 0.4), .lomax(shape: 1, scale: 0.3),
    .logNormal(meanlog: -1.975, sdlog: 0.67), .logT(df: 5, location: -1.4, scale: 0.8),
    .logT(df: 1, location: -1.4, scale: 0.8), .fixed(0.3), .fixed(0), nil,
  ]

  private func priors(_ heterogeneity: HeterogeneityPrior?, sd: Double = 4) -> PoolingPriors {
    PoolingPriors(mean: .init(mean: 0.2, sd: sd), heterogeneity: heterogeneity)
  }

  /// All figures of a posterior in one row, those on the scale of the estimates with the power of the
  /// scale that they have, and whether a shift of the estimates shifts them.
  private func figures(
    _ pooled: PooledEstimates
  ) -> [(name: String, value: Double?, power: Double, shifts: Bool)] {
    var rows: [(String, Double?, Double, Bool)] = []
    func add(_ name: String, _ figures: PosteriorFigures, _ shifts: Bool) {
      rows += [
        (name + " mean", figures.mean, 1, shifts), (name + " sd", figures.sd, 1, false),
        (name + " median", figures.median, 1, shifts), (name + " mode", figures.mode, 1, shifts),
        (name + " lower", figures.central.lower, 1, shifts),
        (name + " upper", figures.central.upper, 1, shifts),
        (name + " shortest lower", figures.shortest.lower, 1, shifts),
        (name + " shortest upper", figures.shortest.upper, 1, shifts),
      ]
    }
    add("mu", pooled.bayes.mean, true)
    add("tau", pooled.bayes.heterogeneity, false)
    add("new", pooled.bayes.newStudy, true)
    for (index, figures) in pooled.bayes.shrinkage.enumerated() { add("\(index)", figures, true) }
    rows.append(("tau = 0", pooled.bayes.bayesFactorHomogeneity, 0, false))
    for estimate in pooled.classical {
      rows += [
        ("\(estimate.method)", estimate.mean, 1, true),
        ("\(estimate.method) se", estimate.se, 1, false),
        ("\(estimate.method) tau2", estimate.squaredTau, 2, false), ("Q", estimate.q, 0, false),
        ("I2", estimate.inconsistency, 0, false),
      ]
    }
    return rows
  }

  /// Modes and shortest intervals rest on derivatives of the density, which have 1e-8 of their digits.
  private func expectEqual(
    _ left: PooledEstimates, _ right: PooledEstimates, scale: Double = 1, shift: Double = 0
  ) {
    for (a, b) in zip(figures(left), figures(right)) {
      let wanted = a.value.map { $0 * pow(scale, a.power) + (a.shifts ? shift : 0) }
      switch (wanted, b.value) {
      case (nil, nil): break
      case (let wanted?, let value?):
        #expect(
          close(value, wanted, relative: 1e-7, absolute: 1e-7 * pow(scale, a.power)),
          "\(a.name): \(value), \(wanted)")
      default:
        Issue.record("\(a.name): \(String(describing: wanted)) and \(String(describing: b.value))")
      }
    }
  }

  @Test("The order of studies does not matter", arguments: families)
  func permutation(_ family: HeterogeneityPrior?) throws {
    let order = [2, 0, 3, 1]
    let first = try pool(Self.estimates, priors: priors(family))
    let second = try pool(order.map { Self.estimates[$0] }, priors: priors(family))
    #expect(close(first.bayes.mean.median, second.bayes.mean.median, relative: 1e-12))
    #expect(
      close(first.bayes.heterogeneity.median, second.bayes.heterogeneity.median, relative: 1e-10))
    for (place, index) in order.enumerated() {
      let (a, b) = (first.bayes.shrinkage[index], second.bayes.shrinkage[place])
      #expect(close(a.median, b.median, relative: 1e-10, absolute: 1e-12))
    }
  }

  @Test("A shift of all estimates shifts what has a place", arguments: families)
  func shift(_ family: HeterogeneityPrior?) throws {
    let moved = Self.estimates.map {
      StudyEstimate(study: $0.study, estimate: $0.estimate + 3.25, se: $0.se)
    }
    let flat = priors(family, sd: .infinity)
    expectEqual(
      try pool(Self.estimates, priors: flat), try pool(moved, priors: flat), shift: 3.25)
  }

  @Test("Another unit of measurement changes no conclusion", arguments: [1e-6, 0.37, 1e5])
  func scale(_ unit: Double) throws {
    let moved = Self.estimates.map {
      StudyEstimate(study: $0.study, estimate: $0.estimate * unit, se: $0.se * unit)
    }
    let pairs: [(HeterogeneityPrior, HeterogeneityPrior)] = [
      (.halfNormal(scale: 0.5), .halfNormal(scale: 0.5 * unit)),
      (.halfCauchy(scale: 0.5), .halfCauchy(scale: 0.5 * unit)),
      (.uniform(lower: 0.1, upper: 2), .uniform(lower: 0.1 * unit, upper: 2 * unit)),
      (.logT(df: 5, location: -1, scale: 0.7), .logT(df: 5, location: -1 + log(unit), scale: 0.7)),
    ]
    for (first, second) in pairs {
      let (a, b) = (priors(first, sd: .infinity), priors(second, sd: .infinity))
      let left = try pool(Self.estimates, priors: a)
      expectEqual(left, try pool(moved, priors: b), scale: unit)
    }
    let left = try pool(Self.estimates, priors: SourcedPriors.unitFree(Self.estimates).priors)
    let right = try pool(moved, priors: SourcedPriors.unitFree(moved).priors)
    expectEqual(left, right, scale: unit)
  }

  @Test("A known tau of 0 is the equal-effects estimate")
  func equalEffects() throws {
    let pooled = try pool(Self.estimates, priors: priors(.fixed(0), sd: .infinity))
    let classical = try #require(pooled.classical(.equalEffects, hartungKnapp: false))
    let mean = pooled.bayes.mean
    #expect(close(try #require(mean.mean), classical.mean, relative: 1e-13))
    #expect(close(try #require(mean.sd), classical.se, relative: 1e-13))
    #expect(close(mean.central.lower, classical.interval.lower, relative: 1e-10))
    #expect(close(mean.shortest.upper, classical.interval.upper, relative: 1e-7))
    #expect(pooled.bayes.bayesFactorHomogeneity == 1)
    #expect(pooled.bayes.heterogeneity.shortest == Interval(lower: 0, upper: 0))
  }

  /// The τ that is known with certainty is the limit of ever narrower priors.
  @Test("A narrow prior is a known tau")
  func narrow() throws {
    let known = try pool(Self.estimates, priors: priors(.fixed(0.3)))
    let narrow = try pool(
      Self.estimates, priors: priors(.logNormal(meanlog: log(0.3), sdlog: 1e-5)))
    // A spread of 1e-5 of τ moves figures by its square, and those of τ itself.
    #expect(close(known.bayes.mean.median, narrow.bayes.mean.median, relative: 1e-6))
    #expect(close(narrow.bayes.heterogeneity.median, 0.3, relative: 1e-5))
    #expect(
      close(
        try #require(known.bayes.logMarginalLikelihood),
        try #require(narrow.bayes.logMarginalLikelihood), relative: 1e-7))
  }

  @Test("Posterior quantities keep their order", arguments: families)
  func order(_ family: HeterogeneityPrior?) throws {
    let bayes = try pool(Self.estimates, priors: priors(family), level: 0.8).bayes
    for figures in [bayes.mean, bayes.heterogeneity, bayes.newStudy] + bayes.shrinkage {
      #expect(figures.central.lower <= figures.median && figures.median <= figures.central.upper)
      let central = figures.central.upper - figures.central.lower
      let shortest = figures.shortest.upper - figures.shortest.lower
      #expect(shortest <= central * (1 + 1e-9))
      #expect(figures.mode.isFinite && (figures.mean ?? 0).isFinite && (figures.sd ?? 0).isFinite)
    }
    #expect((0...1).contains(bayes.probabilityBelowZero))
  }
}
