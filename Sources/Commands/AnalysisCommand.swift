private import CrossValidation
import Designs
private import Evidence
import Inference
private import JSON
private import Posterior
import Reports
import Sampling
import Sensitivity
import Subgroups
private import Threads
private import Words

/// What `fit` and `compare` do: read, analyse, write.
struct AnalysisCommand {
  private let invocation: Invocation
  private let estimators: [Estimator]
  private let clock = ContinuousClock()

  /// A command that runs its method by some estimators.
  init(_ invocation: Invocation, estimators: [Estimator]) {
    self.invocation = invocation
    self.estimators = estimators
  }

  /// Runs the command; returns 3 where chains have not converged and that was not allowed, else 0.
  func run() throws(CommandError) -> Int32 {
    let settings = invocation.settings
    let folder = try outputFolder()
    let start = clock.now
    let plan = AnalysisPlan(
      settings, estimators: estimators, priors: try AnalysisInput.priors(settings.priors))
    let (builder, digest) = try AnalysisInput.builder(invocation)
    var analysis: Analysis
    var supplements = Supplements()
    do {
      let design = try builder.design()
      let read = seconds(since: start)
      let environment = environment()
      analysis = try analyse(design, plan, in: environment)
      supplements.evidence = weigh(&analysis, leaveOneOut: settings.loo, in: environment)
      supplements.sensitivity = try priorSensitivities(&analysis, in: environment)
      if invocation.command == .compare {
        supplements.crossValidation = try crossValidate(
          analysis, by: settings.crossValidation, in: environment)
      }
      analysis.timing.read = read
    } catch {
      throw CommandError(error, of: shownFile(invocation.operands[0]))
    }
    analysis.timing.total = seconds(since: start)
    invocation.console.endProgress()
    for warning in analysis.warnings { invocation.console.warn(warning) }
    try write(analysis, supplements, digest, folder)
    if settings.timing { report(analysis.timing) }
    return analysis.hasConverged || settings.allowsUnconverged ? 0 : 3
  }

  private func outputFolder() throws(CommandError) -> FitFolder? {
    guard let path = invocation.settings.out else { return nil }
    return try FitFolder(
      path, force: invocation.settings.force, temporaries: invocation.temporaries)
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    (clock.now - start) / .seconds(1)
  }

  private func environment() -> AnalysisEnvironment {
    let clock = clock
    let start = clock.now
    let progress = SamplingProgress(
      invocation.console, chains: invocation.settings.chains)
    return AnalysisEnvironment(
      now: { (clock.now - start) / .seconds(1) }, monitor: RunMonitor(sink: progress))
  }

  private func write(
    _ analysis: Analysis, _ supplements: Supplements, _ digest: String, _ folder: FitFolder?
  ) throws(CommandError) {
    let call = Self.callInfo(invocation, analysis.design, analysis.plan, digest)
    let content = ReportContent(analysis, supplements, call: call)
    let document = FitDocument(analysis, supplements, call: call)
    if let folder { try save(analysis, document, content, in: folder) }
    switch invocation.settings.format {
    case .text, .markdown: try Terminal.write(content, as: invocation.settings.format)
    case .json: try Terminal.write(try text(document.json))
    }
  }

  private func save(
    _ analysis: Analysis, _ document: FitDocument, _ content: ReportContent,
    in folder: FitFolder
  ) throws(CommandError) {
    let names = drawsNames(analysis)
    var document = document
    document.drawsFiles = names
    let json = try text(document.json)
    let summary = TextRenderer(width: 80).text(content)
    try folder.write { writer throws(CommandError) in
      try writer.add("fit.json", Array(json.utf8))
      try writer.add("summary.txt", Array(summary.utf8))
      for (index, files) in names.sorted(by: { $0.key < $1.key }) {
        guard case .bayesian(let result) = analysis.runs[index].fit else { continue }
        for (name, bytes) in zip(files, result.drawsFiles(invocation.settings)) {
          try writer.add(name, bytes)
        }
      }
    }
  }

  /// The draws files of each Bayesian run, by its position: in a folder of the method's name where there
  /// are several (of the method that was asked for, where another took its place).
  private func drawsNames(_ analysis: Analysis) -> [Int: [String]] {
    let bayesian = analysis.runs.indices.filter { analysis.runs[$0].estimator == .bayes }
    var names: [Int: [String]] = [:]
    for index in bayesian {
      let run = analysis.runs[index]
      let folder = bayesian.count > 1 ? "\((run.fallbackFrom ?? run.method).rawValue)/" : ""
      names[index] = (1...invocation.settings.chains).map { "\(folder)draws-\($0).csv" }
    }
    return names
  }

  private func text(_ document: JSONValue) throws(CommandError) -> String {
    do {
      return try document.text()
    } catch {
      throw CommandError(error)
    }
  }

  /// What documents say of a command that analyses a design by a plan.
  static func callInfo(
    _ invocation: Invocation, _ design: Design, _ plan: AnalysisPlan, _ digest: String
  ) -> CallInfo {
    var resolved: [OptionName: OptionValue] = [
      .threads: .integer(invocation.settings.threads),
      .reference: .text(design.treatment.reference), .family: .text(design.family.rawValue),
    ]
    resolved[.minSize] = .integer(plan.growth.minSize(plan.methods[0], design))
    let control = OptionTable.control(
      of: invocation.command, invocation.parsed, resolved: resolved)
    return CallInfo(
      version: Help.version, command: invocation.command.rawValue,
      dataPath: invocation.operands[0], dataSHA256: digest,
      control: control.map { Setting($0.key, $0.value.map(\.json) ?? .null) })
  }

  private func report(_ timing: Timing) {
    invocation.console.timings(
      [
        ("read", timing.read), ("grow", timing.grow), ("estimate", timing.estimate),
        ("sample", timing.sample), ("inner", timing.inner), ("evidence", timing.evidence),
        ("loo", timing.loo),
      ] + (invocation.settings.sensitivity ? [("sensitivity", timing.sensitivity)] : [])
        + [("total", timing.total)])
  }
}

extension OptionValue {
  fileprivate var json: JSONValue {
    switch self {
    case .flag(let flag): .bool(flag)
    case .integer(let number): JSONValue(number)
    case .number(let number): JSONValue(number)
    case .text(let text): .string(text)
    case .list(let items): .array(items.map(\.json))
    }
  }
}

extension BayesianResult {
  /// The draws files, one a chain.
  func drawsFiles(_ settings: Settings) -> [[UInt8]] {
    let run = DrawsFile.Settings(
      warmup: settings.warmup, maxTreeDepth: settings.maxTreedepth)
    return concurrentMap(count: records.count, threads: settings.threads) { chain in
      DrawsFile.text(of: draws, chain: chain, record: records[chain], settings: run)
    }
  }
}

extension Analysis {
  /// Whether the chains of every Bayesian run have converged.
  var hasConverged: Bool {
    runs.allSatisfy { run in
      if case .bayesian(let result) = run.fit { result.diagnostics.converged } else { true }
    }
  }
}
