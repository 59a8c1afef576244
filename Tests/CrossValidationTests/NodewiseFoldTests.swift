import Designs
import Inference
import Subgroups
import Testing

@testable import CrossValidation

/// Subgroups with heterogeneity of their own.
@Suite struct NodewiseFoldTests {
  private func plan(_ heterogeneity: HeterogeneityChoice) throws -> AnalysisPlan {
    var plan = AnalysisPlan(priors: try PriorSet.weaklyInformative())
    plan.methods = [.metamobSI]
    plan.estimators = [.bayes]
    plan.heterogeneity = heterogeneity
    plan.sampling.chains = 2
    plan.sampling.warmup = 100
    plan.sampling.draws = 100
    plan.growth.start = .zero
    return plan
  }

  private func data(
    _ design: Design, _ rows: [Int32], _ codes: [Int32], _ leaves: Int
  ) -> TrainingData {
    TrainingData(design: design, rows: rows, codes: codes, leaves: leaves)
  }

  /// What leaves say of rows is what models of the participants of each alone say of them.
  @Test func leavesAreModelsOfTheirOwn() throws {
    let design = FoldedTrials(trials: 3, perTrial: 40, modification: 1, tau: 0.4).design(5)
    let terms = Subgroups.Method.metamobSI.terms(isCorrelated: false)
    let priors = try ResolvedPriors(PriorSet.weaklyInformative(), for: design)
    let all = (0..<Int32(design.rows)).map { $0 }
    let (kept, held) = (all.filter { $0 % 5 != 0 }, all.filter { $0 % 5 == 0 })
    let leaf = { (row: Int32) in row % 3 == 0 ? Int32(1) : 0 }
    let fold = try NodewiseFold(data(design, kept, kept.map(leaf), 2)) {
      try GaussianFold($0, terms, priors)
    }
    let rows = held.map { HeldRow(row: $0, leaf: leaf($0)) }
    let densities = try fold.pointwise(rows)
    var joint = 0.0
    for code in [Int32(0), 1] {
      let own = kept.filter { leaf($0) == code }
      let alone = try GaussianFold(data(design, own, own.map { _ in 0 }, 1), terms, priors)
      let places = held.indices.filter { leaf(held[$0]) == code }
      let rows = places.map { HeldRow(row: held[$0], leaf: 0) }
      #expect(try alone.pointwise(rows) == places.map { densities[$0] })
      joint += try alone.joint(rows)
    }
    #expect(abs(try fold.joint(rows) - joint) < 1e-10)
  }

  /// A strong modifier is found in every fold; there is no model with one effect to compare with.
  @Test func treesAreGrownAgain() throws {
    let design = FoldedTrials(trials: 4, perTrial: 60, modification: 2).design(1)
    let analysis = try analyse(design, plan(.perSubgroup), in: AnalysisEnvironment())
    let found = try crossValidate(analysis, by: #require(FoldChoice("trials,3")))
    for comparison in [found.trials, found.participants] {
      let run = try #require(comparison?.runs.first)
      #expect(run.obstacle == nil && run.oneEffect == nil && run.fromOneEffect == nil)
      #expect((run.fromWithoutTree?.value ?? 0) > 5)
      #expect(run.folds.allSatisfy { ($0?.leaves ?? 0) > 1 })
    }
  }

  /// Where SDs are pooled there are no figures, and a reason.
  @Test func pooledHasNone() throws {
    let design = FoldedTrials(trials: 4, perTrial: 60, modification: 2).design(1)
    let analysis = try analyse(design, plan(.perSubgroupPooled), in: AnalysisEnvironment())
    let found = try crossValidate(analysis, by: #require(FoldChoice("trials")))
    let run = try #require(found.trials?.runs.first)
    #expect(run.elpd == nil)
    #expect(run.obstacle?.contains("--heterogeneity per-subgroup-pooled") == true)
  }
}
