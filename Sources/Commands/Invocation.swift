/// A command with everything that it was given, ready to run.
package struct Invocation: Sendable {
  /// The command.
  package let command: CommandName
  /// The operands in their order.
  package let operands: [String]
  /// The options as they were given.
  package let parsed: ParsedArguments
  /// What the options mean.
  package let settings: Settings
  /// Where progress, warnings and timings go.
  package let console: Console
  /// The unfinished outputs.
  package let temporaries: Temporaries

  /// Checks the operands of a command and reads its options.
  package init(
    _ command: CommandName, _ parsed: ParsedArguments, console: Console, temporaries: Temporaries
  ) throws(CommandError) {
    let wanted = command.operands.map(\.word)
    let given = parsed.operands
    if given.count < command.neededOperands {
      throw .usage(
        "metamob \(command.rawValue) needs \(wanted.joined(separator: " and ")): "
          + "\(wanted[given.count]) is missing; 'metamob \(command.rawValue) --help' explains")
    }
    if given.count > wanted.count, !command.takesMore {
      let hint = wanted.contains("FORMULA") ? "; put the formula in quotes" : ""
      throw .usage("unexpected argument '\(given[wanted.count])'\(hint)")
    }
    self.command = command
    operands = given
    self.parsed = parsed
    settings = try Settings(parsed, of: command)
    self.console = console
    console.setQuiet(settings.quiet)
    self.temporaries = temporaries
  }
}
