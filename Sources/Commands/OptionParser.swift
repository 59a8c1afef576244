private import CGetopt
private import Glibc
private import Synchronization
private import Words

/// What stood on the command line after the command's name.
package struct ParsedArguments: Sendable, Equatable {
  /// The values given to each option, in order; an option that was not given has no entry.
  package var values: [OptionName: [OptionValue]] = [:]
  /// The arguments that are no options, in order.
  package var operands: [String] = []

  /// Whether an option was given.
  package func has(_ name: OptionName) -> Bool { values[name] != nil }
}

/// Arguments → values, by the rules of GNU programs.
///
/// Options may stand anywhere among the operands, `--name value` and `--name=value` are the same, a
/// value may begin with `-`, and `--` ends the options. Given twice, an option has its last value.
/// Abbreviations are refused: one that is unique today need not be so when the next option comes,
/// and a script must go on meaning what it meant.
package enum OptionParser {
  /// Reads the arguments that follow the name of a command.
  package static func parse(
    _ arguments: [String], of command: CommandName
  ) throws(CommandError) -> ParsedArguments {
    let table = OptionTable.options(of: command)
    var parsed = ParsedArguments()
    for token in scan(arguments, options: table) {
      switch token {
      case .operand(let text):
        parsed.operands.append(text)
      case .option(let row, let typed, let text):
        guard typed == row.name.typed || typed == "-h" else {
          throw unknown(typed, of: command)
        }
        let value = try value(of: row, text, in: table)
        if row.repeats {
          parsed.values[row.name, default: []].append(value)
        } else {
          parsed.values[row.name] = [value]
        }
      case .missingValue(let row, let typed):
        guard typed == row.name.typed else { throw unknown(typed, of: command) }
        throw .usage("option \(typed) needs a value: \(row.metavar ?? "")")
      case .needlessValue(let row, let typed):
        guard typed == row.name.typed else { throw unknown(typed, of: command) }
        throw .usage("option \(typed) takes no value")
      case .unknown(let typed):
        throw unknown(typed, of: command)
      }
      if parsed.has(.help) { return parsed }
    }
    return parsed
  }

  /// The value of an option as it was given; nil stands for a switch, or for a value that is the
  /// next option.
  private static func value(
    of row: Option, _ given: GivenValue, in table: [Option]
  ) throws(CommandError) -> OptionValue {
    switch given {
    case .none:
      return .flag(true)
    case .next(let text) where table.contains { $0.name.typed == text }:
      throw .usage(
        "option \(row.name.typed) needs a value: \(row.metavar ?? ""); \(text) follows it "
          + "(write \(row.name.typed)=\(text) if that is the value)")
    case .next(let text), .attached(let text):
      if let value = row.validity.value(of: text) { return value }
      let near = row.validity.choices.flatMap { nearest(to: text, among: $0) }
      throw .usage(
        "option \(row.name.typed): '\(text)' is not \(row.validity.requirement)"
          + (near.map { "; did you mean \($0)?" } ?? ""))
    }
  }

  /// The error for an option that the command does not have.
  private static func unknown(_ typed: String, of command: CommandName) -> CommandError {
    let names = OptionTable.options(of: command).map(\.name.typed)
    let others = CommandName.allCases.filter { other in
      OptionTable.options(of: other).contains { $0.name.typed == typed }
    }
    let hint =
      if !others.isEmpty {
        "it belongs to \(enumeration(others.map { "metamob \($0.rawValue)" }))"
      } else if let near = nearest(to: typed, among: names) {
        "did you mean \(near)?"
      } else {
        "'metamob \(command.rawValue) --help' lists the options"
      }
    return .usage("unknown option \(typed) of metamob \(command.rawValue); \(hint)")
  }
}

/// The text that came with an option.
private enum GivenValue {
  /// Nothing, for a switch.
  case none
  /// The next argument.
  case next(String)
  /// What followed `=`.
  case attached(String)
}

/// One step of the scan of the command line.
private enum Token {
  case operand(String)
  case option(Option, typed: String, GivenValue)
  case missingValue(Option, typed: String)
  case needlessValue(Option, typed: String)
  case unknown(String)
}

/// `getopt_long` keeps its place in the arguments in variables of the process.
private let scanner = Mutex(())

/// What `getopt_long` returns for the first row of the table; no character has this code.
private let firstCode: Int32 = 1_000

/// Splits arguments into operands and options.
private func scan(_ arguments: [String], options: [Option]) -> [Token] {
  let argv = (["metamob"] + arguments).map { strdup($0) }
  let names = options.map { strdup($0.name.rawValue) }
  defer { for pointer in argv + names { free(pointer) } }
  var rows = names.indices.map { index in
    CGetopt.option(
      name: UnsafePointer(names[index]), has_arg: options[index].metavar == nil ? 0 : 1,
      flag: nil, val: firstCode + Int32(index))
  }
  rows.append(CGetopt.option())
  return scanner.withLock { _ in
    var tokens: [Token] = []
    metamob_getopt_restart()
    while true {
      let place = max(Int(metamob_getopt_place()), 1)
      // "-" hands operands over in their place, ":" tells a missing value from an unknown option.
      let code = getopt_long(Int32(argv.count), argv + [nil], "-:h", rows, nil)
      if code == -1 { break }
      let next = token(code, at: place, of: arguments, options: options)
      tokens.append(next)
      if case .unknown = next { break }
    }
    let rest = arguments.dropFirst(Int(metamob_getopt_place()) - 1)
    return tokens + rest.map { .operand($0) }
  }
}

/// What `getopt_long` has found at a place, counted from 1, in the arguments.
private func token(
  _ code: Int32, at place: Int, of arguments: [String], options: [Option]
) -> Token {
  let element = place <= arguments.count ? arguments[place - 1] : ""
  let isLong = element.hasPrefix("--")
  let typed = isLong ? String(element.prefix { $0 != "=" }) : String(element.prefix(2))
  let row = { (code: Int32) -> Option? in
    let index = Int(code - firstCode)
    return options.indices.contains(index) ? options[index] : nil
  }
  if code == 1 { return .operand(element) }
  if typed == "-h", let help = options.first(where: { $0.name == .help }) {
    return .option(help, typed: typed, .none)
  }
  if let found = row(code) {
    guard found.metavar != nil else { return .option(found, typed: typed, .none) }
    let attached = element.drop { $0 != "=" }.dropFirst()
    return .option(
      found, typed: typed,
      element.contains("=")
        ? .attached(String(attached)) : .next(arguments[Int(metamob_getopt_place()) - 2]))
  }
  guard let found = row(metamob_getopt_culprit()) else { return .unknown(typed) }
  return found.metavar == nil
    ? .needlessValue(found, typed: typed) : .missingValue(found, typed: typed)
}
