import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Posterior
import Sampling
import Subgroups
import Testing
import Trees

@testable import Evidence

/// Leave-one-out by participant and by trial.
@Suite struct PredictionTests {
  private func plan(_ heterogeneity: HeterogeneityChoice = .shared) throws -> AnalysisPlan {
    var plan = AnalysisPlan(priors: try PriorSet.weaklyInformative())
    plan.sampling.chains = 2
    plan.sampling.warmup = 300
    plan.sampling.draws = 500
    plan.heterogeneity = heterogeneity
    return plan
  }

  private func analysis(
    _ data: SmallTrials, _ method: Subgroups.Method, _ heterogeneity: HeterogeneityChoice = .shared,
    pooling: Bool = false
  ) throws -> Analysis {
    var plan = try plan(heterogeneity)
    plan.methods = [method]
    plan.poolsEffects = pooling
    return try analyse(
      data.design.withSubgroups(data.leaf, levels: (0..<data.leaves).map { "\($0)" }), plan,
      in: AnalysisEnvironment())
  }

  private static let cases: [(Family, Subgroups.Method, HeterogeneityChoice, Bool)] = [
    (.gaussian, .metamobSI, .shared, false), (.gaussian, .metamobRI, .perSubgroup, false),
    (.gaussian, .palmtree, .shared, false), (.gaussian, .metamobSI, .perSubgroupPooled, false),
    (.gaussian, .mobRI, .shared, true), (.binomial, .metamobRI, .shared, false),
    (.binomial, .metamobSI, .perSubgroup, false), (.binomial, .mob, .shared, true),
  ]

  /// Every participant by itself, from the draws as the files name them.
  @Test(arguments: cases.indices)
  func sumsOverParticipants(place: Int) throws {
    let (family, method, heterogeneity, pooling) = Self.cases[place]
    let data = SmallTrials(
      family: family, trials: 3, leaves: 2, size: 3, weighted: place % 2 == 0, covariates: 1,
      seed: UInt64(20 + place))
    var analysis = try analysis(data, method, heterogeneity, pooling: pooling)
    let evidence = weigh(&analysis)
    let found = try #require(evidence.runs[0]?.participants)
    guard case .bayesian(let result) = analysis.runs[0].fit else { throw CancellationError() }
    let own = heterogeneity != .shared
    func draws(_ name: String) -> [Double]? {
      result.draws.index(of: name).map { Array(result.draws.variable($0)) }
    }
    var terms: [LeaveOneOut] = []
    let design = data.design
    for row in 0..<design.rows {
      let (node, k) = (Int(data.leaf[row]) + 2, Int(design.trial[row]) + 1)
      let scope = own ? "\(node)_" : ""
      let names = [
        "intercept_\(node)", "intercept_\(node)_\(k)", "trial_fixed_\(k)",
        "trial_intercept_\(scope)\(k)",
      ]
      let active = design.arm[row] == 1 ? ["effect_\(node)", "trial_effect_\(scope)\(k)"] : []
      let parts = (names + active).compactMap(draws)
      let slope = try #require(draws("coef_\(scope)1"))
      let x = design.covariates.columns[0][row]
      let sigma = draws(own ? "sigma_\(node)" : "sigma")
      let weight = design.weights?[row] ?? 1
      let values = slope.indices.map { s -> Double in
        let eta = parts.reduce(x * slope[s]) { $0 + $1[s] }
        guard let sigma else {
          let risk = 1 / (1 + exp(-eta))
          return weight * log(design.outcome[row] == 1 ? risk : 1 - risk)
        }
        return Distributions.logNormal(
          design.outcome[row], mean: eta, sd: sigma[s] / weight.squareRoot())
      }
      terms.append(LeaveOneOut(ChainValues(values: values, chains: 2)))
    }
    let sum = LeaveOneOutSum(terms)
    #expect(abs(found.elpd - sum.elpd) < 1e-7 * abs(sum.elpd))
    #expect(abs(found.effectiveParameters - sum.effectiveParameters) < 1e-6)
    #expect(abs((found.standardError ?? 0) / (sum.standardError ?? 1) - 1) < 1e-7)
    #expect(found.unreliable == sum.unreliable)
    #expect(found.participants == design.rows)
    #expect(found.histogram.counts.reduce(0, +) == design.rows)
    let largest = terms.map(\.paretoK).sorted(by: >).prefix(20)
    for (a, b) in zip(found.largest, largest) { #expect(abs(a.paretoK - b) < 1e-6) }
  }

  /// The exact figure: each participant in turn has no part in the marginal likelihood.
  ///
  /// The Monte-Carlo error of the sum at 1000 draws is about 0.1; half a nat is a real difference.
  @Test func agreesWithQuadratureWithoutEachParticipant() throws {
    let data = SmallTrials(trials: 3, leaves: 2, size: 4, seed: 31)
    var analysis = try analysis(data, .metamobSI)
    let found = try #require(weigh(&analysis).runs[0]?.participants)
    let model = RunModel(
      analysis.design, analysis.runs[0].tree.tree, .metamobSI, analysis.plan, try data.priors)
    let marginal = MarginalLikelihood(model: model)
    let rows = (0..<Int32(data.design.rows)).map { $0 }
    let all = try #require(marginal.value(of: rows))
    let exact = try rows.reduce(0.0) { sum, row in
      sum + all - (try #require(marginal.value(of: rows.filter { $0 != row })))
    }
    #expect(abs(found.elpd - exact) < 0.5, "\(found.elpd) \(exact)")
  }

  /// The active arm of each trial by the definition.
  @Test(arguments: [Subgroups.Method.metamobSI, .mobRI])
  func predictsActiveArmsAsDenseMatrices(method: Subgroups.Method) throws {
    let data = SmallTrials(trials: 3, leaves: 2, size: 2, seed: 32)
    let model = RunModel(data.design, data.tree(), method, try plan(), try data.priors)
    let found = try #require(TrialPrediction(model))
    #expect(found.trials.map(\.trial) == [0, 1, 2])
    let scale = OutcomeScale(data.design)
    func value(_ rows: [Int32]) throws -> Double {
      try DenseLikelihood(
        data.design.restricted(to: rows), leaf: rows.map { data.leaf[Int($0)] }, leaves: 2, method,
        unit: scale.withinArmSD, center: scale.outcomeMean, spread: scale.outcomeSD
      ).value()
    }
    let rows = (0..<Int32(data.design.rows)).map { $0 }
    let all = try value(rows)
    for trial in found.trials {
      let kept = rows.filter {
        data.design.trial[Int($0)] != trial.trial || data.design.arm[Int($0)] == 0
      }
      #expect(trial.active == rows.count - kept.count)
      #expect(abs(try #require(trial.elpd) - (all - (try value(kept)))) < 2e-5)
    }
    #expect(found.standardError == nil)
  }

  /// The tree of a node's own heterogeneity is the sum over its leaves.
  @Test func sumsOverLeavesOfTheirOwn() throws {
    let data = SmallTrials(trials: 3, leaves: 2, size: 3, seed: 33)
    let run = RunModel(
      data.design, data.tree(), .metamobSI, try plan(.perSubgroup), try data.priors)
    let rows = (0..<Int32(data.design.rows)).map { $0 }
    let whole = try #require(MarginalLikelihood(model: run).value(of: rows))
    let parts = try (0..<2).map { j in
      try #require(
        MarginalLikelihood(model: run).value(of: rows.filter { data.leaf[Int($0)] == j }))
    }
    #expect(abs(whole - parts[0] - parts[1]) < 1e-9)
  }

  /// Much data: left out unasked, with a word about it, and not where it is not wanted.
  @Test func choice() throws {
    #expect(LeaveOneOutChoice.auto.isComputed(participants: 5000, draws: 4000))
    #expect(!LeaveOneOutChoice.auto.isComputed(participants: 5001, draws: 4000))
    #expect(LeaveOneOutChoice.on.isComputed(participants: 5001, draws: 4000))
    let data = SmallTrials(trials: 3, leaves: 2, size: 3, seed: 34)
    var analysis = try analysis(data, .mobSI)
    let none = weigh(&analysis, leaveOneOut: .off).runs[0]
    #expect(none?.participants == nil && none?.trials == nil)
    #expect(none?.splits.count == 1)
    let both = weigh(&analysis, leaveOneOut: .on).runs[0]
    #expect(both?.participants != nil && both?.trials != nil)
  }
}
