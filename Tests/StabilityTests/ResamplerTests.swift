import Designs
import Inference
import Numerics
import Subgroups
import Testing
import Trees

@testable import Stability

@Suite struct ResamplerTests {
  static func plan(_ estimator: Estimator = .reml) throws -> StabilityPlan {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.methods = [.metamobSI]
    plan.estimators = [estimator]
    plan.growth.minSize = 20
    plan.sampling.chains = 2
    plan.sampling.warmup = 100
    plan.sampling.draws = 100
    var result = StabilityPlan(plan)
    result.pairs = 6
    return result
  }

  @Test func halvesDivideEveryCell() {
    let design = SimulatedTrials(trials: 3, perTrial: 13).design(0)
    var stream = RandomStream(seed: 1, purpose: "halves")
    var sizes: Set<Int> = []
    for _ in 0..<20 {
      let halves = Halves(design, &stream)
      #expect((halves.first + halves.second).sorted() == (0..<39).map { Int32($0) })
      #expect(halves.first == halves.first.sorted())
      for trial in 0..<3 {
        for arm in 0..<2 {
          func size(_ rows: [Int32]) -> Int {
            rows.count { design.trial[Int($0)] == trial && design.arm[Int($0)] == arm }
          }
          // Of thirteen participants a trial has seven in one arm and six in the other.
          let (a, b) = (size(halves.first), size(halves.second))
          #expect(a + b == 6 ? a == 3 : a + b == 7 && abs(a - b) == 1)
          if a + b == 7 { sizes.insert(a) }
        }
      }
    }
    #expect(sizes == [3, 4])
  }

  @Test func subsetForgetsAbsentTrials() {
    let design = SimulatedTrials(trials: 3, perTrial: 4).design(0)
    let part = design.subset([1, 2, 9, 11])
    #expect(part.trials == ["T1", "T3"])
    #expect(part.trial == [0, 0, 1, 1])
    #expect(part.arm == [1, 0, 1, 1])
    #expect(part.outcome == [1, 2, 9, 11].map { design.outcome[$0] })
    guard case .numeric(let own) = part.partitioning[1].values,
      case .numeric(let all) = design.partitioning[1].values
    else {
      Issue.record("no longer a numeric variable")
      return
    }
    #expect(own == [all[1], all[2], all[9], all[11]])
  }

  /// A pair of halves by the analysis that reports trees: its tree, its effects and those of the model
  /// without a tree; in the other half the leaves are given as pre-specified subgroups.
  @Test(arguments: [Estimator.reml, .ml])
  func outcomesAreThoseOfAnalyses(estimator: Estimator) throws {
    let plan = try Self.plan(estimator)
    let design = SimulatedTrials(modification: 2).design(3)
    let outcomes = try Resampler(design, plan).run()
    for round in 0..<2 {
      var stream = RandomStream(seed: 1, purpose: "stability halves", index: round)
      let halves = Halves(design, &stream)
      let parts = [design.subset(halves.first), design.subset(halves.second)]
      for part in 0..<2 {
        guard case .grown(let tree) = outcomes[round][part] else {
          Issue.record("no tree")
          return
        }
        let analysis = try analyse(parts[part], plan.analysis, in: AnalysisEnvironment())
        #expect(tree.shape == TreeShape(analysis.runs[0].tree.tree))
        #expect(tree.shape.leaves > 1)
        let other = Self.prespecified(parts[1 - part], tree.shape.leafCodes(of: parts[1 - part]))
        let again = try analyse(other, plan.analysis, in: AnalysisEnvironment())
        let grown = try #require(Self.deviations(analysis))
        let others = try #require(Self.deviations(again))
        #expect(tree.deviations.count == grown.count)
        for (deviation, (a, b)) in zip(tree.deviations, zip(grown, others)) {
          #expect(abs(deviation.grown - a.value) < 1e-9)
          #expect(abs(deviation.other - b.value) < 1e-9)
          #expect(deviation.weight == Double(min(a.rows, b.rows)))
        }
      }
    }
  }

  static func prespecified(_ design: Design, _ codes: [Int32]) -> Design {
    let levels = Set(codes).sorted().map { "leaf \($0)" }
    return Design(
      formula: design.formula, outcomeName: "y", family: .gaussian, outcome: design.outcome,
      treatment: design.treatment, arm: design.arm, trialName: "trial", trials: design.trials,
      trial: design.trial, subgroups: SubgroupColumn(name: "leaf", codes: codes, levels: levels),
      exclusions: design.exclusions)
  }

  static func deviations(_ analysis: Analysis) -> [(value: Double, rows: Int)]? {
    guard case .likelihood(let result) = analysis.runs[0].fit,
      let overall = analysis.wholePopulation.first(where: { $0.model == .stratified })?.effect
        .effect
        .estimate
    else { return nil }
    return result.subgroups.map { (($0.effect.estimate ?? .nan) - overall, $0.rows) }
  }

  @Test(arguments: [Estimator.reml, .bayes])
  func threadsAndInterruptionsChangeNothing(estimator: Estimator) throws {
    var plan = try Self.plan(estimator)
    plan.pairs = estimator == .bayes ? 3 : 6
    let design = SimulatedTrials(modification: 2).design(1)
    plan.analysis.threads = 1
    let one = try Resampler(design, plan).run()
    plan.analysis.threads = 3
    #expect(try Resampler(design, plan).run() == one)
    #expect(try Resampler(design, plan).run(known: [1: one[1]]) == one)
    // What is known is not done again.
    let other: [ResampledOutcome] = [.failed("known"), .failed("known")]
    #expect(try Resampler(design, plan).run(known: [1: other])[1] == other)
    plan.analysis.sampling.seed = 2
    #expect(try Resampler(design, plan).run() != one)
  }

  @Test func oneTrialIsLeftOutAtATime() throws {
    var plan = try Self.plan()
    plan.resampling = .trials
    let design = SimulatedTrials(trials: 5, modification: 2).design(1)
    let outcomes = try Resampler(design, plan).run()
    #expect(outcomes.count == 5)
    for (trial, outcome) in outcomes.enumerated() {
      let rows = (0..<300).filter { $0 / 60 != trial }.map { Int32($0) }
      let analysis = try analyse(design.subset(rows), plan.analysis, in: AnalysisEnvironment())
      let tree = ResampledTree(
        shape: TreeShape(analysis.runs[0].tree.tree), deviations: [], isSettled: true,
        hasConverged: true)
      #expect(outcome == [.grown(tree)])
    }
  }

  /// A half in which no participant of an arm is left has no effect to be estimated: no tree of it has
  /// deviations, and nothing fails.
  @Test func tinyTrials() throws {
    let design = SimulatedTrials(trials: 3, perTrial: 2).design(0)
    for outcome in try Resampler(design, try Self.plan()).run().flatMap(\.self) {
      if case .grown(let tree) = outcome { #expect(tree.deviations.isEmpty) }
    }
  }
}
