/// One setting as `call.control` of a fit document records it.
package struct ControlEntry: Sendable, Equatable {
  /// The key: the option's name with `_` for `-`.
  package let key: String
  /// The value; nil where the setting is nothing, or not yet known.
  package var value: OptionValue?
}

extension OptionTable {
  /// Every recorded setting of a command, given or by default, in the order of the table.
  ///
  /// `resolved` holds the values of defaults that depend on the data or the machine, such as
  /// `--min-size` or `--threads`; they stand where the user gave nothing.
  package static func control(
    of command: CommandName, _ parsed: ParsedArguments,
    resolved: [OptionName: OptionValue] = [:]
  ) -> [ControlEntry] {
    options(of: command).filter(\.recorded).map { row in
      let given = parsed.values[row.name]
      let value = row.repeats ? .list(given ?? []) : given?.last
      return ControlEntry(key: row.name.key, value: value ?? resolved[row.name] ?? row.value)
    }
  }
}
