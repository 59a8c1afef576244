import Foundation
import Numerics
import TestSupport
import Testing

@testable import Posterior

/// Figures of R's loo 2.5.1 on fixed log likelihoods.
private struct LooFigures: Decodable {
  struct Loo: Decodable {
    struct Outcome: Decodable {
      struct Estimate: Decodable {
        let estimate: Double
        let se: Double
        enum CodingKeys: String, CodingKey {
          case estimate = "Estimate"
          case se = "SE"
        }
      }
      let estimates: [String: Estimate]
      let paretoK: [Double]
      let elpd: [Double]
      enum CodingKeys: String, CodingKey {
        case estimates
        case paretoK = "pareto_k"
        case elpd = "pointwise_elpd_loo"
      }
    }
    let plain: Outcome
    let efficient: Outcome
    let efficiency: [Double]
    let tailLengths: [Int]
    let firstLogWeights: [Double]
    enum CodingKeys: String, CodingKey {
      case plain = "r_eff_1"
      case efficient = "with_relative_eff"
      case efficiency = "relative_eff"
      case tailLengths = "psis_tail_len"
      case firstLogWeights = "psis_first_obs_log_weights_first_20_draws"
    }
  }
  let loo: Loo
}

@Suite("Leave-one-out against R's loo")
struct LeaveOneOutTests {
  private let agreement = AgreementNotes(.diagnostics, "leave-one-out of fixed log likelihoods")
  private let loo: LooFigures.Loo
  private let observations: [ChainValues]

  init() throws {
    let data = try #require(figure("diagnostics/reference.json"))
    loo = try JSONDecoder().decode(LooFigures.self, from: data).loo
    let table = try #require(FigureTable("diagnostics/loglik.csv"))
    observations = (1...60).map { ChainValues(values: table.numbers("obs\($0)"), chains: 4) }
  }

  private func compare(_ terms: [LeaveOneOut], with theirs: LooFigures.Loo.Outcome) throws {
    for (i, term) in terms.enumerated() {
      #expect(
        agreement.close("Pareto k", term.paretoK, theirs.paretoK[i], relative: 1e-6),
        "k of \(i + 1)")
      #expect(
        agreement.close("elpd of an observation", term.elpd, theirs.elpd[i], relative: 1e-6),
        "elpd of \(i + 1)")
    }
    let sum = LeaveOneOutSum(terms)
    let elpd = try #require(theirs.estimates["elpd_loo"])
    let effective = try #require(theirs.estimates["p_loo"])
    #expect(agreement.close("elpd_loo", sum.elpd, elpd.estimate, relative: 1e-6))
    #expect(
      agreement.close(
        "SE of elpd_loo", try #require(sum.standardError), elpd.se, relative: 1e-6))
    #expect(agreement.close("p_loo", sum.effectiveParameters, effective.estimate, relative: 1e-6))
    #expect(sum.unreliable == theirs.paretoK.count { $0 > 0.7 })
  }

  @Test("As many effective draws as there are")
  func independent() throws {
    #expect(loo.tailLengths.allSatisfy { SmoothedWeights.tailLength(4000, 1) == $0 })
    try compare(observations.map { LeaveOneOut($0, relativeEfficiency: 1) }, with: loo.plain)
  }

  @Test("Effective draws from the chains")
  func dependent() throws {
    for (i, observation) in observations.enumerated() {
      let efficiency = LeaveOneOut.relativeEfficiency(observation)
      #expect(close(efficiency, loo.efficiency[i], relative: 1e-6), "efficiency of \(i + 1)")
    }
    try compare(observations.map { LeaveOneOut($0) }, with: loo.efficient)
  }

  @Test("Weights of each draw")
  func weights() {
    let weights = SmoothedWeights(logRatios: observations[0].values.map { -$0 })
    let theirs = loo.firstLogWeights
    for (s, logarithm) in theirs.enumerated() {
      #expect(close(weights.logarithms[s], logarithm, relative: 1e-6), "draw \(s + 1)")
    }
    #expect(abs(weights.weights.reduce(0, +) - 1) < 1e-12)
  }

  @Test("The check of the specification: quadratic ratios of normal quantiles")
  func normalQuantiles() {
    let q = (1...1000).map { (i: Int) -> Double in
      Distributions.normalQuantile((Double(i) - 0.5) / 1000)
    }
    let weights = SmoothedWeights(logRatios: q.map { 0.3 * $0 * $0 })
    #expect(SmoothedWeights.tailLength(1000, 1) == 95)
    #expect(close(weights.paretoK, 0.54260464, relative: 1e-7))
    #expect(close(weights.weights.max() ?? 0, 0.0166830259, relative: 1e-7))
    let second = zip(weights.weights, q).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    #expect(close(second, 2.1417279368, relative: 1e-8))
  }

  @Test("Equal ratios are equal weights; too few draws are not smoothed")
  func degenerate() {
    let equal = SmoothedWeights(logRatios: [Double](repeating: -700, count: 100))
    #expect(equal.paretoK == 0)
    #expect(equal.weights.allSatisfy { abs($0 - 0.01) < 1e-15 })
    let few = SmoothedWeights(logRatios: [0, 1, 2, 3])
    #expect(few.paretoK == .infinity)
    #expect(close(few.weights[3] / few.weights[2], exp(1), relative: 1e-12))
  }
}
