import Drawing
import Figures
import Foundation
import JSON
import Posterior
import Reports
import Words

/// What an analysis was asked to do beyond the fit: there is a section for what is in the document alone.
extension ReportBuilder {
  // MARK: Sensitivity to priors

  /// Refits under other priors, and power-scaling.
  var sensitivitySection: ReportSection {
    ReportSection(
      "sensitivity", "Sensitivity to the priors",
      byMethod { group in
        guard let found = group.bayesian?.fit.at("sensitivity") else { return [] }
        var parts: [Part] = []
        if let sentence = found.at("conclusion")?.text("sentence") {
          parts.append(.block(.paragraph(sentence)))
        }
        return parts + figure(.sensitivity, group) + refits(found) + powerScaling(found)
      })
  }

  /// What stands for an effect in a refit: the mean, or of odds ratios the median, the middle one of the
  /// quantiles.
  private func center(of quantity: JSONValue) -> Double? {
    let quantiles = quantity.list("quantiles").map(\.number)
    guard fit.isBinomial, quantiles.count % 2 == 1 else { return quantity.number("mean") }
    return quantiles[quantiles.count / 2]
  }

  private func refits(_ found: JSONValue) -> [Part] {
    let refits = found.list("refits")
    let nodes = refits.first { $0.at("same_tree") != nil }?.at("same_tree")?.list("subgroups") ?? []
    guard !refits.isEmpty, !nodes.isEmpty else { return [] }
    let rows = refits.map { refit in
      let subgroups = refit.at("same_tree")?.list("subgroups") ?? []
      let label =
        (refit.at("prior").map(Self.priorWords) ?? refit.text("shape") ?? "")
        + (refit.text("obstacle").map { ": \($0)" } ?? "")
      return ReportTable.Row(
        label,
        [
          nodes.map { node in
            let own = subgroups.first { $0.integer("node") == node.integer("node") }
            return own.map {
              "\(fit.effect(center(of: $0))) \(fit.interval($0.interval("ci")))"
            } ?? NumberStyle.absent
          },
          [refit.flag("same_splits").map { $0 ? "same" : "other" } ?? NumberStyle.absent],
        ])
    }
    let table = ReportTable(
      labelTitle: "prior of \(found.text("parameter") == "tau0" ? "τ0" : "τ1")",
      panels: [
        .init(
          "\(fit.isBinomial ? "odds ratio" : "effect") in node, \(fit.levelWord) CrI",
          nodes.map { "[\($0.integer("node") ?? 0)]" }),
        .init("", ["tree grown again"]),
      ], sections: [.init("", rows)])
    return [.more("The effects under each prior", [.block(.table(table))])]
  }

  /// The verdict of power-scaling in words, empty where there is nothing to say.
  private func verdict(_ word: String) -> String {
    word == "-" ? "" : word.replacing("-", with: " ")
  }

  private func powerScaling(_ found: JSONValue) -> [Part] {
    let rows = (found.at("power_scaling")?.list("quantities") ?? []).map { quantity in
      ReportTable.Row(
        quantity.text("quantity") ?? "",
        [
          ["heterogeneity_prior", "priors", "likelihood"].map {
            NumberStyle.ratio(quantity.number($0))
          }, [verdict(quantity.text("verdict") ?? "-")],
        ])
    }
    guard !rows.isEmpty else { return [] }
    let table = ReportTable(
      labelTitle: "quantity",
      panels: [
        .init("sensitivity to", ["prior of heterogeneity", "all priors", "likelihood"]),
        .init("", ["verdict"]),
      ], sections: [.init("", rows)])
    return [.more("Power-scaling of every quantity", [.block(.table(table))])]
  }

  // MARK: Evidence

  /// Bayes factors of the splits, prediction of participants and trials left out, trees under other trial
  /// effects.
  var evidenceSection: ReportSection {
    ReportSection(
      "evidence", "Evidence for the splits",
      byMethod { group in
        guard let run = group.bayesian else { return [] }
        return bayesFactors(run) + treeDraws(run) + participantsLeftOut(run)
          + trialsLeftOut(run) + figure(.leaveOneOut, group)
      })
  }

  private func bayesFactors(_ run: ReportRun) -> [Part] {
    guard let found = run.fit.at("split_evidence") else { return [] }
    let factors = found.list("factors").compactMap(\.number)
    let rows = found.list("splits").compactMap { split -> ReportTable.Row? in
      guard let node = split.integer("node") else { return nil }
      let own = split.list("log_bf10").map(\.number)
      let averaged = split.at("averaged")?.list("log_bf10").map(\.number) ?? []
      func words(_ values: [Double?]) -> [String] {
        factors.indices.map { place in
          guard values.indices.contains(place), let value = values[place] else {
            return NumberStyle.absent
          }
          return NumberStyle.significant(exp(value))
        }
      }
      let rule = run.node(node).map { "\($0.words): \($0.split?.text("variable") ?? "")" } ?? ""
      return ReportTable.Row("[\(node)] \(rule)", [words(own), words(averaged)])
    }
    guard !rows.isEmpty, !factors.isEmpty else { return [] }
    let columns = factors.map { "× \(NumberStyle.significant($0))" }
    return [
      .subheading("Bayes factors of the splits"),
      .block(
        .table(
          ReportTable(
            labelTitle: "[node] split",
            panels: [
              .init("this split, prior scale", columns), .init("averaged over splits", columns),
            ], sections: [.init("", rows)]))),
      .block(
        .notes([
          "Above 1 for a difference in effect between the sides of the split. The split was chosen by the same "
            + "data: the average over all splits that could have been chosen allows for that."
        ])),
    ]
  }

  private func treeDraws(_ run: ReportRun) -> [Part] {
    guard let found = run.fit.at("tree_draws"), let trees = found.integer("trees"), trees > 0 else {
      return []
    }
    func row(_ label: String, _ entry: JSONValue) -> ReportTable.Row {
      .init(label, [[entry.number("share").map(NumberStyle.share) ?? NumberStyle.absent]])
    }
    let splits = found.list("splits").map { entry in
      let node = entry.integer("node") ?? 0
      return row("[\(node)] on \(run.node(node)?.split?.text("variable") ?? "")", entry)
    }
    let roots = found.list("root_split").map { row($0.text("variable") ?? "no split", $0) }
    let variables = found.list("variables").map { row($0.text("variable") ?? "", $0) }
    let leaves = found.list("leaves").map { row(counted($0.integer("count") ?? 0, "subgroup"), $0) }
    return [
      .subheading("Trees under plausible trial effects"),
      .block(
        .table(
          ReportTable(
            labelTitle: "", panels: [.init("", ["share of \(trees) trees"])],
            sections: [
              .init("Splits of the Bayesian tree", splits), .init("Variable at the root", roots),
              .init("Variable anywhere", variables), .init("Number of subgroups", leaves),
            ]))),
      .block(
        .notes([
          "Share of trees under plausible trial effects, the data held fixed: neither the posterior probability "
            + "of a tree nor its stability in other samples."
        ])),
    ]
  }

  private func participantsLeftOut(_ run: ReportRun) -> [Part] {
    guard let loo = run.fit.at("loo"), let elpd = loo.number("elpd") else { return [] }
    let high = loo.integer("pareto_k_above_0.7") ?? 0
    return [
      .subheading("Participants left out one by one"),
      .block(
        .facts([
          .init("Expected log predictive density", [Self.tenths(elpd)]),
          .init("Standard error", [Self.tenths(loo.number("se"))]),
          .init("Effective parameters", [Self.tenths(loo.number("p"))]),
          .init("Pareto k above 0.7", ["\(high)" + (high > 0 ? ": not reliable for these" : "")]),
        ])),
    ]
  }

  private func trialsLeftOut(_ run: ReportRun) -> [Part] {
    guard let found = run.fit.at("leave_one_trial_out"), !found.list("trials").isEmpty else {
      return []
    }
    let rows = found.list("trials").map { trial in
      ReportTable.Row(
        trial.text("trial") ?? "",
        [
          [
            trial.integer("n_active").map { "\($0)" } ?? NumberStyle.absent,
            Self.tenths(trial.number("elpd")),
          ]
        ])
    }
    return [
      .subheading("Trials left out one by one"),
      .block(
        .table(
          ReportTable(
            labelTitle: fit.trialColumn,
            panels: [.init("", ["in \(fit.active)", "log predictive density"])],
            sections: [.init("", rows)]))),
      .block(
        .notes([
          "Together \(Self.tenths(found.number("elpd")))"
            + (found.number("se").map { ", standard error \(Self.tenths($0))." }
              ?? "; a standard error needs ten trials.")
        ])),
    ]
  }

  private static func tenths(_ value: Double?) -> String {
    NumberStyle(decimals: 1).quantity(value).withMinusSigns
  }

  // MARK: Predictive checks

  /// Replicated data beside the data.
  var predictiveSection: ReportSection {
    ReportSection(
      "predictive", "Posterior predictive checks",
      byMethod { group in
        guard let found = group.bayesian?.fit.at("posterior_predictive") else { return [] }
        let checks = found.list("checks")
        guard !checks.isEmpty else { return [] }
        let missed = checks.filter { $0.flag("missed") == true }
        let shown = (missed.isEmpty ? checks : missed)
          .sorted { ($0.number("p_value") ?? 1) < ($1.number("p_value") ?? 1) }.prefix(15)
        let words =
          missed.isEmpty
          ? "The model repeats what was checked of the data; the checks with the smallest p-values are below."
          : "The model does not repeat \(counted(missed.count, "statistic")) of the data."
        let replicates = found.integer("replicates").map {
          " \(counted($0, "data set")) were drawn from the posterior."
        }
        return [
          .block(.paragraph(words + (replicates ?? ""))), .block(.table(checkTable(Array(shown)))),
        ] + figure(.predictive, group)
      })
  }

  private func checkTable(_ checks: [JSONValue]) -> ReportTable {
    let names = [
      "sd": "SD", "floor": "share at the lowest score", "ceiling": "share at the highest score",
      "events": "share with the event",
    ]
    let rows = checks.map { check in
      let place = [check.text("trial") ?? "all trials", check.text("arm") ?? ""]
      let word = check.text("statistic") ?? ""
      return ReportTable.Row(
        "\(names[word] ?? word), \(place.joined(separator: ", "))",
        [
          ["\(check.integer("n") ?? 0)", NumberStyle.significant(check.number("observed"))],
          [
            NumberStyle.significant(check.number("replicated_mean")),
            check.interval("interval").map {
              "[\(NumberStyle.significant($0.lower)), \(NumberStyle.significant($0.upper))]"
            } ?? NumberStyle.absent,
          ], [NumberStyle.pValue(check.number("p_value"))],
        ])
    }
    return ReportTable(
      labelTitle: "statistic",
      panels: [
        .init("", ["n", "observed"]), .init("replicated", ["mean", "95% interval"]),
        .init("", ["p"]),
      ], sections: [.init("", rows)])
  }
}
