import Designs
import Inference
import MixedModels
import Numerics
import Sampling
import Subgroups
import Trees

/// A run as it is done again in every fold: its method and estimator.
struct FoldedRun: Sendable {
  let method: Subgroups.Method
  let estimator: Estimator
  /// The tree that is reported.
  let tree: Tree
}

/// What one fold says of one run.
struct FoldedDensities: Sendable {
  /// The log densities of the fold's terms: of every participant, or of the trial's arm.
  let terms: [Double]
  /// Of the same tree with one effect for all its leaves; nil where these have nothing in common.
  let oneEffect: [Double]?
  let withoutTree: [Double]
  let tree: ProcedureTree?
  let leaves: Int
  let hasReportedVariables: Bool
}

/// One fold: every run's tree grown again and refitted without its outcomes, and the densities of these.
struct FoldWork: Sendable {
  let design: Design
  let fold: Fold
  let plan: AnalysisPlan
  let runs: [FoldedRun]
  let isCancelled: @Sendable () -> Bool

  /// What became of a run: its densities, or why there are none.
  enum Outcome: Sendable {
    case densities(FoldedDensities)
    case failed(String)
  }

  /// The outcomes of the runs, and the participants whom all runs that have a model can predict.
  func outcomes() throws(AnalysisError) -> (runs: [Outcome], predicted: Int) {
    var fitted: [Result<FittedRun, Obstacle>] = []
    for run in runs { fitted.append(try fit(run)) }
    let known = fitted.compactMap { try? $0.get() }
    let predicted = fold.held.filter { row in known.allSatisfy { $0.predicts(row) } }
    var outcomes: [Outcome] = []
    for result in fitted {
      switch result {
      case .failure(let obstacle): outcomes.append(.failed(obstacle.words))
      case .success(let run): outcomes.append(densities(run, of: predicted))
      }
    }
    if isCancelled() { throw .sampling(.cancelled) }
    return (outcomes, predicted.count)
  }

  /// Why a run has no model in a fold.
  private struct Obstacle: Error {
    let words: String
  }

  /// A run's models of the rows that are kept.
  private struct FittedRun {
    let grown: ProcedureTree?
    let hasReportedVariables: Bool
    let leaves: Int
    let model: any FoldModel
    /// The same tree with one effect for all its leaves; nil where these have nothing in common.
    let common: (any FoldModel)?
    /// The method without a tree.
    let single: any FoldModel
    /// The rows that are left out, by row, in the leaves they belong to.
    let held: [Int32: HeldRow]

    func predicts(_ row: Int32) -> Bool {
      guard let held = held[row] else { return false }
      return model.determines(held) && common?.determines(held) ?? true
        && single.determines(HeldRow(row: row, leaf: 0))
    }
  }

  private func densities(_ run: FittedRun, of rows: [Int32]) -> Outcome {
    let held = rows.compactMap { run.held[$0] }
    let alone = rows.map { HeldRow(row: $0, leaf: 0) }
    do {
      let terms = try densities(run.model, held)
      return .densities(
        FoldedDensities(
          terms: terms,
          oneEffect: run.leaves == 1 ? terms : try run.common.map { try densities($0, held) },
          withoutTree: run.leaves == 1 ? terms : try densities(run.single, alone),
          tree: run.grown, leaves: run.leaves, hasReportedVariables: run.hasReportedVariables))
    } catch {
      return .failed("the predictive density could not be computed")
    }
  }

  private func densities(
    _ model: any FoldModel, _ held: [HeldRow]
  ) throws(NumericalError) -> [Double] {
    guard !held.isEmpty else { return [] }
    return fold.trial == nil ? try model.pointwise(held) : [try model.joint(held)]
  }

  // MARK: Fits

  private func fit(_ run: FoldedRun) throws(AnalysisError) -> Result<FittedRun, Obstacle> {
    do {
      let (data, grown, held) = try grow(run)
      let single = TrainingData(
        design: design, rows: fold.kept, codes: fold.kept.map { _ in 0 }, leaves: 1)
      let method = grown?.method ?? run.method
      let alone = try model(single, method, run.estimator)
      let hasSplit = data.leaves > 1
      let isNodewise = run.estimator == .bayes && plan.heterogeneity(method) != .shared
      return .success(
        FittedRun(
          grown: grown,
          hasReportedVariables: grown.map { $0.tree.hasSameVariables(as: run.tree) } ?? true,
          leaves: data.leaves,
          model: hasSplit
            ? isNodewise ? try nodewise(data, method) : try model(data, method, run.estimator)
            : alone,
          common: hasSplit
            ? isNodewise ? nil : try model(data.withOneEffect, method, run.estimator) : alone,
          single: alone, held: held))
    } catch {
      guard let reason = error.ofOneDataSet else { throw error }
      return .failure(Obstacle(words: reason))
    }
  }

  /// The tree of the rows that are kept, by a run's whole procedure; that of pre-specified subgroups is known.
  private func grow(
    _ run: FoldedRun
  ) throws(AnalysisError) -> (TrainingData, ProcedureTree?, [Int32: HeldRow]) {
    if let subgroups = design.subgroups { return prespecified(subgroups) }
    var own = plan
    own.methods = [run.method]
    own.estimators = [run.estimator]
    let procedure = TreeProcedure(own, family: design.family, isCancelled: isCancelled)
    let grown = try ProcedureSample(design.subset(fold.kept), procedure).grow()
    var codes = [Int32](repeating: 0, count: fold.kept.count)
    for (code, leaf) in grown.tree.leaves.enumerated() {
      for row in leaf.rows { codes[Int(row)] = Int32(code) }
    }
    var held: [Int32: HeldRow] = [:]
    for row in fold.held {
      guard let leaf = grown.tree.position(ofRow: row, in: design) else { continue }
      held[row] = HeldRow(row: row, leaf: Int32(leaf))
    }
    let data = TrainingData(
      design: design, rows: fold.kept, codes: codes, leaves: grown.tree.leaves.count)
    return (data, grown, held)
  }

  private func prespecified(
    _ subgroups: SubgroupColumn
  ) -> (TrainingData, ProcedureTree?, [Int32: HeldRow]) {
    let present = Set(fold.kept.map { subgroups.codes[Int($0)] }).sorted()
    let places = Dictionary(
      uniqueKeysWithValues: zip(present, present.indices.map { Int32($0) }))
    var held: [Int32: HeldRow] = [:]
    for row in fold.held {
      guard let leaf = places[subgroups.codes[Int(row)]] else { continue }
      held[row] = HeldRow(row: row, leaf: leaf)
    }
    let data = TrainingData(
      design: design, rows: fold.kept,
      codes: fold.kept.map { places[subgroups.codes[Int($0)]] ?? 0 }, leaves: present.count)
    return (data, nil, held)
  }

  /// Leaves with heterogeneity of their own, under priors on the scale of all rows that are kept.
  private func nodewise(
    _ data: TrainingData, _ method: Subgroups.Method
  ) throws(AnalysisError) -> any FoldModel {
    let resolved = try priors(data)
    return try NodewiseFold(data) { (leaf) throws(AnalysisError) in
      try model(leaf, method, .bayes, under: resolved)
    }
  }

  private func model(
    _ data: TrainingData, _ method: Subgroups.Method, _ estimator: Estimator,
    under given: ResolvedPriors? = nil
  ) throws(AnalysisError) -> any FoldModel {
    let terms = data.hasOneEffect ? plan.terms(method).withOneEffect : plan.terms(method)
    do {
      switch (design.family, estimator) {
      case (.gaussian, .bayes):
        return try GaussianFold(data, pooled(terms, data), given ?? priors(data))
      case (.gaussian, _): return try GaussianFold(data, terms)
      case (.binomial, .bayes):
        return try BinomialPosteriorFold(
          data, pooled(terms, data), given ?? priors(data), plan, isCancelled: isCancelled)
      case (.binomial, _):
        return try BinomialLikelihoodFold(data, terms, quadraturePoints: plan.quadraturePoints)
      }
    } catch let error as AnalysisError {
      throw error
    } catch let error as PriorError {
      throw .prior(error)
    } catch let error as NumericalError {
      throw .notFitted(error)
    } catch {
      throw .notFitted(.notConverged("a fold's model"))
    }
  }

  private func pooled(_ terms: ModelTerms, _ data: TrainingData) -> ModelTerms {
    terms.poolingEffects(plan.poolsEffects && data.leaves > 1 && !data.hasOneEffect)
  }

  /// The priors on the scale of the rows that are kept: no other outcome has a part in them.
  private func priors(_ data: TrainingData) throws(AnalysisError) -> ResolvedPriors {
    do {
      return try ResolvedPriors(plan.priors, for: design.restricted(to: data.rows))
    } catch {
      throw .prior(error)
    }
  }
}

extension ModelTerms {
  /// The same intercepts and random terms without effects of leaves.
  fileprivate var withOneEffect: ModelTerms {
    ModelTerms(
      intercepts: intercepts, randomIntercept: randomIntercept, randomEffect: randomEffect,
      isCorrelated: isCorrelated, hasTreatment: false)
  }
}
