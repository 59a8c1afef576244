private import Designs
private import Inference
private import JSON
private import Reports
private import Sampling
private import Stability
private import Subgroups
private import Synchronization
private import Tables
private import Words

/// The command `stability`.
struct StabilityCommand {
  private let invocation: Invocation
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// Runs the command; returns 3 where chains of the reported tree have not converged and that was not
  /// allowed, else 0.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    try StabilityCommand(invocation).run()
  }

  private init(_ invocation: Invocation) {
    self.invocation = invocation
    start = clock.now
  }

  private var settings: Settings { invocation.settings }

  private func run() throws(CommandError) -> Int32 {
    let folder = try settings.out.map { (path) throws(CommandError) in
      try StabilityFolder(path, temporaries: invocation.temporaries)
    }
    let priors = try AnalysisInput.priors(settings.priors)
    var plan = StabilityPlan(
      AnalysisPlan(settings, estimators: [settings.estimator], priors: priors))
    plan.resampling = settings.resampling
    plan.pairs = settings.replicates
    plan.isHonest = settings.honest
    let (builder, digest) = try AnalysisInput.builder(invocation)
    let result: StabilityResult
    let call: CallInfo
    do {
      let design = try builder.design()
      try check(design)
      call = callInfo(design, plan.analysis, digest)
      result = try resample(design, plan, header(call), folder)
    } catch {
      throw CommandError(error, of: shownFile(invocation.operands[0]))
    }
    invocation.console.endProgress()
    for warning in result.analysis.warnings { invocation.console.warn(warning) }
    try write(result, call, folder)
    return result.analysis.hasConverged || settings.allowsUnconverged ? 0 : 3
  }

  private func check(_ design: Design) throws(CommandError) {
    let fewest = StabilityPlan.fewestTrials
    if settings.resampling == .trials, design.trials.count < fewest {
      throw .data(
        "\(shownFile(invocation.operands[0])): --resample trials leaves out one trial at a time, which "
          + "needs \(fewest) trials or more, and there are \(design.trials.count); use "
          + "--resample halves")
    }
  }

  private func resample(
    _ design: Design, _ plan: StabilityPlan, _ header: [String], _ folder: StabilityFolder?
  ) throws -> StabilityResult {
    let known = settings.force ? [:] : folder?.known(header, parts: plan.parts) ?? [:]
    let rounds = Resampler(design, plan).rounds
    let usable = known.filter { $0.key < rounds }
    let progress = RoundProgress(invocation.console, done: usable.count, of: rounds)
    let (clock, start) = (clock, start)
    let now: @Sendable () -> Double = { (clock.now - start) / .seconds(1) }
    let result = try stability(
      of: design, plan, in: AnalysisEnvironment(now: now), known: usable
    ) { round, outcomes in
      folder?.note(round, outcomes, header: header, now: now())
      progress.finished(now: now())
    }
    try folder?.finish(header)
    return result
  }

  private func callInfo(_ design: Design, _ plan: AnalysisPlan, _ digest: String) -> CallInfo {
    let call = AnalysisCommand.callInfo(invocation, design, plan, digest)
    // Results do not depend on these.
    return CallInfo(
      version: call.version, command: call.command, dataPath: call.dataPath,
      dataSHA256: call.dataSHA256,
      control: call.control.filter { !["threads", "out"].contains($0.key) })
  }

  /// The digest of a file of priors, or the name of a set that ships with this version.
  private var priorsMark: String {
    let file = try? InputFile(reading: settings.priors)
    return file.map { SHA256.hexDigest(of: $0.bytes) } ?? settings.priors
  }

  /// What determines the trees of a round.
  private func header(_ call: CallInfo) -> [String] {
    let without = ["replicates", "honest", "level", "allow_unconverged"]
    let settings = call.control.filter { !without.contains($0.key) }.map { setting in
      let text = (try? setting.value.text()) ?? ""
      return "\(setting.key) = \(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))"
    }
    return [
      "metamob \(Help.version), trees of parts of the participants",
      "data_sha256 = \(call.dataSHA256)", "formula = \(oneLine(invocation.operands[1]))",
      "priors = \(oneLine(priorsMark))",
    ] + settings
  }

  private func write(
    _ result: StabilityResult, _ call: CallInfo, _ folder: StabilityFolder?
  ) throws(CommandError) {
    let content = ReportContent(result, call: call)
    let document: String
    do {
      document = try StabilityDocument(result, call: call).json.text()
    } catch {
      throw CommandError(error)
    }
    try folder?.write([
      ("stability.json", document), ("summary.txt", TextRenderer(width: 80).text(content)),
    ])
    switch settings.format {
    case .text, .markdown: try Terminal.write(content, as: settings.format)
    case .json: try Terminal.write(document)
    }
  }
}

extension StabilityPlan {
  /// The number of parts of a round.
  fileprivate var parts: Int { resampling == .halves ? 2 : 1 }
}

/// Shows how many rounds are done, and how long the others will take.
private final class RoundProgress: Sendable {
  private struct State: Sendable {
    var done: Int
    var began: Double?
  }

  private let console: Console
  private let rounds: Int
  private let known: Int
  private let state: Mutex<State>

  /// Of so many rounds some are done already.
  init(_ console: Console, done: Int, of rounds: Int) {
    self.console = console
    self.rounds = rounds
    known = done
    state = Mutex(State(done: done))
  }

  /// One more is done, so many seconds after the start of the program.
  func finished(now: Double) {
    let (done, left) = state.withLock { state -> (Int, Double?) in
      state.done += 1
      // The first round to end is where the clock starts: before it all participants were analysed.
      guard let began = state.began else {
        state.began = now
        return (state.done, nil)
      }
      let pace = (now - began) / Double(max(state.done - known - 1, 1))
      return (state.done, pace * Double(rounds - state.done))
    }
    let time = left.map { ", \(duration($0)) left" } ?? ""
    console.progress("trees of parts\(time)", done: done, of: rounds)
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return whole < 100 ? "\(whole) s" : "\((whole + 59) / 60) min"
  }
}
