import Designs
import Inference
import MixedModels
import Subgroups

extension AnalysisContent {
  /// The resolved priors; nil where nothing was done by Bayes.
  ///
  /// All methods of an analysis have the same priors, so that one list holds all their parameters.
  var priorLines: [String]? {
    let members = groups.compactMap { group in
      group.bayesian.map { (analysis.plan.terms(group.method), $0.fit) }
    }
    guard let priors = members.first?.1.priors else { return nil }
    var parts = [
      "effect \(words(priors.coefficients.effect))",
      "intercept \(words(priors.coefficients.intercept))",
    ]
    for (name, prior) in zip(design.covariates.names, priors.coefficients.coefficients) {
      parts.append("\(name) \(words(prior))")
    }
    if members.contains(where: { $0.0.randomIntercept }) {
      parts.append("τ0 \(words(priors.tau0))")
    }
    if members.contains(where: { $0.0.randomEffect }) { parts.append("τ1 \(words(priors.tau1))") }
    if !isBinomial { parts.append("σ \(words(priors.sigma))") }
    if members.contains(where: { $0.0.isCorrelated }) {
      parts.append("correlation lkj(\(NumberStyle.significant(priors.correlation.eta)))")
    }
    if members.contains(where: { $0.1.pooledEffects != nil }) {
      parts.append("ω \(words(priors.omega))")
    }
    let scale = isBinomial ? "log odds" : "outcome's"
    var lines = ["\(priors.name), on the \(scale) scale: \(parts.joined(separator: ", "))"]
    let defaulted = analysis.plan.defaultedPriors(design.family)
    if !defaulted.isEmpty {
      lines.append("taken from weakly-informative: \(defaulted.joined(separator: ", "))")
    }
    return lines
  }

  private func words(_ prior: CoefficientPrior.Normal) -> String {
    prior.sd.isFinite
      ? "normal(\(NumberStyle.significant(prior.mean)), \(NumberStyle.significant(prior.sd)))"
      : "flat"
  }

  private func words(_ prior: HeterogeneityPrior) -> String {
    let numbers = prior.numbers.map { NumberStyle.significant($0.value) }
    return "\(prior.family)(\(numbers.joined(separator: ", ")))"
  }
}
