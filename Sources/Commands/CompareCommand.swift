private import Subgroups

/// The command `compare`.
enum CompareCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    try AnalysisCommand(invocation, estimators: [.reml, .bayes]).run()
  }
}
