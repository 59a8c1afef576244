private import CMalloc

/// Runs the program and returns its exit code; the arguments are those after the program's name.
public func run(_ arguments: [String]) async -> Int32 {
  FaultHandler.install()
  metamob_return_large_blocks()
  let temporaries = Temporaries()
  let console = Terminal.console()
  let watch = SignalWatch(console: console, temporaries: temporaries)
  defer { watch.end() }
  do throws(CommandError) {
    return try await dispatch(arguments, console, temporaries)
  } catch {
    temporaries.removeAll()
    console.fail(error)
    return error.exitCode
  }
}

/// Finds the command and runs it; returns 0, or 3 where chains have not converged.
private func dispatch(
  _ arguments: [String], _ console: Console, _ temporaries: Temporaries
) async throws(CommandError) -> Int32 {
  guard let first = arguments.first else {
    throw .usage("no command; 'metamob --help' lists the commands")
  }
  switch first {
  case "--help", "-h":
    try Terminal.write(Help.program)
    return 0
  case "--version":
    try Terminal.write("metamob \(Help.version)\n")
    return 0
  default: break
  }
  guard let command = CommandName(rawValue: first) else { throw unknownCommand(first) }
  let parsed = try OptionParser.parse(Array(arguments.dropFirst()), of: command)
  if parsed.has(.help) {
    try Terminal.write(Help.command(command))
    return 0
  }
  let invocation = try Invocation(command, parsed, console: console, temporaries: temporaries)
  return switch command {
  case .describe: try DescribeCommand.run(invocation)
  case .fit: try FitCommand.run(invocation)
  case .compare: try CompareCommand.run(invocation)
  case .diagnose: try DiagnoseCommand.run(invocation)
  case .predict: try PredictCommand.run(invocation)
  case .plot: try PlotCommand.run(invocation)
  case .stability: try StabilityCommand.run(invocation)
  case .report: try ReportCommand.run(invocation)
  case .calibrate: try CalibrateCommand.run(invocation)
  case .pool: try PoolCommand.run(invocation)
  case .priors: try PriorsCommand.run(invocation)
  case .completions: try CompletionsCommand.run(invocation)
  }
}

private func unknownCommand(_ typed: String) -> CommandError {
  if typed.hasPrefix("-") {
    return .usage("unknown option \(typed); the command comes first: metamob COMMAND [options]")
  }
  let near = nearest(to: typed, among: CommandName.allCases.map(\.rawValue))
  let hint = near.map { "did you mean \($0)?" } ?? "'metamob --help' lists the commands"
  return .usage("unknown command '\(typed)'; \(hint)")
}
