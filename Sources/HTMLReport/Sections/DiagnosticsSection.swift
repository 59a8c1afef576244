import Figures
import JSON
import Reports
import Subgroups
import Words

extension ReportBuilder {
  /// Whether the chains can be relied on.
  var diagnosticsSection: ReportSection {
    ReportSection(
      "diagnostics", "Diagnostics", byMethod(diagnostics) + likelihoodRemarks + warnings)
  }

  private func diagnostics(_ group: ReportGroup) -> [Part] {
    guard let run = group.bayesian, let found = run.fit.at("diagnostics") else { return [] }
    let verdict =
      found.flag("converged") == true
      ? "Converged: the posterior figures can be read."
      : "NOT converged: do not rely on the posterior figures."
    var parts: [Part] = [.block(.paragraph(verdict)), .block(.facts(chainFacts(run, found)))]
    let problems = found.texts("problems")
    if !problems.isEmpty { parts.append(.block(.list(problems))) }
    parts += figure(.convergence, group, run: run)
    guard draws[run.name] != nil else {
      return parts + [
        .block(
          .notes([
            "The draws files are not in the fit folder: figures of draws are left out."
          ]))
      ]
    }
    let chains =
      figure(.trace, group, run: run) + figure(.rank, group, run: run)
      + figure(.energy, group, run: run)
    return parts + [
      .more("Traces, ranks and energies of the chains", chains),
      .more("Every parameter", [.block(.table(parameterTable(run)))]),
    ]
  }

  private func chainFacts(_ run: ReportRun, _ found: JSONValue) -> [ReportBlock.Fact] {
    let (chains, draws) = (run.fit.integer("chains") ?? 0, run.fit.integer("draws") ?? 0)
    var facts: [ReportBlock.Fact] = [
      .init(
        "Chains",
        [
          "\(counted(chains, "chain")) of \(counted(draws, "draw")) after "
            + "\(run.fit.integer("warmup") ?? 0) of warm-up, sampler \(run.fit.text("sampler") ?? "")"
        ]),
      .init("Largest R-hat", ["\(NumberStyle.rhat(found.number("max_rhat"))) (at most 1.01)"]),
      .init(
        "Smallest effective sample size",
        [
          "\(NumberStyle.effectiveSize(found.number("min_ess_bulk"))) (bulk), "
            + "\(NumberStyle.effectiveSize(found.number("min_ess_tail"))) (tail); at least "
            + "\(100 * chains)"
        ]),
      .init("Divergences", ["\(found.integer("divergences") ?? 0)"]),
    ]
    if let hits = found.integer("max_treedepth_hits"), hits > 0 {
      facts.append(.init("Transitions at the largest tree depth", ["\(hits)"]))
    }
    if let energy = found.number("min_ebfmi") {
      facts.append(.init("Smallest E-BFMI", ["\(NumberStyle.ratio(energy)) (at least 0.3)"]))
    }
    return facts
  }

  /// The most parameters that are listed.
  private static var mostParameters: Int { 300 }

  private func parameterTable(_ run: ReportRun) -> ReportTable {
    let all = run.fit.list("parameters")
    let rows = all.prefix(Self.mostParameters).map { parameter in
      ReportTable.Row(
        parameter.text("label") ?? parameter.text("name") ?? "",
        [
          [
            fit.style.quantity(parameter.number("mean")),
            fit.style.quantity(parameter.number("sd")),
            fit.style.interval(parameter.interval("ci")),
          ],
          [
            NumberStyle.rhat(parameter.number("rhat")),
            NumberStyle.effectiveSize(parameter.number("ess_bulk")),
            NumberStyle.effectiveSize(parameter.number("ess_tail")),
          ],
        ])
    }
    let rest = all.count - rows.count
    return ReportTable(
      labelTitle: "parameter",
      panels: [
        .init("posterior", ["mean", "SD", "\(fit.levelWord) CrI"]),
        .init("chains", ["R-hat", "bulk ESS", "tail ESS"]),
      ],
      sections: [
        .init(rest > 0 ? "The first \(rows.count) of \(all.count); all are in fit.json" : "", rows)
      ])
  }

  private var likelihoodRemarks: [Part] {
    let singular = fit.groups.compactMap(\.likelihood).filter { $0.fit.flag("singular") == true }
    guard !singular.isEmpty else { return [] }
    return [
      .block(
        .notes(
          singular.map {
            "The fit by \($0.word) (\($0.method.rawValue)) is singular: an SD between trials is estimated as 0."
          }))
    ]
  }

  private var warnings: [Part] {
    let found = fit.document.texts("warnings")
    return found.isEmpty ? [] : [.subheading("Warnings"), .block(.list(found))]
  }
}
