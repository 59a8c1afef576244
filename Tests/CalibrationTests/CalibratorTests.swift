import Designs
import Foundation
import Inference
import Testing

@testable import Calibration

/// Short calibrations.
///
/// Under a right sampler each fails with a probability of at most `alpha`, whatever its
/// number of checks, if the seed is drawn anew; the seed is fixed.
@Suite("Simulation-based calibration, short")
struct CalibratorTests {
  static let alpha = 0.002
  static let plan = {
    var plan = CalibrationPlan(replicates: 200, draws: 19, warmup: 150, seed: 20)
    plan.threads = 2
    return plan
  }()

  /// Both families, both samplers.
  static let cases = [
    "gaussian-ri-3", "gaussian-si-3", "gaussian-correlated-3", "binomial-ri-3-moderate",
    "binomial-si-3", "gaussian-ri-pool-effects-3", "gaussian-ri-per-subgroup-pooled-3",
    "binomial-si-pool-effects-3-moderate",
  ].flatMap { name in PosteriorSampler.allCases.map { (name, $0) } }

  private static func scenario(_ name: String) throws -> Scenario {
    try #require(Scenario.all.first { $0.name == name })
  }

  @Test("Every sampler is calibrated for every quantity", arguments: cases)
  func calibrated(name: String, sampler: PosteriorSampler) throws {
    let scenario = try Self.scenario(name)
    let table = try Calibrator(scenario, sampler, Self.plan).run()
    let verdict = CalibrationVerdict([table], level: Self.alpha)
    #expect(verdict.checks.filter { !$0.passes }.map(\.quantity) == [])
    #expect(table.failed == 0)
    // Half as long chains would do for most fits; nearly all must have reached their effective size.
    #expect(table.dependent <= 2)
    #expect(table.rows.allSatisfy { $0.counts.reduce(0, +) == 200 })
  }

  // MARK: Wrong samplers are caught

  private static func failures(
    _ name: String, _ source: (Scenario, ResolvedPriors) -> any PosteriorSource
  ) throws -> [String] {
    let scenario = try scenario(name)
    let table = try Calibrator(scenario, plan) { source(scenario, $0) }.run()
    return CalibrationVerdict([table], level: alpha).checks.filter { !$0.passes }.map(\.quantity)
  }

  private static func spoilt(
    _ name: String, _ spoil: @escaping @Sendable ([JointParameters]) -> [JointParameters]
  ) throws -> [String] {
    try failures(name) { SpoiltSampler(base: ModelSampler(.gibbs, $1), spoil: spoil) }
  }

  @Test("A prior of τ1 with twice the scale", arguments: PosteriorSampler.allCases)
  func widePrior(sampler: PosteriorSampler) throws {
    let set = try PriorSet(
      data: Data(
        """
        {"schema": "metamob.priors/1", "name": "wide", "gaussian": {
          "effect": {"family": "normal", "mean": 0, "sd": 2.5},
          "intercept": {"family": "normal", "mean": 0, "sd": 10},
          "tau1": {"family": "half-normal", "scale": 1}}}
        """.utf8), file: "wide")
    let wide = try ResolvedPriors(set, .gaussian, OutcomeScale(covariateSDs: []))
    let failures = try Self.failures("gaussian-ri-3") { _, priors in
      #expect(priors.tau1 == .halfNormal(scale: 0.5))
      #expect(wide.tau0 == priors.tau0 && wide.coefficients == priors.coefficients)
      return ModelSampler(sampler, wide)
    }
    #expect(failures.contains("tau1"))
  }

  @Test("A density without the Jacobian of a coordinate")
  func jacobian() throws {
    let failures = try Self.failures("gaussian-ri-3-other-families") {
      JacobianForgetter(priors: $1)
    }
    #expect(failures.contains("tau1"))
  }

  @Test("σ² in place of σ")
  func variance() throws {
    let failures = try Self.spoilt("gaussian-si-3") { draws in
      draws.map {
        var draw = $0
        draw.sigma[0] *= draw.sigma[0]
        return draw
      }
    }
    #expect(failures.contains("sigma"))
  }

  @Test("Effects that are 30 % too certain")
  func certain() throws {
    let failures = try Self.spoilt("gaussian-ri-3") { draws in
      let mean = draws.reduce(0) { $0 + $1.coefficients[0] } / Double(draws.count)
      return draws.map {
        var draw = $0
        draw.coefficients[0] = mean + 0.7 * (draw.coefficients[0] - mean)
        return draw
      }
    }
    #expect(failures.contains("effect_2"))
  }

  @Test("Right draws of each parameter, but of no joint posterior: only the likelihood tells")
  func shuffled() throws {
    let failures = try Self.spoilt("gaussian-ri-3") { draws in
      draws.indices.map { s in
        var draw = draws[s]
        draw.trialEffects = draws[(s + draws.count / 2) % draws.count].trialEffects
        return draw
      }
    }
    #expect(failures == ["log_likelihood"])
  }

  @Test("A sampler that ignores the data: only the likelihood tells")
  func prior() throws {
    let failures = try Self.failures("gaussian-si-3") { PriorSampler(scenario: $0, priors: $1) }
    #expect(failures == ["log_likelihood"])
  }

  @Test("A sampler that does not move is called dependent, and caught")
  func stuck() throws {
    var plan = Self.plan
    plan.replicates = 30
    let scenario = try Self.scenario("gaussian-palmtree-3")
    let table = try Calibrator(scenario, plan) { priors in
      SpoiltSampler(base: ModelSampler(.gibbs, priors)) { draws in
        [JointParameters](repeating: draws[0], count: draws.count)
      }
    }.run()
    #expect(table.dependent == 30)
    #expect(!CalibrationVerdict([table]).passes)
  }

  // MARK: Streams

  @Test("Ranks depend on seed, scenario and sampler, not on threads", arguments: cases.prefix(2))
  func threads(name: String, sampler: PosteriorSampler) throws {
    let scenario = try Self.scenario(name)
    var plan = CalibrationPlan(replicates: 12, draws: 19, warmup: 150, seed: 3)
    let one = try Calibrator(scenario, sampler, plan).run()
    plan.threads = 3
    #expect(try Calibrator(scenario, sampler, plan).run() == one)
    plan.seed = 4
    #expect(try Calibrator(scenario, sampler, plan).run().rows != one.rows)
  }

  @Test("More replicates contain fewer")
  func prefix() throws {
    let scenario = try Self.scenario("gaussian-si-3")
    let few = try Calibrator(scenario, .hmc, CalibrationPlan(replicates: 8, draws: 19)).run()
    let more = try Calibrator(scenario, .hmc, CalibrationPlan(replicates: 16, draws: 19)).run()
    for (a, b) in zip(few.rows, more.rows) {
      #expect(zip(a.counts, b.counts).allSatisfy { $0 <= $1 })
    }
  }

  @Test("Fits that fail are counted, and are no evidence for the sampler")
  func failing() throws {
    let scenario = try Self.scenario("gaussian-si-3")
    let plan = CalibrationPlan(replicates: 4, draws: 19)
    let table = try Calibrator(scenario, plan) { _ in FailingSampler() }.run()
    #expect(table.failed == 4)
    #expect(!CalibrationVerdict([table]).passes)
  }
}
