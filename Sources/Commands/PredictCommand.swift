/// The command `predict`.
enum PredictCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) async throws(CommandError) -> Int32 {
    throw .usage("metamob predict is not part of this build")
  }
}
