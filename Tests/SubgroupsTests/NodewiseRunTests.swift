import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Posterior
import Sampling
import Testing
import Trees

@testable import Subgroups

/// Heterogeneity of each subgroup's own.
@Suite("Heterogeneity per subgroup")
struct NodewiseRunTests {
  /// Four trials and two subgroups given in advance; `shift` is added to the outcomes of the first one,
  /// unevenly.
  static func design(
    shift: Double = 0, prespecified: Bool = true, covariate: Bool = false, binomial: Bool = false
  ) -> Design {
    var stream = RandomStream(seed: 7, purpose: "nodewise")
    var (outcome, arm, trial, codes): ([Double], [UInt8], [Int32], [Int32]) = ([], [], [], [])
    var (x, covariates): ([Double], [Double]) = ([], [])
    for k in 0..<4 {
      let effect = 0.5 * stream.normal()
      for i in 0..<60 {
        let group = Int32(i % 2)
        let active = i % 4 < 2
        let noise = stream.normal()
        codes.append(group)
        x.append(group == 0 ? -stream.uniform() : stream.uniform())
        covariates.append(stream.normal())
        arm.append(active ? 1 : 0)
        trial.append(Int32(k))
        var y = Double(k) + (active ? effect + (group == 0 ? 2.5 : 0) : 0) + noise
        if group == 0 { y += shift * Double(i % 5) }
        outcome.append(binomial ? (y > 1.5 ? 1 : 0) : y)
      }
    }
    return Design(
      formula: "y ~ t | trial | x", outcomeName: "y", family: binomial ? .binomial : .gaussian,
      outcome: outcome, treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: arm, trialName: "trial", trials: ["A", "B", "C", "D"], trial: trial,
      covariates: covariate ? Covariates(names: ["z"], columns: [covariates]) : .none,
      partitioning: prespecified ? [] : [PartitioningVariable(name: "x", values: .numeric(x))],
      subgroups: prespecified
        ? SubgroupColumn(name: "g", codes: codes, levels: ["a", "b"]) : nil,
      exclusions: Exclusions(rows: 240, used: 240, counts: []))
  }

  /// Priors that do not depend on the data.
  static func priors() throws -> PriorSet {
    let file = """
      {"schema": "metamob.priors/1", "name": "absolute", "gaussian": {
        "intercept": {"family": "normal", "mean": 0, "sd": 10},
        "effect": {"family": "normal", "mean": 0, "sd": 3},
        "coefficient": {"family": "normal", "mean": 0, "sd": 3},
        "tau0": {"family": "half-normal", "scale": 1},
        "tau1": {"family": "half-normal", "scale": 0.5},
        "sigma": {"family": "half-normal", "scale": 2}},
       "binomial": {"effect": {"family": "normal", "mean": 0, "sd": 2.5}}}
      """
    return try PriorSet(data: Data(file.utf8), file: "absolute")
  }

  static func plan(
    _ heterogeneity: HeterogeneityChoice = .perSubgroup, _ method: Subgroups.Method = .metamobSI
  ) throws -> AnalysisPlan {
    var plan = AnalysisPlan(priors: try priors())
    plan.methods = [method]
    plan.heterogeneity = heterogeneity
    plan.sampling.warmup = 300
    plan.sampling.draws = 400
    plan.threads = 2
    return plan
  }

  static func run(_ design: Design, _ plan: AnalysisPlan) throws -> (Run, BayesianResult) {
    let run = try analyse(design, plan, in: AnalysisEnvironment()).runs[0]
    guard case .bayesian(let result) = run.fit else { throw NoPosterior() }
    return (run, result)
  }

  struct NoPosterior: Error {}

  private func draws(_ result: BayesianResult, _ name: String) throws -> [Double] {
    let place = try #require(result.draws.names.firstIndex(of: name), "\(name)")
    let count = result.draws.chains * result.draws.iterations
    return Array(result.draws.values[(place * count)..<((place + 1) * count)])
  }

  @Test(
    "A subgroup's posterior is that of its participants alone",
    arguments: [PosteriorSampler.hmc, .gibbs])
  func alone(sampler: PosteriorSampler) throws {
    let design = Self.design()
    var plan = try Self.plan()
    plan.sampling.sampler = sampler == .hmc ? .hmc : .gibbs
    let (run, result) = try Self.run(design, plan)
    #expect(run.tree.iterations == 1 && run.tree.converged && run.tree.robustToStart.isEmpty)
    for node in [2, 3] {
      let rows = run.tree.tree.node(node).rows.sorted()
      // The data of the subgroup as a design of their own, row by row.
      let part = Design(
        formula: "", outcomeName: "y", family: .gaussian,
        outcome: rows.map { design.outcome[Int($0)] }, treatment: design.treatment,
        arm: rows.map { design.arm[Int($0)] }, trialName: "trial", trials: design.trials,
        trial: rows.map { design.trial[Int($0)] }, exclusions: design.exclusions)
      let priors = try ResolvedPriors(plan.priors, for: part)
      let terms = Subgroups.Method.metamobSI.terms
      var samplerPlan = LeafSampling(
        method: .metamobSI, priors: priors, plan: plan, environment: AnalysisEnvironment()
      ).samplerPlan(part: NodePosteriors.part(rows))
      samplerPlan.threads = 1
      let expected = try GaussianPosterior(
        MarginalModel(
          ModelStatistics(part, leaf: [Int32](repeating: 0, count: part.rows), leaves: 1), terms,
          .integrated(priors.coefficients)), VariancePriors(priors, terms), plan: samplerPlan,
        sampler: sampler)
      #expect(try draws(result, "effect_\(node)") == expected.draws(of: .effect(leaf: 0)))
      #expect(try draws(result, "tau1_\(node)") == expected.tau[0])
      #expect(try draws(result, "sigma_\(node)") == expected.sigma)
      for k in 0..<4 {
        #expect(
          try draws(result, "trial_effect_\(node)_\(k + 1)") == expected.trialEffect(k, term: 0))
      }
    }
  }

  @Test("A subgroup's data have no influence on another one's posterior")
  func independent() throws {
    let plan = try Self.plan()
    let first = try Self.run(Self.design(), plan).1
    let second = try Self.run(Self.design(shift: 0.7), plan).1
    for name in ["effect_3", "tau1_3", "sigma_3", "intercept_3_2", "trial_effect_3_4"] {
      #expect(try draws(first, name) == draws(second, name))
    }
    #expect(try draws(first, "effect_2") != draws(second, "effect_2"))
    // Of 1600 draws: a correlation of independent draws exceeds 0.1 in 6 of 100,000 seeds.
    let (a, b) = (try draws(first, "effect_2"), try draws(first, "effect_3"))
    let (meanA, meanB) = (mean(a), mean(b))
    let product = a.indices.reduce(0) { $0 + (a[$1] - meanA) * (b[$1] - meanB) }
    let correlation =
      product / (standardDeviation(a) * standardDeviation(b) * Double(a.count - 1))
    #expect(abs(correlation) < 0.1)
    let contrast = try #require(first.contrasts.first)
    #expect(abs(contrast.difference.mean - (meanA - meanB)) < 1e-12)
  }

  @Test("Every node is sampled while the tree grows", arguments: [false, true])
  func growth(binomial: Bool) throws {
    var plan = try Self.plan(.perSubgroup, .metamobRI)
    plan.growth.minSize = 40
    let design = Self.design(prespecified: false, covariate: true, binomial: binomial)
    let (run, result) = try Self.run(design, plan)
    let leaves = run.tree.tree.leaves.map(\.id)
    #expect(leaves.count > 1)
    #expect(result.subgroups.map(\.node) == leaves)
    #expect(result.tau1 == nil && result.tau0 == nil && result.sigma == nil)
    #expect(result.diagnostics.divergences == 0)
    for node in result.subgroups + result.innerNodes {
      let own = try #require(node.heterogeneity)
      #expect(own.tau0 != nil && own.tau1 != nil && (own.sigma == nil) == binomial)
      #expect(node.likelihood?.effect.estimate != nil)
      #expect(node.likelihood?.variances?.tau.count == 2)
    }
    #expect(result.innerNodes.allSatisfy { $0.diagnostics != nil })
    let names = Set(result.parameters.map(\.name))
    for leaf in leaves {
      let own = [
        "effect_\(leaf)", "intercept_\(leaf)", "coef_\(leaf)_1", "trial_effect_\(leaf)_4",
        "trial_intercept_\(leaf)_1", "tau0_\(leaf)", "tau1_\(leaf)",
      ]
      #expect(names.isSuperset(of: own))
    }
    #expect(result.parameters.count == Set(result.parameters.map(\.name)).count)
    var other = plan
    other.threads = 1
    #expect(try Self.run(design, other).1.draws == result.draws)
  }

  @Test("A failure of any node is a failure, which is named")
  func failures() throws {
    var plan = try Self.plan()
    plan.sampling.warmup = 5
    plan.sampling.draws = 20
    let diagnostics = try Self.run(Self.design(), plan).1.diagnostics
    #expect(!diagnostics.converged)
    for node in 1...3 {
      #expect(diagnostics.problems.contains { $0.hasPrefix("node \(node): ") })
    }
  }

  @Test(
    "Without random terms there is nothing of one's own",
    arguments: [Subgroups.Method.mob, .mobSI, .palmtree])
  func withoutEffect(method: Subgroups.Method) throws {
    let shared = try Self.run(Self.design(), Self.plan(.shared, method)).1
    let own = try Self.run(Self.design(), Self.plan(.perSubgroup, method)).1
    #expect(own.draws == shared.draws)
    #expect(own.subgroups.allSatisfy { $0.heterogeneity == nil })
  }

  @Test("Pooled τ1", arguments: [false, true])
  func pooled(binomial: Bool) throws {
    let design = Self.design(binomial: binomial)
    let result = try Self.run(design, Self.plan(.perSubgroupPooled)).1
    #expect(result.diagnostics.divergences == 0)
    #expect(result.pooledHeterogeneity != nil)
    #expect(result.parameters.suffix(2).map(\.name) == ["tau1_mean", "tau1_sd"])
    #expect(result.records.count == 4)
    #expect(result.subgroups.allSatisfy { $0.heterogeneity?.tau1 != nil })
    #expect(result.logMarginalLikelihood == nil)
    #expect(try draws(result, "tau1_2").count == 1600)
    let named = try Self.run(Self.design(), Self.plan(.perSubgroupPooled, .mobRI)).1
    #expect(named.pooledHeterogeneity == nil)
  }

  @Test("Beside a tree by REML one warning says what is shared there")
  func compare() throws {
    var plan = try Self.plan(.perSubgroup)
    plan.estimators = [.reml, .bayes]
    let analysis = try analyse(Self.design(), plan, in: AnalysisEnvironment())
    #expect(analysis.warnings.count { $0.contains("--heterogeneity per-subgroup") } == 1)
  }

  @Test("Pooled effects", arguments: [false, true])
  func pooledEffects(binomial: Bool) throws {
    var plan = try Self.plan(.shared)
    let design = Self.design(binomial: binomial)
    let apart = try Self.run(design, plan).1
    plan.poolsEffects = true
    let result = try Self.run(design, plan).1
    let pooled = try #require(result.pooledEffects)
    #expect(result.diagnostics.divergences == 0)
    let names = result.parameters.map(\.name)
    #expect(names.contains("effect_mean") && names.contains("omega"))
    // Effects that differ by 2.5 are drawn together, and their mean is between them.
    let effects = result.subgroups.map(\.effect.mean)
    let difference = abs(effects[0] - effects[1])
    #expect(difference < abs(apart.subgroups[0].effect.mean - apart.subgroups[1].effect.mean))
    #expect(pooled.omega.mean > 0)
    #expect((effects[0] - pooled.mean.mean) * (effects[1] - pooled.mean.mean) < 0)
  }
}
