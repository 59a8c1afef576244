import Posterior
import Subgroups
import Words

extension AnalysisContent {
  /// The verdict on the chains with its figures.
  func chains(_ group: MethodGroup) -> [ReportBlock] {
    guard let fit = group.bayesian?.fit else { return [] }
    let diagnostics = fit.diagnostics
    let sampling = analysis.plan.sampling
    var blocks: [ReportBlock] = [
      heading("Chains", group),
      .paragraph(
        (diagnostics.converged ? "Converged" : "NOT converged") + ": "
          + "\(counted(fit.draws.chains, "chain")) of \(fit.draws.iterations) draws after "
          + "\(sampling.warmup) of warm-up (\(fit.sampler), seed \(sampling.seed)); "
          + figures(diagnostics) + "."),
    ]
    if !diagnostics.problems.isEmpty { blocks.append(.list(diagnostics.problems)) }
    return blocks
  }

  /// What stands under every table of posterior figures while the chains have not converged.
  func unconvergedNote(_ group: MethodGroup) -> [String] {
    guard let diagnostics = group.bayesian?.fit.diagnostics, !diagnostics.converged else {
      return []
    }
    return ["The chains have NOT converged: the posterior figures are not to be relied on."]
  }

  private func figures(_ diagnostics: ChainDiagnostics) -> String {
    var parts = [
      "largest R-hat \(NumberStyle.rhat(diagnostics.maxRhat))",
      "smallest ESS \(NumberStyle.effectiveSize(diagnostics.minEssBulk)) (bulk) and "
        + "\(NumberStyle.effectiveSize(diagnostics.minEssTail)) (tail)",
      counted(diagnostics.divergences, "divergence"),
    ]
    if diagnostics.maxTreedepthHits > 0 {
      parts.append(
        "\(counted(diagnostics.maxTreedepthHits, "transition")) at the largest tree depth")
    }
    if let energy = diagnostics.minEbfmi {
      parts.append("smallest E-BFMI \(NumberStyle.ratio(energy))")
    }
    return parts.joined(separator: ", ")
  }
}
