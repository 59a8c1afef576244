import Designs
import Foundation
import Inference
import MixedModels
import Posterior
import Subgroups
import TestSupport
import Testing
import Trees

/// Bayesian trees of binary outcomes, by both samplers.
@Suite struct BinomialBayesTests {
  static let cases = ["binary-outcome", "rank-deficient-binary", "separation"]

  private static func run(
    _ name: String, _ method: Method, _ sampler: SamplerChoice, seed: UInt64 = 1,
    isCorrelated: Bool = false
  ) throws -> (run: Run, result: BayesianResult) {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.methods = [method]
    plan.isCorrelated = isCorrelated
    plan.sampling.seed = seed
    plan.sampling.sampler = sampler
    plan.threads = 2
    let run = try analyse(referenceDesign(name), plan, in: AnalysisEnvironment()).runs[0]
    guard case .bayesian(let result) = run.fit else { throw Require.Missing(what: "posterior") }
    return (run, result)
  }

  // Effects and SDs at 4 Monte-Carlo errors, some 3 × 6 × 6 comparisons: 0.7 % of seeds.
  @Test("Samplers agree", arguments: cases, Method.allCases)
  func samplersAgree(name: String, method: Method) throws {
    let hmc = try Self.run(name, method, .hmc)
    let gibbs = try Self.run(name, method, .gibbs)
    #expect(hmc.run.tree.tree.hasSameSplits(as: gibbs.run.tree.tree))
    #expect(hmc.result.diagnostics.divergences == 0)
    #expect(gibbs.result.diagnostics.divergences == 0)
    #expect(gibbs.result.diagnostics.minEbfmi == nil)
    #expect(hmc.result.diagnostics.converged, "\(hmc.result.diagnostics.problems)")
    #expect(gibbs.result.diagnostics.converged, "\(gibbs.result.diagnostics.problems)")
    #expect(hmc.result.parameters.map(\.name) == gibbs.result.parameters.map(\.name))
    for (one, other) in zip(hmc.result.parameters, gibbs.result.parameters) {
      let errors = (try #require(one.posterior.mcseMean), try #require(other.posterior.mcseMean))
      let bound = 4 * (errors.0 * errors.0 + errors.1 * errors.1).squareRoot()
      #expect(abs(one.posterior.mean - other.posterior.mean) < bound, "\(one.name)")
    }
  }

  @Test("One tree whatever the seed and the sampler", arguments: cases)
  func seeds(name: String) throws {
    // 20 seeds by METAMOB_SEEDS=20; the time of the usual tests allows two.
    let count = ProcessInfo.processInfo.environment["METAMOB_SEEDS"].flatMap(UInt64.init) ?? 2
    for method in [Method.metamobSI, .metamobRI] {
      let tree = try Self.run(name, method, .hmc).run.tree.tree
      for sampler in [SamplerChoice.hmc, .gibbs] {
        for seed in 2...max(count, 2) {
          let other = try Self.run(name, method, sampler, seed: seed)
          let what = "\(method), \(sampler), seed \(seed)"
          #expect(tree.hasSameSplits(as: other.run.tree.tree), "\(what)")
          #expect(other.result.diagnostics.divergences == 0, "\(what)")
          #expect(
            other.result.diagnostics.converged, "\(what): \(other.result.diagnostics.problems)")
        }
      }
    }
  }

  @Test("Correlated trial effects", arguments: cases, [SamplerChoice.hmc, .gibbs])
  func correlated(name: String, sampler: SamplerChoice) throws {
    let found = try Self.run(name, .metamobRI, sampler, isCorrelated: true)
    #expect(found.result.diagnostics.divergences == 0)
    #expect(found.result.diagnostics.converged, "\(found.result.diagnostics.problems)")
    let correlation = try #require(found.result.correlation)
    #expect(abs(correlation.mean) < 1 && correlation.sd > 0)
    #expect(found.result.parameters.last?.name == "correlation")
  }
}
