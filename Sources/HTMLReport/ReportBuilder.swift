import Drawing
import Figures
import JSON
import Posterior
import Reports
import Subgroups
import Words

/// Builds the sections of a report.
struct ReportBuilder {
  typealias Part = ReportSection.Part

  let fit: ReportFit
  let draws: [String: DrawsFile.Contents]
  let stability: [FitReport.Stability]
  private let figures: FigureFit
  /// The method or run that the report keeps to.
  private let wanted: String?

  init(
    _ document: JSONValue, draws: [String: DrawsFile.Contents],
    stability: [FitReport.Stability] = [], run: String?
  ) throws(SavedFitError) {
    fit = ReportFit(document, run: run)
    figures = try FigureFit(document)
    (self.draws, self.stability, wanted) = (draws, stability, run)
    guard !fit.groups.isEmpty else {
      throw .unknownRun(name: run ?? "", known: ReportFit(document, run: nil).runNames)
    }
  }

  var title: String {
    fit.prespecified == nil
      ? "Subgroups in the effect of \(fit.active) on \(fit.outcome)"
      : "Effect of \(fit.active) on \(fit.outcome) by \(fit.prespecified ?? "")"
  }

  var lead: String {
    "\(fit.active) compared with \(fit.reference); \(counted(fit.participants, "participant")) of "
      + "\(counted(fit.trials.count, "trial"))"
  }

  var sections: [ReportSection] {
    [
      summarySection, trialsSection, treesSection, effectsSection, heterogeneitySection,
      stabilitySection, sensitivitySection, evidenceSection, crossValidationSection,
      predictiveSection, diagnosticsSection, methodsSection, checklistSection, settingsSection,
      provenanceSection,
    ].filter { !$0.parts.isEmpty }
  }

  // MARK: Methods one after the other

  /// The parts of every method, under its name where there are several.
  func byMethod(_ parts: (ReportGroup) -> [Part]) -> [Part] {
    fit.groups.flatMap { group -> [Part] in
      let own = parts(group)
      guard fit.groups.count > 1, !own.isEmpty else { return own }
      return [.subheading("Method \(group.method.rawValue)")] + own
    }
  }

  /// A heading within a method, which names the method where there are several.
  func heading(_ text: String, _ group: ReportGroup) -> Part {
    .subheading(fit.groups.count > 1 ? "\(text): \(group.method.rawValue)" : text)
  }

  // MARK: Figures

  /// A figure of a method, or of one of its runs; nothing where the fit lacks what it shows.
  func figure(
    _ kind: FigureKind, _ group: ReportGroup, run: ReportRun? = nil,
    _ change: (inout FigureOptions) -> Void = { _ in }
  ) -> [Part] {
    var options = FigureOptions()
    options.run = run?.name ?? wanted ?? group.method.rawValue
    change(&options)
    guard let maker = try? FigureMaker(figures, options) else { return [] }
    let contents = kind.needsDraws ? (run ?? group.bayesian).flatMap { draws[$0.name] } : nil
    guard let page = try? maker.page(kind, draws: contents) else { return [] }
    let own = fit.groups.count > 1 || run != nil
    let node = options.node.map { "-\($0)" } ?? ""
    let choice =
      (own ? " --run \(options.run ?? "")" : "") + (options.node.map { " --node \($0)" } ?? "")
      + (options.variable.map { " --variable \($0)" } ?? "")
    return [
      .figure(
        ReportFigure(
          id: "figure-\(kind.rawValue)-\((options.run ?? "").replacing(":", with: "-"))\(node)",
          page: page, call: "\(kind.rawValue) FIT\(choice) --out \(kind.rawValue).svg",
          isNavigation: options.linksNodes))
    ]
  }
}

extension ReportFit {
  /// The names of all runs.
  fileprivate var runNames: [String] { groups.flatMap(\.runs).map(\.name) }
}
