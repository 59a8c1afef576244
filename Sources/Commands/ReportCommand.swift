private import HTMLReport
private import JSON
private import Posterior
private import Reports
private import Subgroups

/// The command `report`.
enum ReportCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let (folder, settings) = (invocation.operands[0], invocation.settings)
    let path = folder + "/fit.json"
    let isMarkdown = settings.reportFormat == .markdown
    let out = settings.out ?? (isMarkdown ? nil : folder + "/report.html")
    let document = try savedDocument(path) { $0 }
    let file = try out.map { (out) throws(CommandError) in
      try OutputFile(out, inputs: [path], temporaries: invocation.temporaries)
    }
    let draws = try draws(document, path, folder: folder, settings)
    let stability = try stability(document, folder: folder, invocation)
    let report: FitReport
    do throws(SavedFitError) {
      report = try FitReport(
        document, draws: draws, stability: stability, run: settings.run?.name)
    } catch {
      throw CommandError(saved: error, path)
    }
    let text = isMarkdown ? report.markdown : report.html
    if let file { try file.write(Array(text.utf8)) } else { try Terminal.write(text) }
    return 0
  }

  /// The stability analyses that were named, or the one that stands in the fit folder; those of other data
  /// are an error, or left out with a warning.
  private static func stability(
    _ document: JSONValue, folder: String, _ invocation: Invocation
  ) throws(CommandError) -> [FitReport.Stability] {
    let given = invocation.settings.stabilities
    let own = "\(folder)/\(StabilityFile.folder)"
    let places = given.isEmpty ? [own].filter { StabilityFile.path($0) != nil } : given
    var result: [FitReport.Stability] = []
    var paths: [String] = []
    for place in places {
      let path = try StabilityFile.found(place)
      guard !paths.contains(where: { isSame($0, path) }) else { continue }
      paths.append(path)
      let stability = try savedDocument(path) { (document) throws(SavedFitError) in
        try FitReport.Stability(document, place: place)
      }
      guard stability.hasData(of: document) else {
        let problem = "'\(path)': its data are not those of the fit (data_sha256 differs)"
        guard given.isEmpty else { throw .data("option --stability: " + problem) }
        invocation.console.warn(problem + "; the report leaves it out")
        continue
      }
      result.append(stability)
    }
    return result
  }

  /// The draws of each Bayesian run whose files are all there; a report can do without.
  private static func draws(
    _ document: JSONValue, _ path: String, folder: String, _ settings: Settings
  ) throws(CommandError) -> [String: DrawsFile.Contents] {
    var result: [String: DrawsFile.Contents] = [:]
    let names: [String]
    do throws(SavedFitError) {
      let fit = try SavedFit(document)
      let wanted = settings.run?.name
      names = fit.runs.filter { run in
        run.estimator == .bayes
          && (wanted.map { $0 == run.name || $0 == run.method.rawValue } ?? true)
      }.map(\.name)
      for (place, run) in fit.runs.enumerated() where names.contains(run.name) {
        _ = try SavedChains(document, run: place)
      }
    } catch {
      throw CommandError(saved: error, path)
    }
    for name in names {
      let files = Self.files(document, run: name)
      guard !files.isEmpty, files.allSatisfy({ kind(of: "\(folder)/\($0)") == .file }) else {
        continue
      }
      result[name] = try ChainSource([folder], choice: RunChoice(name)).read()
    }
    return result
  }

  /// The draws files of a run.
  private static func files(_ document: JSONValue, run name: String) -> [String] {
    let run = document["runs"]?.array?.first { run in
      "\(run["method"]?.string ?? ""):\(run["estimator"]?.string ?? "")" == name
    }
    return (run?["fit"]?["draws_files"]?.array ?? []).compactMap(\.string)
  }
}
