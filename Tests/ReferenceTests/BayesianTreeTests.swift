import Designs
import Foundation
import Inference
import JSON
import MixedModels
import Posterior
import Subgroups
import TestSupport
import Testing
import Trees

/// Bayesian trees and posteriors against an independent computation without a sampler (partykit's
/// `lmtree` with offsets, posteriors by Gauss-Legendre quadrature).
@Suite struct BayesianTreeTests {
  static let cases = ["low-back-pain", "few-trials", "many-trials", "null"]

  /// The reference's absolute priors as a prior file.
  static func priors(_ figures: JSONValue) throws -> PriorSet {
    let value = { try figures.number("prior", $0) }
    let file = """
      {"schema": "metamob.priors/1", "name": "reference", "gaussian": {
        "intercept": {"family": "normal", "mean": \(try value("m")), "sd": \(try value("s_gamma"))},
        "effect": {"family": "normal", "mean": 0, "sd": \(try value("s_beta"))},
        "tau0": {"family": "half-normal", "scale": \(try value("s_tau0"))},
        "tau1": {"family": "half-normal", "scale": \(try value("s_tau1"))},
        "sigma": {"family": "half-normal", "scale": \(try value("s_sigma"))}}}
      """
    return try PriorSet(data: Data(file.utf8), file: "reference")
  }

  static func run(
    _ name: String, _ method: Method, _ sampler: SamplerChoice = .auto, seed: UInt64 = 1
  ) throws -> Run {
    let data = try Require.value(figure("bayes-trees/\(name).json"), name)
    let figures = try JSONValue(data: data).at(method.rawValue)
    var plan = AnalysisPlan(priors: try priors(figures))
    plan.methods = [method]
    plan.growth.ties = .rows
    plan.growth.start = .zero
    plan.sampling.seed = seed
    plan.sampling.sampler = sampler
    plan.threads = 2
    return try analyse(referenceDesign(name), plan, in: AnalysisEnvironment()).runs[0]
  }

  @Test("One tree whatever the seed and the sampler", arguments: cases)
  func seeds(name: String) throws {
    // 20 seeds by METAMOB_SEEDS=20; the time of the usual tests allows two.
    let count = ProcessInfo.processInfo.environment["METAMOB_SEEDS"].flatMap(UInt64.init) ?? 2
    for method in [Method.metamobSI, .metamobRI] {
      let tree = try Self.run(name, method).tree.tree
      for sampler in [SamplerChoice.hmc, .gibbs] {
        for seed in 1...count where seed > 1 || sampler == .gibbs {
          let other = try Self.run(name, method, sampler, seed: seed)
          #expect(tree.hasSameSplits(as: other.tree.tree), "\(method), \(sampler), seed \(seed)")
          guard case .bayesian(let result) = other.fit else { continue }
          #expect(result.diagnostics.divergences == 0)
          #expect(
            result.diagnostics.converged,
            "\(method), \(sampler), seed \(seed): \(result.diagnostics.problems)")
        }
      }
    }
  }

  @Test("Correlated trial effects: no divergence", arguments: cases.dropLast())
  func correlated(name: String) throws {
    for sampler in [SamplerChoice.hmc, .gibbs] {
      var plan = AnalysisPlan(priors: try .weaklyInformative())
      plan.methods = [.metamobRI]
      plan.isCorrelated = true
      plan.sampling.sampler = sampler
      plan.threads = 2
      let run = try analyse(referenceDesign(name), plan, in: AnalysisEnvironment()).runs[0]
      guard case .bayesian(let result) = run.fit else { throw Require.Missing(what: "posterior") }
      #expect(result.diagnostics.divergences == 0)
      #expect(result.diagnostics.converged, "\(sampler): \(result.diagnostics.problems)")
      #expect(result.logMarginalLikelihood != nil)
      let correlation = try #require(result.correlation)
      #expect(abs(correlation.mean) < 1 && correlation.sd > 0)
      #expect(result.parameters.last?.name == "correlation")
      #expect((result.diagnostics.minEbfmi == nil) == (sampler == .gibbs))
    }
  }

  @Test(arguments: cases, [Method.metamobSI, .metamobRI])
  func treeAndPosterior(name: String, method: Method) throws {
    let data = try Require.value(figure("bayes-trees/\(name).json"), name)
    let figures = try JSONValue(data: data).at(method.rawValue)
    let run = try Self.run(name, method)
    guard case .bayesian(let result) = run.fit else { throw Require.Missing(what: "posterior") }
    let design = try referenceDesign(name)
    let nodes = try #require(figures["nodes"]?.array)
    #expect(run.tree.tree.nodes.map(\.rows.count) == nodes.map { Int($0["n"]?.number ?? 0) })
    for (node, expected) in zip(run.tree.tree.nodes, nodes) {
      let split = node.split.map { design.partitioning[$0.variable].name }
      #expect(split == expected["split"]?["var"]?.string)
      if case .numeric(_, let breakpoint) = node.split {
        let theirs = try #require(expected["split"]?["breaks"]?.number)
        #expect(
          AgreementNotes(.bayesianTrees, "\(name), \(method.rawValue)")
            .close("cut point", breakpoint, theirs, relative: 0))
      }
    }
    #expect(result.diagnostics.converged, "\(result.diagnostics.problems)")
    #expect(result.diagnostics.divergences == 0)
    let posterior = try figures.at("posterior")
    let tolerance = method == .metamobSI ? 1e-3 : 0.03
    let agreement = AgreementNotes(.bayesianTrees, "\(name), \(method.rawValue)")
    #expect(
      agreement.isWithin(
        "log marginal likelihood", .absolute,
        abs(
          try #require(result.logMarginalLikelihood)
            - (try posterior.number("log_marginal_likelihood"))), limit: tolerance))
    let effects = try #require(posterior["effects"]?.array)
    #expect(result.subgroups.map { "\($0.node)" } == effects.compactMap { $0["leaf"]?.string })
    for (subgroup, exact) in zip(result.subgroups, effects) {
      // Means within four Monte-Carlo errors and the reference's own 1e-4 SDs; SDs, whose error is
      // about 1/√(2 ESS) relative, within four such errors.
      let mean = try exact.number("mean")
      let sd = try exact.number("sd")
      let error = try #require(subgroup.effect.mcseMean)
      #expect(
        agreement.isWithin(
          "mean of a subgroup's effect", .monteCarlo,
          abs(subgroup.effect.mean - mean) / (error + 0.25e-4 * sd), limit: 4))
      let ess = try #require(subgroup.effect.essTail)
      #expect(
        agreement.isWithin(
          "SD of a subgroup's effect", .monteCarlo,
          abs(subgroup.effect.sd / sd - 1) * ess.squareRoot(), limit: 4))
    }
  }
}
