import Designs
import Inference
import Posterior
import Subgroups
import TestSupport
import Testing
import Trees

/// Trees under draws of the trial effects, against trees grown by another way: given b, a
/// metamob-si tree is the mob-si tree of the outcomes less b_k t.
@Suite struct TreeDrawsTests {
  static func plan(_ method: Method, _ estimator: Estimator) throws -> AnalysisPlan {
    // Priors of coefficients that say next to nothing, as least squares have none.
    var plan = AnalysisPlan(priors: try .shipped(named: "near-flat"))
    plan.methods = [method]
    plan.estimators = [estimator]
    plan.growth.start = .zero
    plan.sampling.chains = 2
    plan.sampling.draws = 8
    plan.sampling.warmup = 200
    return plan
  }

  static func bayesian(_ design: Design, _ plan: AnalysisPlan) throws -> (Tree, BayesianResult) {
    let run = try analyse(design, plan, in: AnalysisEnvironment()).runs[0]
    guard case .bayesian(let result) = run.fit else { throw Require.Missing(what: "posterior") }
    return (run.tree.tree, result)
  }

  /// The tree of least squares under given trial effects.
  static func tree(_ design: Design, less effects: [Double]) throws -> Tree {
    let outcome = (0..<design.rows).map { row in
      design.outcome[row] - (design.arm[row] == 1 ? effects[Int(design.trial[row])] : 0)
    }
    let adjusted = Design(
      formula: design.formula, outcomeName: design.outcomeName, family: design.family,
      outcome: outcome, treatment: design.treatment, arm: design.arm,
      trialName: design.trialName, trials: design.trials, trial: design.trial,
      partitioning: design.partitioning, exclusions: design.exclusions)
    return try analyse(adjusted, try plan(.mobSI, .reml), in: AnalysisEnvironment()).runs[0].tree
      .tree
  }

  @Test("Every draw's tree is grown, and compared with the reported one")
  func allDraws() throws {
    let design = try referenceDesign("low-back-pain")
    var plan = try Self.plan(.metamobSI, .bayes)
    plan.sampling.treeDraws = 16
    let (tree, result) = try Self.bayesian(design, plan)
    let shares = try #require(result.treeDraws)
    let columns = try design.trials.indices.map { k in
      try #require(result.draws.names.firstIndex(of: "trial_effect_\(k + 1)"))
    }
    let sketches = try (0..<16).map { draw in
      let effects = columns.map { result.draws.values[$0 * 16 + draw] }
      return TreeSketch(try Self.tree(design, less: effects), reference: tree)
    }
    #expect(shares == TreeShares(sketches, reference: tree))
    #expect(Set(sketches.map(\.leaves)).count > 1, "the draws ought to differ in their trees")
  }

  @Test("Some of the draws stand evenly over the chains")
  func someDraws() throws {
    let design = try referenceDesign("few-trials")
    var plan = try Self.plan(.metamobSI, .bayes)
    plan.sampling.treeDraws = 4
    let (tree, result) = try Self.bayesian(design, plan)
    let columns = try design.trials.indices.map { k in
      try #require(result.draws.names.firstIndex(of: "trial_effect_\(k + 1)"))
    }
    let sketches = try [2, 6, 10, 14].map { draw in
      let effects = columns.map { result.draws.values[$0 * 16 + draw] }
      return TreeSketch(try Self.tree(design, less: effects), reference: tree)
    }
    #expect(result.treeDraws == TreeShares(sketches, reference: tree))
  }

  @Test(
    "Where leaves share nothing, every tree is the reported one", arguments: [Method.mob, .mobSI])
  func nothingShared(method: Method) throws {
    var plan = try Self.plan(method, .bayes)
    plan.sampling.treeDraws = 16
    let shares = try #require(
      try Self.bayesian(try referenceDesign("few-trials"), plan).1.treeDraws)
    #expect(shares.sameTree == 1)
    #expect(shares.meanAdjustedRandIndex == 1)
  }

  @Test("Every method with score tests of either family has them, and none asked for is none")
  func methods() throws {
    for (name, methods) in [
      ("few-trials", Method.allCases.filter { $0 != .rp }),
      ("binary-outcome", [.metamobRI, .palmtree]),
    ] {
      let design = try referenceDesign(name)
      for method in methods {
        var plan = try Self.plan(method, .bayes)
        plan.threads = 2
        #expect(try Self.bayesian(design, plan).1.treeDraws == nil)
        plan.sampling.treeDraws = 5
        let shares = try #require(try Self.bayesian(design, plan).1.treeDraws)
        #expect(shares.trees == 5)
        #expect(shares.leafCounts.reduce(0) { $0 + $1.share } == 1)
        #expect(shares.coMembership.allSatisfy { $0.map { (0...1).contains($0) } ?? true })
      }
    }
  }
}
