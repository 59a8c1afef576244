/// The command `fit`.
enum FitCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) async throws(CommandError) -> Int32 {
    throw .usage("metamob fit is not part of this build")
  }
}
