import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// The maximum of the restricted likelihood and profile intervals against brute force.
@Suite struct RestrictedSurfaceTests {
  /// Small meta-analyses of every kind: K from 2 to 7, unequal sizes, effects from none to large.
  static func sample(_ seed: UInt64) -> SampleData {
    var stream = RandomStream(seed: seed, purpose: "surface")
    let trials = 2 + Int(seed % 6)
    let leaves = 1 + Int(seed % 2)
    let spread = [(0.0, 0.0), (0, 1), (1, 0), (2, 0.5), (0.2, 0.2), (5, 3)][Int(seed / 6 % 6)]
    var trial: [Int32] = []
    var arm: [UInt8] = []
    var leaf: [Int32] = []
    var outcome: [Double] = []
    for k in 0..<trials {
      let size = 6 + stream.integer(below: k == 0 ? 60 : 20)
      let shift = (spread.0 * stream.normal(), spread.1 * stream.normal())
      for i in 0..<size {
        let t = Double((i + k) % 2)
        trial.append(Int32(k))
        arm.append(UInt8(t))
        leaf.append(Int32(stream.integer(below: leaves)))
        outcome.append(shift.0 + t * shift.1 + stream.normal())
      }
    }
    return SampleData(
      trial: trial, arm: arm, leaf: leaf, outcome: outcome, trials: trials, leaves: leaves)
  }

  /// Ratios from 0 over 0.001 to 30.
  static let grid = [0] + (0...60).map { 0.001 * pow(30_000, Double($0) / 60) }

  @Test(arguments: [CoefficientTreatment.restricted, .profiled])
  func nothingOnAFineGridIsHigher(treatment: CoefficientTreatment) throws {
    for seed in 0..<72 as Range<UInt64> {
      let statistics = Self.sample(seed).statistics
      for terms in allTerms.dropLast(2) where terms.randomTerms > 0 {
        let maximiser = VarianceMaximiser(MarginalModel(statistics, terms, treatment))
        let found = try maximiser.maximum()
        let ratios = found.variances.tau.map { $0 / found.variances.sigma }
        #expect(
          close(try maximiser.profile(ratios).value, found.logLikelihood, relative: 1e-12))
        for first in Self.grid {
          for second in terms.randomTerms == 2 ? Self.grid : [0] {
            let value = try maximiser.profile(Array([first, second].prefix(terms.randomTerms)))
              .value
            #expect(
              value <= found.logLikelihood + 1e-9 * abs(found.logLikelihood),
              "seed \(seed), \(terms), θ = \(first), \(second), found \(ratios)")
          }
        }
      }
    }
  }

  // The density itself, whose coefficients are solved for anew at every ratio, is the other way there.
  @Test func coefficientsProjectedOutOnceLeaveTheSameCriterion() throws {
    var compared = 0
    for seed in 0..<72 as Range<UInt64> {
      let statistics = Self.sample(seed).statistics
      for terms in allTerms.dropLast(2) where terms.randomTerms > 0 {
        let maximiser = VarianceMaximiser(MarginalModel(statistics, terms, .restricted))
        guard
          let projected = ProjectedCriterion(
            maximiser.density, residualCount: maximiser.residualCount)
        else { continue }
        var differences: [Double] = []
        for (first, second) in [(0, 0), (0, 0.3), (0.1, 0), (0.04, 2), (1.7, 0.5), (7, 7)] {
          let ratios = Array([first, second].prefix(terms.randomTerms))
          let value = try #require(projected.value(ratios))
          differences.append(try maximiser.profile(ratios).value - value)
        }
        for difference in differences {
          #expect(abs(difference - differences[0]) < 1e-9 * (1 + abs(differences[0])))
        }
        compared += 1
      }
    }
    #expect(compared > 20)
    let profiled = MarginalModel(Self.sample(1).statistics, randomIntercept, .profiled)
    #expect(ProjectedCriterion(MarginalDensity(profiled), residualCount: 10) == nil)
  }

  // A maximum inside has no slope; one on the boundary falls from there.
  @Test func firstOrderConditions() throws {
    for seed in 0..<72 as Range<UInt64> {
      let statistics = Self.sample(seed).statistics
      for terms in allTerms.dropLast(2) where terms.randomTerms > 0 {
        let maximiser = VarianceMaximiser(MarginalModel(statistics, terms, .restricted))
        let found = try maximiser.maximum()
        var near = found.variances
        for r in near.tau.indices where near.tau[r] == 0 { near.tau[r] = 1e-4 * near.sigma }
        _ = maximiser.density.evaluate(near, gradient: true)
        for (r, slope) in maximiser.density.gradientTau.enumerated() {
          let isInside = found.variances.tau[r] > 0
          let scaled = slope * near.sigma
          #expect(isInside ? abs(scaled) < 1e-5 : scaled < 1e-9, "seed \(seed), \(terms), τ\(r)")
          #expect(isInside || found.isSingular)
        }
      }
    }
  }

  // Three large trials that agree and eight small ones that do not: two maxima of the restricted
  // likelihood, near zero and far from it. Their heights change places with the small trials' spread.
  @Test(arguments: [(2.0, false), (2.2, true)])
  func twoMaxima(spread: Double, isFar: Bool) throws {
    let statistics = Self.twoKinds(spread).statistics
    let maximiser = VarianceMaximiser(MarginalModel(statistics, stratified, .restricted))
    let values = try Self.grid.map { try maximiser.profile([$0]).value }
    let peaks = values.indices.dropFirst().dropLast().filter {
      values[$0] > values[$0 - 1] && values[$0] > values[$0 + 1]
    }
    #expect(peaks.count + (values[0] > values[1] ? 1 : 0) == 2)
    let found = try maximiser.maximum()
    #expect((found.variances.tau[0] > 0.5) == isFar)
    #expect(found.logLikelihood >= (values.max() ?? 0))
  }

  /// Trials whose arm means and standard deviations are given, not drawn.
  static func twoKinds(_ spread: Double) -> SampleData {
    let effects = [0.02, -0.02, 0] + [1, -1, 0.8, -0.8, 1.2, -1.2, 0.9, -0.9].map { $0 * spread }
    var data = SampleData(trial: [], arm: [], leaf: [], outcome: [], trials: 11, leaves: 1)
    for (k, effect) in effects.enumerated() {
      let size = k < 3 ? 400 : 2
      for i in 0..<(2 * size) {
        let t = i % 2
        data.trial.append(Int32(k))
        data.arm.append(UInt8(t))
        data.leaf.append(0)
        data.outcome.append((i / 2 % 2 == 0 ? 1 : -1) + Double(t) * effect)
      }
    }
    return data
  }

  // Any unit of measurement gives the same ratios, coefficients and degrees of freedom in its terms.
  @Test(arguments: [1e-6, 1e6]) func unitOfTheOutcome(unit: Double) throws {
    for seed in [3, 10, 28, 34] as [UInt64] {
      let data = Self.sample(seed)
      var other = data
      other.outcome = data.outcome.map { $0 * unit }
      for terms in [randomIntercept, stratified] {
        let models = [data, other].map { MarginalModel($0.statistics, terms, .restricted) }
        let fits = try models.map { try MixedModelFit($0) }
        for (a, b) in zip(fits[0].estimate.variances.tau, fits[1].estimate.variances.tau) {
          #expect(close(a * unit, b, relative: 1e-6, absolute: 1e-9 * unit))
        }
        for (a, b) in zip(fits[0].fixed, fits[1].fixed) {
          let error = try #require(a.standardError)
          #expect(abs(try #require(b.estimate) / unit - (try #require(a.estimate))) < 1e-6 * error)
          #expect(
            close(try #require(a.satterthwaite), try #require(b.satterthwaite), relative: 1e-4))
        }
        for term in 0..<terms.randomTerms {
          let limits = try zip(models, fits).map {
            try VarianceMaximiser($0).interval(ofTerm: term, around: $1.estimate, level: 0.95)
          }
          #expect(close(limits[0].lower * unit, limits[1].lower, relative: 1e-5))
          #expect(close(limits[0].upper * unit, limits[1].upper, relative: 1e-5))
        }
      }
    }
  }

  /// The largest value of a function with one peak between two points, by golden section.
  static func peak(from a: Double, to b: Double, _ f: (Double) -> Double) -> Double {
    let golden = (5.0.squareRoot() - 1) / 2
    var (a, b) = (a, b)
    var (c, d) = (b - golden * (b - a), a + golden * (b - a))
    var (fc, fd) = (f(c), f(d))
    for _ in 0..<50 {
      if fc > fd {
        (b, d, fd) = (d, c, fc)
        c = b - golden * (b - a)
        fc = f(c)
      } else {
        (a, c, fc) = (c, d, fd)
        d = a + golden * (b - a)
        fd = f(d)
      }
    }
    return max(fc, fd)
  }

  /// The restricted log-likelihood at τ, maximised over σ by golden section, and over the other τ on
  /// a grid and by golden section about its best point.
  static func profile(_ density: MarginalDensity, term: Int, at tau: Double) -> Double {
    let q = density.model.terms.randomTerms
    func overSigma(_ other: Double) -> Double {
      var all = [Double](repeating: other, count: q)
      all[term] = tau
      return peak(from: -4, to: 4) { density.evaluate(Variances(sigma: exp($0), tau: all)) }
    }
    guard q == 2 else { return overSigma(0) }
    let values = grid.map(overSigma)
    let best = values.indices.max { values[$0] < values[$1] } ?? 0
    let inside = peak(
      from: grid[max(best - 1, 0)], to: grid[min(best + 1, grid.count - 1)], overSigma)
    return max(values[best], inside)
  }

  // The likelihood at each limit has fallen by half the χ² quantile, 1.920729 at 95 %, or the limit is
  // zero and it has not fallen so far there.
  @Test(arguments: [100, 101, 102, 103, 108, 109, 115, 122, 127, 134, 144, 147] as [UInt64])
  func profileInterval(seed: UInt64) throws {
    let statistics = Self.sample(seed).statistics
    for terms in [randomIntercept, stratified] {
      let model = MarginalModel(statistics, terms, .restricted)
      let maximiser = VarianceMaximiser(model)
      let estimate = try maximiser.maximum()
      let density = MarginalDensity(model)
      for term in 0..<terms.randomTerms {
        let limits = try maximiser.interval(ofTerm: term, around: estimate, level: 0.95)
        let target = estimate.logLikelihood - 1.920729410347062
        #expect(limits.lower <= estimate.variances.tau[term])
        #expect(limits.upper > estimate.variances.tau[term])
        let atLower = Self.profile(density, term: term, at: limits.lower)
        if limits.lower == 0 {
          #expect(atLower >= target - 1e-6, "seed \(seed), \(terms), lower")
        } else {
          #expect(abs(atLower - target) < 1e-5, "seed \(seed), \(terms), lower")
        }
        if limits.upper == .infinity {
          #expect(Self.profile(density, term: term, at: 1e4) > target - 1e-6)
        } else {
          let atUpper = Self.profile(density, term: term, at: limits.upper)
          #expect(abs(atUpper - target) < 1e-5, "seed \(seed), \(terms), upper \(limits.upper)")
        }
      }
    }
  }
}
