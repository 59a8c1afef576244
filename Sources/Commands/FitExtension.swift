private import CrossValidation
import Designs
private import Evidence
private import Foundation
import Inference
private import JSON
private import Posterior
private import Reports
private import Sampling
private import Sensitivity
import Subgroups
private import Tables
private import Words

/// What `diagnose FIT --extend` does: the chains of a saved fit go on, and its folder is replaced.
struct FitExtension {
  private let invocation: Invocation
  private let folder: String
  private let document: JSONValue
  private let fit: SavedFit
  private let output: FitFolder

  private var path: String { "\(folder)/fit.json" }

  /// Reads the fit; tests that its folder can be written, before any work begins.
  init(_ invocation: Invocation) throws(CommandError) {
    self.invocation = invocation
    folder = invocation.operands[0]
    guard invocation.operands.count == 1, kind(of: folder) != .file else {
      throw .usage(
        "option --extend needs one fit folder: draws files do not say how their chains go on")
    }
    let path = "\(folder)/fit.json"
    (document, fit) = try savedDocument(path) { (document) throws(SavedFitError) in
      (document, try SavedFit(document))
    }
    output = try FitFolder(folder, force: true, temporaries: invocation.temporaries)
  }

  /// Lets the chains go on and replaces the folder; returns whether all chains that were to be extended
  /// have converged.
  func run() throws(CommandError) -> Bool {
    let chosen = try chosenRuns()
    if chosen.isEmpty { _ = try ChainSource([folder], choice: invocation.settings.run) }
    var needed: [Int] = []
    for run in chosen where try !chains(run).problems.isEmpty { needed.append(run) }
    guard !needed.isEmpty else {
      for run in chosen { _ = try source(run).read() }
      invocation.console.warn(
        "the chains of '\(folder)' have converged; nothing is to be extended")
      return true
    }
    var work = try Work(self, settings: try settings())
    for index in fit.runs.indices {
      try work.add(index, growing: needed.contains(index))
    }
    invocation.console.endProgress()
    guard work.hasGrown else {
      invocation.console.warn(
        "longer chains would not mend the problems below; '\(folder)' is left as it is")
      return false
    }
    try work.write(output)
    return work.hasConverged
  }

  /// The runs by Bayes that are to be extended: the chosen one, or all.
  private func chosenRuns() throws(CommandError) -> [Int] {
    if let choice = invocation.settings.run {
      do throws(SavedFitError) {
        let run = try fit.run(named: choice.name)
        return fit.runs.indices.filter { fit.runs[$0] == run && run.estimator == .bayes }
      } catch {
        throw CommandError(saved: error, path)
      }
    }
    return fit.runs.indices.filter { fit.runs[$0].estimator == .bayes }
  }

  /// What the document says of a run's chains.
  private func chains(_ run: Int) throws(CommandError) -> SavedChains {
    try source(run).chains(orWithout: path, fit.runs[run].name)
  }

  private func source(_ run: Int) throws(CommandError) -> ChainSource {
    try ChainSource([folder], choice: RunChoice(fit.runs[run].name))
  }

  /// The settings of the fit.
  private func settings() throws(CommandError) -> Settings {
    let call = document["call"]
    guard let command = call?["command"]?.string.flatMap(CommandName.init(rawValue:)) else {
      throw .data("'\(path)', call.command: \"fit\" or \"compare\" is wanted here")
    }
    var settings = try Settings(
      ParsedArguments(control: call?["control"] ?? .null, of: command, in: path),
      of: command)
    settings.threads = invocation.settings.threads
    settings.level = fit.level
    return settings
  }

  /// The data of the fit.
  private func design(_ settings: Settings) throws(CommandError) -> Design {
    let place = invocation.settings.data ?? fit.dataPath
    guard place != "-" || invocation.settings.data != nil else {
      throw .noInput(
        "the fit '\(folder)' read its data from standard input; give the file with --data")
    }
    guard place == "-" || kind(of: place) != .nothing else {
      throw .noInput(
        "\(shownFile(place)), the data of the fit '\(folder)', does not exist; say with --data where "
          + "it is")
    }
    let file: InputFile
    do throws(TableError) { file = try InputFile(reading: place) } catch {
      throw CommandError(error)
    }
    let digest = SHA256.hexDigest(of: file.bytes)
    guard digest == fit.dataSHA256 else {
      throw .data(
        "\(shownFile(place)) is not the file that '\(folder)' was fitted to, or has changed since (its "
          + "SHA-256 begins with \(digest.prefix(12)), not \(fit.dataSHA256.prefix(12))); give the "
          + "right one with --data, or fit again")
    }
    do {
      return try AnalysisInput.builder(
        file, formula: Formula(parsing: fit.formula), settings
      ).design()
    } catch {
      throw CommandError(error, of: shownFile(place))
    }
  }
}

extension FitExtension {
  /// The analysis of the fit, run by run.
  private struct Work {
    private let fit: FitExtension
    private let settings: Settings
    private let design: Design
    private let plan: AnalysisPlan
    private var runs: [Run] = []
    private var extensions: [Int: Int] = [:]
    private var warnings: [String]
    private(set) var hasGrown = false
    private(set) var hasConverged = true

    init(_ fit: FitExtension, settings: Settings) throws(CommandError) {
      self.fit = fit
      self.settings = settings
      design = try fit.design(settings)
      warnings = fit.document["warnings"]?.array?.compactMap(\.string) ?? []
      let saved = fit.document["runs"]?.array ?? []
      let priors = saved.compactMap { $0["fit"]?["priors"] }.first ?? .null
      var estimators: [Estimator] = []
      for run in fit.fit.runs where !estimators.contains(run.estimator) {
        estimators.append(run.estimator)
      }
      do {
        plan = AnalysisPlan(
          settings, estimators: estimators,
          priors: try PriorSet(saved: priors, for: design.family, file: fit.path))
      } catch {
        throw CommandError(error)
      }
    }

    /// Adds a run: by likelihood as it was, by Bayes with its chains, which go on where `growing`.
    mutating func add(_ index: Int, growing: Bool) throws(CommandError) {
      do {
        let state = try SavedRunState(
          fit.document, run: index, design: design, file: fit.path)
        guard state.estimator == .bayes else {
          runs.append(
            try KeptAnalysis(design, plan).likelihoodRun(state.tree, state.method, state.estimator))
          runs[index].fallbackFrom = state.fallbackFrom
          return
        }
        let contents = try fit.source(index).read()
        guard let kept = state.kept(contents.draws, contents.records) else { return }
        let before = contents.draws.iterations
        var chains = try ChainExtension(kept, design, plan, in: environment)
        let outcome = try chains.run(growing: growing)
        runs.append(outcome.run)
        note(outcome, of: index, kept: kept, before: before, growing: growing)
      } catch let error as SavedFitError {
        throw CommandError(saved: error, fit.path)
      } catch {
        throw CommandError(error)
      }
    }

    private var environment: AnalysisEnvironment {
      AnalysisEnvironment(
        monitor: RunMonitor(
          sink: SamplingProgress(fit.invocation.console, chains: settings.chains)))
    }

    private mutating func note(
      _ outcome: ChainExtension.Outcome, of index: Int, kept: KeptRun, before: Int, growing: Bool
    ) {
      guard growing, case .bayesian(let result) = outcome.run.fit else { return }
      hasConverged = hasConverged && result.diagnostics.converged
      guard outcome.extensions > kept.extensions else { return }
      hasGrown = true
      extensions[index] = outcome.extensions
      warnings.removeAll { $0 == ChainExtension.otherTree(kept.method) }
      warnings += outcome.warnings
      let console = fit.invocation.console
      for warning in outcome.warnings { console.warn(warning) }
      if result.isTooShort, result.draws.iterations >= ChainExtension.most(before) {
        console.warn(
          "\(fit.fit.runs[index].name): \(result.draws.iterations) draws a chain in place of \(before) "
            + "are not enough: the chains are stuck rather than short; fit again with a longer --warmup "
            + "or other priors")
      }
    }

    /// Replaces the folder.
    func write(_ output: FitFolder) throws(CommandError) {
      var analysis = KeptAnalysis(design, plan).analysis(runs, warnings: warnings)
      var supplements = Supplements()
      supplements.evidence = weigh(&analysis, leaveOneOut: settings.loo)
      do throws(SavedFitError) {
        supplements.crossValidation = try CrossValidation(saved: fit.document)
      } catch {
        throw CommandError(saved: error, fit.path)
      }
      do { supplements.sensitivity = try priorSensitivities(&analysis, in: environment) } catch {
        throw CommandError(error)
      }
      var document = ExtendedDocument(fit.document)
      let new = FitDocument(analysis, supplements, call: call).json
      for (index, count) in extensions {
        document.replaceRun(index, by: new, extensions: count)
      }
      document.replaceWarnings(by: warnings)
      let json: String
      do { json = try document.json.text() } catch { throw CommandError(error) }
      let summary = TextRenderer(width: 80).text(
        ReportContent(analysis, supplements, call: call))
      try output.write { writer throws(CommandError) in
        try writer.add("fit.json", Array(json.utf8))
        try writer.add("summary.txt", Array(summary.utf8))
        for (index, run) in runs.enumerated() {
          guard case .bayesian(let result) = run.fit else { continue }
          let names = try fit.chains(index).files ?? []
          for (name, bytes) in zip(names, result.drawsFiles(settings)) {
            try writer.add(name, bytes)
          }
        }
      }
    }

    /// The call of the fit, not of this command.
    private var call: CallInfo {
      CallInfo(
        version: fit.document["program"]?["version"]?.string ?? Help.version,
        command: fit.document["call"]?["command"]?.string ?? "fit", dataPath: fit.fit.dataPath,
        dataSHA256: fit.fit.dataSHA256, control: [])
    }
  }
}
