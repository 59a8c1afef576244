import Figures
import JSON
import MixedModels
import Reports
import Subgroups
import Words

extension ReportBuilder {
  /// How effects differ between trials: prior, posterior and REML.
  var heterogeneitySection: ReportSection {
    ReportSection(
      "heterogeneity", "Heterogeneity between trials",
      byMethod { group in
        let rows = deviations(group)
        let table: [Part] = rows.isEmpty ? [] : [.block(.table(deviationTable(group, rows)))]
        return [.block(.paragraph(heterogeneityWords(group)))] + table
          + figure(.heterogeneity, group) + figure(.shrinkage, group)
      })
  }

  private struct Deviation {
    let name: String
    let likelihood: [String]
    let bayes: [String]
  }

  private func deviations(_ group: ReportGroup) -> [Deviation] {
    let names = [
      ("tau0", "τ0, SD of intercepts between trials"), ("tau1", "τ1, SD of effects between trials"),
      ("sigma", "σ, residual SD"),
    ]
    let likelihood = group.likelihood?.fit.at("heterogeneity")
    let bayes = group.bayesian?.fit.at("heterogeneity")
    return names.compactMap { key, name in
      let estimate = likelihood?.number(key)
      let posterior = bayes?.at(key)
      guard estimate != nil || posterior != nil else { return nil }
      return Deviation(
        name: name,
        likelihood: [
          estimate == 0 ? "0" : fit.style.quantity(estimate),
          fit.style.interval(likelihood?.interval("\(key)_ci")),
        ],
        bayes: [
          fit.style.quantity(posterior?.number("median")),
          fit.style.interval(posterior?.interval("hdi")), prior(key, group),
        ])
    }
  }

  private func deviationTable(_ group: ReportGroup, _ rows: [Deviation]) -> ReportTable {
    var panels: [ReportTable.Panel] = []
    if let run = group.likelihood {
      panels.append(.init(run.word, ["estimate", "\(fit.levelWord) profile CI"]))
    }
    if group.bayesian != nil {
      panels.append(.init("Bayes", ["median", "\(fit.levelWord) shortest CrI", "prior"]))
    }
    return ReportTable(
      labelTitle: "", panels: panels,
      sections: [
        .init(
          "",
          rows.map { row in
            .init(
              row.name,
              (group.likelihood == nil ? [] : [row.likelihood])
                + (group.bayesian == nil ? [] : [row.bayes]))
          })
      ])
  }

  private func prior(_ key: String, _ group: ReportGroup) -> String {
    group.bayesian?.fit.at("priors")?.at(key).map(Self.priorWords) ?? NumberStyle.absent
  }

  /// A prior as family and numbers: `half-normal(2.08)`.
  static func priorWords(_ prior: JSONValue) -> String {
    let order = [
      "df", "mean", "location", "meanlog", "shape", "lower", "eta", "sd", "sdlog", "scale", "upper",
      "rate", "value",
    ]
    let numbers = order.compactMap { prior.number($0) }.map { NumberStyle.significant($0) }
    return "\(prior.text("family") ?? "")(\(numbers.joined(separator: ", ")))"
  }

  // MARK: Words

  private func heterogeneityWords(_ group: ReportGroup) -> String {
    guard group.method.terms.randomEffect else {
      return
        "\(group.method.rawValue) takes the treatment effect of a subgroup as the same in every trial: "
        + "differences between trials are not in the intervals."
    }
    var sentences: [String] = []
    if let tau = group.likelihood?.fit.at("heterogeneity")?.number("tau1") {
      sentences.append(
        tau == 0
          ? "\(group.likelihoodName) puts the SD of effects between trials at exactly 0: the likelihood is "
            + "largest there, which does not show that the effect is the same in every trial."
          : "By \(group.likelihoodName) the effects of trials vary with an SD of "
            + "\(fit.style.quantity(tau)).")
    }
    if let posterior = group.bayesian?.fit.at("heterogeneity") {
      if let tau = posterior.at("tau1") {
        sentences.append(
          "The posterior median of that SD is \(fit.style.quantity(tau.number("median"))).")
      }
      if let ratio = posterior.number("tau1_sd_ratio") {
        sentences.append(
          "Its posterior SD is \(NumberStyle.ratio(ratio)) times that of its prior"
            + (ratio > 0.8
              ? ": the data say little of it, and what is said here is mostly the prior."
              : "; near 1 would mean that the data say nothing of it."))
      }
      if posterior.at("tau1") == nil {
        sentences.append("Each subgroup has SDs of its own; the figure shows them.")
      }
    }
    return sentences.joined(separator: " ")
  }
}
