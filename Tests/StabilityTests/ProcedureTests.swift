import Designs
import Inference
import Posterior
import Subgroups
import Testing
import Trees

@testable import Stability

/// A procedure applied to one data set gives what the analysis of it reports.
@Suite struct ProcedureTests {
  /// The settings that a Bayesian procedure may have.
  static let choices: [(name: String, change: @Sendable (inout AnalysisPlan) -> Void)] = [
    ("shared", { _ in }),
    ("by Gibbs", { $0.sampling.sampler = .gibbs }),
    ("per subgroup", { $0.heterogeneity = .perSubgroup }),
    ("per subgroup, pooled", { $0.heterogeneity = .perSubgroupPooled }),
    ("pooled effects", { $0.poolsEffects = true }),
    (
      "correlated",
      {
        $0.methods = [.metamobRI]
        $0.isCorrelated = true
      }
    ),
    (
      "correlated per subgroup",
      {
        $0.methods = [.metamobRI]
        $0.isCorrelated = true
        $0.heterogeneity = .perSubgroupPooled
      }
    ),
    ("rp", { $0.methods = [.rp] }),
    (
      "rp per subgroup",
      {
        $0.methods = [.rp]
        $0.heterogeneity = .perSubgroup
      }
    ),
    ("palmtree", { $0.methods = [.palmtree] }),
    (
      "mob, which has nothing of its own",
      {
        $0.methods = [.mob]
        $0.heterogeneity = .perSubgroup
      }
    ),
  ]

  /// The same tree, and from the same draws the same figures to the last bit.
  @Test(arguments: choices.indices, [Family.gaussian, .binomial])
  func isTheAnalysis(choice: Int, family: Family) throws {
    let (name, change) = Self.choices[choice]
    var plan = try ResamplerTests.plan(.bayes).analysis
    plan.sampling.warmup = 40
    plan.sampling.draws = 20
    plan.growth.start = .zero
    change(&plan)
    let gaussian = SimulatedTrials(modification: 2).design(4)
    let design = family == .gaussian ? gaussian : Self.binary(gaussian)
    let run = try analyse(design, plan, in: AnalysisEnvironment()).runs[0]
    guard case .bayesian(let result) = run.fit else {
      Issue.record("no posterior")
      return
    }
    let procedure = TreeProcedure(plan, family: family) { false }
    let sample = ProcedureSample(design, procedure)
    let grown = try sample.grow()
    #expect(grown.tree.hasSameSplits(as: run.tree.tree), "\(name)")
    #expect(grown.tree.leaves.count > 1, "\(name)")
    let codes = TreeShape(grown.tree).leafCodes(of: design)
    let effects = try sample.effects(
      of: codes, leaves: grown.tree.leaves.count, by: grown.method, withPrecision: true)
    #expect(effects.leaves.map { $0?.estimate } == result.subgroups.map { $0.effect.mean })
    #expect(effects.leaves.map { $0?.interval } == result.subgroups.map { $0.effect.central })
    #expect(effects.overall != nil)
  }

  /// One where the outcome is above its mean.
  private static func binary(_ design: Design) -> Design {
    let mean = design.outcome.reduce(0, +) / Double(design.rows)
    return replaced(design, .binomial, design.outcome.map { $0 > mean ? 1 : 0 })
  }

  private static func replaced(
    _ design: Design, _ family: Family, _ outcome: [Double]
  ) -> Design {
    Design(
      formula: design.formula, outcomeName: "y", family: family,
      event: family == .binomial ? "1" : nil, outcome: outcome, treatment: design.treatment,
      arm: design.arm, trialName: "trial", trials: design.trials, trial: design.trial,
      partitioning: design.partitioning, exclusions: design.exclusions)
  }

  /// A leaf of outcomes that are equal in each arm is fitted exactly by a model of its own; the others have
  /// their effects.
  @Test(arguments: [HeterogeneityChoice.perSubgroup, .perSubgroupPooled])
  func aLeafThatIsFittedExactlyHasNoEffect(choice: HeterogeneityChoice) throws {
    var plan = try ResamplerTests.plan(.bayes).analysis
    plan.heterogeneity = choice
    plan.sampling.warmup = 20
    plan.sampling.draws = 20
    let varied = SimulatedTrials(trials: 3, modification: 2).design(4)
    let codes = (0..<varied.rows).map { row -> Int32 in
      if row < 12 { return 0 }
      return row % 4 < 2 ? 1 : 2
    }
    let outcome = varied.outcome.indices.map { row -> Double in
      codes[row] == 0 ? Double(varied.arm[row]) : varied.outcome[row]
    }
    let design = Self.replaced(varied, .gaussian, outcome)
    let sample = ProcedureSample(design, TreeProcedure(plan, family: .gaussian) { false })
    let effects = try sample.effects(of: codes, leaves: 3, by: .metamobSI)
    #expect(effects.leaves.map { $0 != nil } == [false, true, true])
    #expect(effects.overall != nil)
  }
}
