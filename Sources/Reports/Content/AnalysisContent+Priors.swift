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
      "effect \(priors.coefficients.effect.words)",
      "intercept \(priors.coefficients.intercept.words)",
    ]
    for (name, prior) in zip(design.covariates.names, priors.coefficients.coefficients) {
      parts.append("\(name) \(prior.words)")
    }
    if members.contains(where: { $0.0.randomIntercept }) {
      parts.append("τ0 \(priors.tau0.words)")
    }
    if members.contains(where: { $0.0.randomEffect }) { parts.append("τ1 \(priors.tau1.words)") }
    if !isBinomial { parts.append("σ \(priors.sigma.words)") }
    if members.contains(where: { $0.0.isCorrelated }) {
      parts.append("correlation lkj(\(NumberStyle.significant(priors.correlation.eta)))")
    }
    if members.contains(where: { $0.1.pooledEffects != nil }) {
      parts.append("ω \(priors.omega.words)")
    }
    let scale = isBinomial ? "log odds" : "outcome's"
    var lines = ["\(priors.name), on the \(scale) scale: \(parts.joined(separator: ", "))"]
    let defaulted = analysis.plan.defaultedPriors(design.family)
    if !defaulted.isEmpty {
      lines.append("taken from weakly-informative: \(defaulted.joined(separator: ", "))")
    }
    if let terms = members.map(\.0).first(where: \.randomEffect),
      let statement = PriorStatement(priors, design, terms)
    {
      lines.append(statement.words(outcome: design.outcomeName))
    }
    return lines
  }
}
