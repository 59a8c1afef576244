import Designs
import Inference
import Numerics
import Subgroups
import Testing
import Trees

@testable import CrossValidation

/// Runs compared with trees that are grown again in every fold.
@Suite struct ComparisonTests {
  private func plan(_ methods: [Subgroups.Method] = [.metamobSI]) throws -> AnalysisPlan {
    var plan = AnalysisPlan(priors: try PriorSet.weaklyInformative())
    plan.methods = methods
    plan.estimators = [.reml, .bayes]
    plan.sampling.chains = 2
    plan.sampling.warmup = 150
    plan.sampling.draws = 150
    plan.growth.start = .zero
    return plan
  }

  private func both() throws -> FoldChoice { try #require(FoldChoice("trials,4")) }

  /// A strong modifier: the trees predict better than no tree does, both ways and by either estimator.
  @Test func findsAStrongSubgroup() throws {
    let design = FoldedTrials(trials: 4, perTrial: 60, modification: 2).design(1)
    let analysis = try analyse(design, plan(), in: AnalysisEnvironment())
    #expect(analysis.runs.allSatisfy { $0.tree.tree.leaves.count > 1 })
    let found = try crossValidate(analysis, by: both())
    for comparison in [found.trials, found.participants] {
      let comparison = try #require(comparison)
      #expect(comparison.predicted == comparison.held)
      for run in comparison.runs {
        let gain = try #require(run.fromWithoutTree)
        #expect(gain.value > 5, "\(gain)")
        #expect((run.fromOneEffect?.value ?? 0) > 5)
        #expect(run.folds.allSatisfy { ($0?.leaves ?? 0) > 1 })
      }
      #expect(comparison.runs.contains { $0.fromBest?.value == 0 })
      #expect(comparison.runs.allSatisfy { ($0.fromBest?.value ?? 1) <= 0 })
    }
    // Four trials have no standard error, 240 participants do.
    #expect(found.trials?.runs[0].fromWithoutTree?.standardError == nil)
    let participants = try #require(found.participants?.runs[0].fromWithoutTree)
    #expect(participants.value > 2 * (try #require(participants.standardError)))
    #expect(found.participants?.held == design.rows)
  }

  /// Nothing modifies the effect: trees that are allowed to split freely predict no better than none.
  @Test func nothingToFind() throws {
    var plan = try plan()
    plan.estimators = [.reml]
    plan.growth.alpha = 0.9
    plan.growth.minSize = 40
    var gains: [Double] = []
    for replicate in 0..<12 {
      let design = FoldedTrials(trials: 3, perTrial: 60).design(100 + replicate)
      let analysis = try analyse(design, plan, in: AnalysisEnvironment())
      let found = try crossValidate(analysis, by: #require(FoldChoice("5")))
      gains.append(try #require(found.participants?.runs[0].fromWithoutTree?.value))
    }
    // Every split adds three intercepts and an effect that predict nothing: a loss of some nats a tree.
    let error = (variance(gains) / Double(gains.count)).squareRoot()
    #expect(mean(gains) < -2 * error, "\(gains)")
  }

  /// The first variable shifts the outcome of both arms: the tree predicts better than none, and its effects no
  /// better than one.
  @Test(arguments: [Subgroups.Method.metamobSI, .palmtree])
  func prognosisIsNoEffect(method: Subgroups.Method) throws {
    let base = FoldedTrials(trials: 3, perTrial: 80).design(20)
    guard case .numeric(let z) = base.partitioning[0].values else { return }
    let design = base.with(outcomes: zip(base.outcome, z).map { $0 + ($1 > 0 ? 3 : 0) })
    let analysis = try analyse(design, plan([method]), in: AnalysisEnvironment())
    let choice = try #require(FoldChoice("5"))
    let found = try #require(try crossValidate(analysis, by: choice).participants)
    for run in found.runs {
      #expect((run.fromWithoutTree?.value ?? 0) > 50)
      let effects = try #require(run.fromOneEffect)
      #expect(effects.value < 2 * (effects.standardError ?? 0))
    }
  }

  /// Outcomes that are left out have no part in the tree of their fold, whatever they are.
  @Test func nothingLeaks() throws {
    let design = FoldedTrials(trials: 3, perTrial: 60, modification: 2).design(2)
    for fold in [Fold.activeArms(design)[0], Fold.parts(design, count: 3, seed: 1)[1]] {
      var outcome = design.outcome
      for row in fold.held { outcome[Int(row)] = 1000 - 3 * outcome[Int(row)] }
      var trees: [[Tree?]] = []
      for data in [design, design.with(outcomes: outcome)] {
        let work = FoldWork(
          design: data, fold: fold, plan: try plan(),
          runs: [Estimator.reml, .bayes].map {
            FoldedRun(method: .metamobSI, estimator: $0, tree: Tree(nodes: []))
          }, isCancelled: { false })
        trees.append(
          try work.outcomes().runs.map { outcome in
            guard case .densities(let found) = outcome else { return nil }
            return found.tree?.tree
          })
      }
      #expect(trees[0].allSatisfy { ($0?.leaves.count ?? 0) > 1 })
      #expect(trees[0] == trees[1])
    }
  }

  @Test func threadsChangeNothing() throws {
    var plan = try plan([.metamobSI, .mob])
    let design = FoldedTrials(trials: 3, perTrial: 50, modification: 1).design(3)
    let one = try crossValidate(analyse(design, plan, in: AnalysisEnvironment()), by: both())
    plan.threads = 3
    let three = try crossValidate(analyse(design, plan, in: AnalysisEnvironment()), by: both())
    #expect(one == three)
    #expect(one.trials?.runs.count == 4)
  }

  /// With two trials one is left, which tells nothing of heterogeneity: no figures, and why.
  @Test func tooFewTrials() throws {
    let design = FoldedTrials(trials: 2, perTrial: 50).design(4)
    let analysis = try analyse(design, plan(), in: AnalysisEnvironment())
    let found = try #require(try crossValidate(analysis, by: both()).trials)
    #expect(found.folds.allSatisfy { $0.obstacle != nil })
    #expect(found.runs.allSatisfy { $0.elpd == nil && $0.fromBest == nil })
  }

  /// Ten trials have a standard error; binomial outcomes are compared as well.
  @Test func binomialTrials() throws {
    let design = FoldedTrials(
      family: .binomial, trials: 10, perTrial: 40, modification: 2.5
    ).design(6)
    var plan = try plan([.palmtree])
    plan.growth.minSize = 80
    let analysis = try analyse(design, plan, in: AnalysisEnvironment())
    let found = try crossValidate(analysis, by: both())
    for comparison in [try #require(found.trials), try #require(found.participants)] {
      for run in comparison.runs {
        #expect((run.elpd ?? 0) < 0)
        // A density of 0 or 1 outcomes is a probability.
        #expect(run.folds.allSatisfy { ($0?.elpd ?? 1) < 0 })
      }
    }
    #expect(found.trials?.runs[0].fromWithoutTree?.standardError != nil)
  }

  /// Pre-specified subgroups are not grown, and are refitted.
  @Test func prespecified() throws {
    let design = FoldedTrials(trials: 3, perTrial: 60, modification: 2).design(7)
    var codes: [Int32] = []
    if case .numeric(let z) = design.partitioning[0].values { codes = z.map { $0 > 0 ? 1 : 0 } }
    let fixed = Design(
      formula: "y ~ t | trial", outcomeName: "y", family: .gaussian, outcome: design.outcome,
      treatment: design.treatment, arm: design.arm, trialName: "trial", trials: design.trials,
      trial: design.trial,
      subgroups: SubgroupColumn(name: "g", codes: codes, levels: ["low", "high"]),
      exclusions: design.exclusions)
    let analysis = try analyse(fixed, plan(), in: AnalysisEnvironment())
    let found = try #require(try crossValidate(analysis, by: both()).participants)
    for run in found.runs {
      #expect((run.fromWithoutTree?.value ?? 0) > 5)
      #expect(run.folds.allSatisfy { $0?.leaves == 2 })
    }
  }
}
