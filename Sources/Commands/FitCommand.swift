/// The command `fit`.
enum FitCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    try AnalysisCommand(invocation, estimators: [invocation.settings.estimator]).run()
  }
}
