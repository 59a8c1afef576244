/// The command `compare`.
enum CompareCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) async throws(CommandError) -> Int32 {
    throw .usage("metamob compare is not part of this build")
  }
}
