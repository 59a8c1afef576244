import Sensitivity
import Subgroups

/// The refits under other priors of every Bayesian run, by the run's place, where they were asked for; what
/// they take is noted in the timing.
func priorSensitivities(
  _ analysis: inout Analysis, in environment: AnalysisEnvironment
) throws(AnalysisError) -> [Int: PriorSensitivity] {
  guard analysis.plan.sensitivity else { return [:] }
  var found: [Int: PriorSensitivity] = [:]
  for index in analysis.runs.indices where analysis.runs[index].estimator == .bayes {
    let start = environment.now()
    found[index] = try PriorSensitivity(
      analysis.runs[index], of: analysis.design, analysis.plan, in: environment)
    let seconds = environment.now() - start
    analysis.runs[index].timing.sensitivity = seconds
    analysis.runs[index].timing.total += seconds
    analysis.timing.sensitivity += seconds
  }
  return found
}
