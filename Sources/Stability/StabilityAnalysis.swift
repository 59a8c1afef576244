public import Designs
import Sampling
public import Subgroups

/// Carries out a stability analysis: the analysis of all participants, the trees of their parts, and
/// what these say of it.
///
/// `known` and `finished` are those of `Resampler.run`.
public func stability(
  of design: Design, _ plan: StabilityPlan, in environment: AnalysisEnvironment,
  known: [Int: [ResampledOutcome]] = [:],
  finished: @Sendable (_ round: Int, [ResampledOutcome]) -> Void = { _, _ in }
) throws(AnalysisError) -> StabilityResult {
  let isCancelled = environment.monitor.isCancelled
  let analysis = try analyse(design, plan.analysis, in: environment)
  let outcomes = try Resampler(design, plan, isCancelled: isCancelled)
    .run(known: known, finished: finished)
  let procedure = TreeProcedure(plan.analysis, family: design.family, isCancelled: isCancelled)
  let overall = try ProcedureSample(design, procedure)
    .overall(by: analysis.runs[0].method, withPrecision: true)
  let honest =
    plan.isHonest ? try HonestTree(design, plan, isCancelled: isCancelled) : nil
  return StabilityResult(plan, analysis, outcomes, overall: overall, honest: honest)
}
