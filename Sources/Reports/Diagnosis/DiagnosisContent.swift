import Posterior
import Words

extension ReportContent {
  /// The diagnosis of chains: the verdict, then what it rests on, then what to do.
  public init(_ diagnosis: Diagnosis) {
    let content = DiagnosisContent(diagnosis: diagnosis)
    self.init(
      blocks: content.opening + content.subgroups + content.chains + content.parameters
        + content.problems + content.warnings)
  }
}

/// Builds the report on chains.
private struct DiagnosisContent {
  /// So many parameters are shown, the worst of them where there are more.
  private static let mostParameters = 40
  /// So many problems of a kind are written out.
  private static let mostProblems = 6

  let diagnosis: Diagnosis

  private var figures: ChainsDiagnosis { diagnosis.figures }
  private var convergence: Convergence { figures.convergence }

  // MARK: Opening

  var opening: [ReportBlock] {
    let source = diagnosis.fit.map { "\($0.folder), \($0.chains.run)" }
    return [
      .title(
        "metamob diagnose: " + (source ?? counted(diagnosis.files.count, "draws file"))),
      .facts([
        .init("Verdict", [verdict]),
        .init(
          "Draws",
          [
            "\(counted(figures.chains.count, "chain")) of \(counted(figures.iterations, "draw"))"
              + extensions
          ]),
        .init("Figures", [worst]),
        .init(
          "Limits",
          [
            "R-hat at most 1.01; bulk and tail effective sample size (ESS) at least "
              + "\(figures.essLimit), 100 for each chain; no divergence; E-BFMI at least 0.3"
          ]),
      ]),
    ]
  }

  private var extensions: String {
    let count = diagnosis.fit?.chains.extensions ?? 0
    return count > 0 ? ", extended \(count == 1 ? "once" : "\(count) times")" : ""
  }

  private var verdict: String {
    let count = diagnosis.problems.count
    return diagnosis.converged
      ? "converged" : "NOT converged: \(counted(count, "problem")), explained below"
  }

  private var worst: String {
    let varying = figures.parameters.count { !$0.isConstant }
    let constant = figures.parameters.count - varying
    return counted(varying, "parameter") + (constant > 0 ? " (and \(constant) constant)" : "")
      + ": largest R-hat \(NumberStyle.rhat(convergence.maxRhat)), smallest ESS "
      + "\(NumberStyle.effectiveSize(convergence.minEssBulk)) (bulk) and "
      + "\(NumberStyle.effectiveSize(convergence.minEssTail)) (tail)"
  }

  // MARK: Tables

  var subgroups: [ReportBlock] {
    let subgroups = diagnosis.subgroups
    guard !subgroups.isEmpty else { return [] }
    let rows = subgroups.map { subgroup in
      ReportTable.Row(
        label(subgroup), key: "[\(subgroup.node.id)]",
        [
          [
            NumberStyle.rhat(subgroup.maxRhat), NumberStyle.effectiveSize(subgroup.minEssBulk),
            NumberStyle.effectiveSize(subgroup.minEssTail),
            subgroup.converged ? "converged" : "NOT converged",
          ]
        ])
    }
    let hasInner = subgroups.contains { $0.node.verdict != nil }
    return [
      .heading("Verdict on each subgroup's effect"),
      .table(
        ReportTable(
          labelTitle: "[node] subgroup",
          panels: [.init("", ["R-hat", "ESS bulk", "ESS tail", "verdict"])],
          sections: [.init("", rows)])),
    ]
      + [
        .notes([
          "A leaf's figures are the worst of its effect, its intercepts and SDs of its own."
            + (hasInner
              ? " Inner nodes have chains of their own: figures as the fit has them." : "")
        ])
      ]
  }

  private func label(_ subgroup: Diagnosis.Subgroup) -> String {
    let node = subgroup.node
    let rule = node.rule.isEmpty ? "all participants" : node.rule
    return "[\(node.id)] \(rule), n = \(node.participants)"
      + (node.verdict == nil ? "" : " (inner node)")
  }

  var chains: [ReportBlock] {
    let rows = zip(diagnosis.files, figures.chains).enumerated().map { place, pair in
      ReportTable.Row(
        "\(place + 1) \(shownFile(pair.0))", key: "\(place + 1)",
        [
          [
            NumberStyle.ratio(pair.1.energyFraction), count(pair.1.divergences),
            count(pair.1.maxTreeDepthHits),
          ]
        ])
    }
    return [
      .heading("Chains"),
      .table(
        ReportTable(
          labelTitle: "chain",
          panels: [.init("", ["E-BFMI", "divergences", "tree-depth hits"])],
          sections: [.init("", rows)])),
    ]
  }

  private func count(_ value: Int?) -> String { value.map { "\($0)" } ?? NumberStyle.absent }

  var parameters: [ReportBlock] {
    let all = figures.parameters
    let isCut = all.count > Self.mostParameters
    let shown = isCut ? Array(all.sorted(by: isWorse).prefix(Self.mostParameters)) : all
    let table = ReportTable(
      labelTitle: "parameter",
      panels: [
        .init("", ["mean", "SD", "MCSE"]), .init("", ["R-hat", "ESS bulk", "ESS tail", ""]),
      ],
      sections: [.init("", shown.map(row))])
    return [.heading("Parameters"), .table(table)]
      + (isCut
        ? [
          .notes([
            "The \(shown.count) worst of \(all.count) parameters, by effective sample size; "
              + "--format json has all."
          ])
        ] : [])
  }

  private func row(_ parameter: ParameterDiagnostics) -> ReportTable.Row {
    let style = NumberStyle(precisions: [parameter.sd ?? 0])
    let remark =
      if !parameter.isFinite {
        "NOT finite"
      } else if parameter.isConstant {
        "constant"
      } else {
        failing.contains(parameter.name) ? "NOT ok" : "ok"
      }
    return .init(
      parameter.name,
      [
        [
          parameter.isConstant
            ? NumberStyle.significant(parameter.mean, digits: 6) : style.quantity(parameter.mean),
          style.quantity(parameter.sd),
          NumberStyle(precisions: [parameter.summary.mcseMean ?? 0])
            .quantity(parameter.summary.mcseMean),
        ],
        [
          NumberStyle.rhat(parameter.summary.rhat),
          NumberStyle.effectiveSize(parameter.summary.essBulk),
          NumberStyle.effectiveSize(parameter.summary.essTail), remark,
        ],
      ])
  }

  private var failing: Set<String> { Set(convergence.problems.compactMap(\.parameter)) }

  /// Draws that are not finite come first, then small effective sizes; constants come last.
  private func isWorse(_ a: ParameterDiagnostics, _ b: ParameterDiagnostics) -> Bool {
    badness(a) < badness(b)
  }

  private func badness(_ parameter: ParameterDiagnostics) -> Double {
    guard parameter.isFinite else { return -1 }
    guard !parameter.isConstant else { return .infinity }
    return min(parameter.summary.essBulk ?? 0, parameter.summary.essTail ?? .infinity)
  }

  // MARK: Problems

  var problems: [ReportBlock] {
    guard !diagnosis.converged else { return [] }
    return [.heading("Problems and what to do")]
      + diagnosis.advice.map { advice in
        let more = advice.problems.count - Self.mostProblems
        let lines =
          advice.problems.prefix(Self.mostProblems)
          + (more > 0 ? ["and \(more) more; --format json lists all"] : [])
        return .facts([
          .init("Problem", Array(lines)), .init("Likely cause", [advice.cause]),
          .init("What to do", [advice.remedy]),
        ])
      }
  }

  var warnings: [ReportBlock] {
    guard !diagnosis.warnings.isEmpty else { return [] }
    return [.heading("Warnings"), .list(diagnosis.warnings)]
  }
}
