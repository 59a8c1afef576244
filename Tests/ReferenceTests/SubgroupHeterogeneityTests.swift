import Designs
import Inference
import Posterior
import Subgroups
import TestSupport
import Testing

/// Heterogeneity of each subgroup, pooled heterogeneity and pooled effects on the reference data: no chain
/// diverges, and all converge at the default settings.
@Suite("Subgroup heterogeneity on reference data")
struct SubgroupHeterogeneityTests {
  static let names = [
    "binary-outcome", "few-trials", "low-back-pain", "many-trials", "null", "rank-deficient",
    "rank-deficient-binary", "separation",
  ]
  static let both = ["few-trials", "low-back-pain"]

  private func check(
    _ name: String, _ sampler: SamplerChoice, _ choose: (inout AnalysisPlan) -> Void
  ) throws {
    let design = try referenceDesign(name)
    // The time of the usual tests does not allow both samplers everywhere.
    guard sampler == .hmc || Self.both.contains(name) else { return }
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.sampling.sampler = sampler
    plan.growth.start = .zero
    plan.threads = 2
    choose(&plan)
    let run = try analyse(design, plan, in: AnalysisEnvironment()).runs[0]
    guard case .bayesian(let result) = run.fit else { throw Require.Missing(what: "posterior") }
    #expect(result.diagnostics.divergences == 0)
    #expect(!result.diagnostics.problems.contains { $0.contains("divergent") })
    #expect(result.diagnostics.converged, "\(result.diagnostics.problems)")
  }

  @Test(arguments: names, [SamplerChoice.hmc, .gibbs])
  func perSubgroup(name: String, sampler: SamplerChoice) throws {
    try check(name, sampler) { $0.heterogeneity = .perSubgroup }
  }

  @Test(arguments: names, [SamplerChoice.hmc, .gibbs])
  func perSubgroupPooled(name: String, sampler: SamplerChoice) throws {
    try check(name, sampler) { $0.heterogeneity = .perSubgroupPooled }
  }

  @Test(arguments: names, [SamplerChoice.hmc, .gibbs])
  func pooledEffects(name: String, sampler: SamplerChoice) throws {
    try check(name, sampler) { $0.poolsEffects = true }
  }
}
