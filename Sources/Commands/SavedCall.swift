import JSON

extension ParsedArguments {
  /// The options that a fit was made with, from `call.control` of its document.
  ///
  /// Settings that the command does not have any more, or did not have then, are left at their default.
  init(control: JSONValue, of command: CommandName, in path: String) throws(CommandError) {
    for row in OptionTable.options(of: command) where row.recorded {
      guard let saved = control[row.name.key], saved != .null else { continue }
      guard let values = row.values(saved: saved) else {
        throw .data(
          "'\(path)', call.control.\(row.name.key): \(row.validity.requirement) is wanted here")
      }
      self.values[row.name] = values
    }
  }
}

extension Option {
  /// The values of a saved setting; nil where it is none that the option may have.
  fileprivate func values(saved: JSONValue) -> [OptionValue]? {
    switch saved {
    case .bool(let flag): return [.flag(flag)]
    case .number(let number):
      let text = Int(exactly: number).map { "\($0)" } ?? "\(number)"
      return validity.value(of: text).map { [$0] }
    case .string(let text): return validity.value(of: text).map { [$0] }
    case .array(let items):
      let texts = items.compactMap(\.string)
      guard texts.count == items.count else { return nil }
      guard repeats else { return [.list(texts.map(OptionValue.text))] }
      let values = texts.compactMap { validity.value(of: $0) }
      return values.count == texts.count ? values : nil
    case .null, .object: return nil
    }
  }
}
