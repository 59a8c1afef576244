/// The command `completions`.
enum CompletionsCommand {
  /// Prints the completion script of a shell.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    guard let shell = Shell(rawValue: invocation.operands[0]) else {
      let words = Shell.allCases.map(\.rawValue)
      throw .usage(
        "no completions for '\(invocation.operands[0])'; SHELL is one of "
          + words.joined(separator: ", "))
    }
    try Terminal.write(Completions.script(for: shell))
    return 0
  }
}
