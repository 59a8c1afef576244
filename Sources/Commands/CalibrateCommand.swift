private import Calibration
private import Inference
private import JSON
private import Reports
private import Subgroups

/// The command `calibrate`.
enum CalibrateCommand {
  /// Runs the command; returns 3 where a check fails, else 0.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let settings = invocation.settings
    let runs = try chosen(invocation)
    let folder = try settings.out.map { (path) throws(CommandError) in
      try CalibrationFolder(path, temporaries: invocation.temporaries)
    }
    var plan = CalibrationPlan(
      replicates: settings.replicates, draws: settings.draws, chains: settings.chains,
      warmup: settings.warmup, seed: settings.seed)
    plan.threads = settings.threads
    var tables: [RankTable] = []
    for (place, run) in runs.enumerated() {
      let known =
        settings.force ? nil : folder?.ranks(run.scenario.name, run.sampler.rawValue, plan)
      if let known {
        tables.append(known)
        continue
      }
      let stage = "\(run.scenario.name) \(run.sampler.rawValue) (\(place + 1) of \(runs.count))"
      let table = try ranks(run.scenario, run.sampler, plan, stage, invocation.console)
      try folder?.write(table)
      tables.append(table)
    }
    invocation.console.endProgress()
    let verdict = CalibrationVerdict(tables)
    warn(verdict, invocation.console)
    try write(verdict, to: folder, format: settings.format)
    return verdict.passes ? 0 : 3
  }

  /// The scenarios and samplers that operand and options leave.
  private static func chosen(
    _ invocation: Invocation
  ) throws(CommandError) -> [(scenario: Scenario, sampler: PosteriorSampler)] {
    let settings = invocation.settings
    let name = invocation.operands.first
    let names = Scenario.all.map(\.name)
    if let name, !names.contains(name) {
      let hint = nearest(to: name, among: names).map { "did you mean \($0)?" }
      throw .usage(
        "unknown scenario '\(name)'; " + (hint ?? "'metamob calibrate --help' lists the scenarios"))
    }
    let runs = Scenario.all.filter { scenario in
      (name == nil || scenario.name == name)
        && (settings.family == nil || scenario.family == settings.family)
        && (settings.trials == nil || scenario.trials == settings.trials)
    }.flatMap { scenario in
      scenario.samplers.filter {
        settings.sampler == .auto || $0.rawValue == settings.sampler.rawValue
      }.map { (scenario: scenario, sampler: $0) }
    }
    guard !runs.isEmpty else {
      throw .usage(
        "no scenario agrees with all of SCENARIO, --family, --trials and --sampler; "
          + "leave one of them out")
    }
    return runs
  }

  private static func ranks(
    _ scenario: Scenario, _ sampler: PosteriorSampler, _ plan: CalibrationPlan, _ stage: String,
    _ console: Console
  ) throws(CommandError) -> RankTable {
    do {
      return try Calibrator(scenario, sampler, plan).run { done in
        console.progress(stage, done: done, of: plan.replicates)
      }
    } catch {
      throw CommandError(error)
    }
  }

  private static func warn(_ verdict: CalibrationVerdict, _ console: Console) {
    for table in verdict.tables where table.dependent > 0 {
      console.warn(
        "\(table.name): the chains of \(table.dependent) of \(table.plan.replicates) fits stayed too "
          + "short for \(table.plan.draws) nearly independent draws, which widens the spread of ranks"
      )
    }
  }

  private static func write(
    _ verdict: CalibrationVerdict, to folder: CalibrationFolder?, format: Settings.Format
  ) throws(CommandError) {
    let content = ReportContent(verdict)
    let document: String
    do {
      document = try CalibrationDocument(verdict, version: Help.version).json.text()
    } catch {
      throw CommandError(error)
    }
    try folder?.write([
      ("calibration.json", document), ("summary.txt", TextRenderer(width: 80).text(content)),
      ("calibration.svg", CalibrationFigure(verdict).svg),
    ])
    switch format {
    case .text, .markdown: try Terminal.write(content, as: format)
    case .json: try Terminal.write(document)
    }
  }
}
