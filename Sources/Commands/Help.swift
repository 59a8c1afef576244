/// What `--help` and `--version` print, made from the tables; no line is longer than 80 columns.
package enum Help {
  /// The version of the program.
  package static let version = "0.1.0"

  private static let width = 80

  /// The help of the program as a whole.
  package static var program: String {
    let commands = CommandName.allCases.map { ($0.rawValue, $0.summary) }
    let lines =
      wrapped(
        "metamob finds subgroups of participants with different treatment effects in an "
          + "individual-participant-data meta-analysis: trees whose node models heed the trials, "
          + "by REML and by MCMC.", indent: 0)
      + ["", "Usage:", "  metamob COMMAND DATA FORMULA [options]", "  metamob COMMAND --help", ""]
      + ["Commands:"] + columns(commands) + [""]
      + ["Options:"]
      + columns([("--help", "print this help"), ("--version", "print the version")]) + [""]
      + wrapped(
        "Options may stand anywhere after the command, as --name VALUE or --name=VALUE; a value "
          + "may begin with -, and -- ends the options. Names cannot be abbreviated. Given twice, "
          + "an option has its last value.", indent: 2) + [""]
      + ["Example:"] + CommandName.compare.examples.prefix(1).map { "  \($0)" } + [""]
      + exitCodes
    return lines.joined(separator: "\n") + "\n"
  }

  /// The help of one command.
  package static func command(_ command: CommandName) -> String {
    var lines = wrapped("metamob \(command.rawValue): \(command.summary)", indent: 0)
    lines += ["", "Usage:", "  metamob \(command.rawValue) \(command.usage) [options]", ""]
    lines += columns(command.operands.map { ($0.word, $0.help) })
    let options = OptionTable.options(of: command)
    for group in OptionGroup.allCases {
      let rows = options.filter { $0.group == group }
      guard !rows.isEmpty else { continue }
      lines += ["", "\(group.rawValue):"]
      lines += columns(rows.map { (term(of: $0), text(of: $0)) }, indent: 26)
    }
    lines += ["", command.examples.count == 1 ? "Example:" : "Examples:"]
    lines += command.examples.map { "  \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let exitCodes =
    ["Exit codes:"]
    + columns([
      ("0", "done"), ("3", "done, but the chains have not converged"), ("64", "usage"),
      ("65", "something wrong with the formula or in a file"), ("66", "no such input"),
      ("70", "a fault of the program"), ("73", "the output cannot be made"),
      ("74", "reading or writing failed"), ("130, 143", "interrupted, terminated"),
    ])

  private static func term(of option: Option) -> String {
    option.name.typed + (option.metavar.map { " \($0)" } ?? "")
  }

  private static func text(of option: Option) -> String {
    guard let shown = option.shownDefault else { return option.help }
    let note = "[default: \(shown)]"
    // A short note stays on one line.
    return "\(option.help) " + (note.count < 40 ? note.replacing(" ", with: "\u{A0}") : note)
  }

  /// Terms with their descriptions in two columns; a long term has a line of its own.
  private static func columns(
    _ rows: [(term: String, text: String)], indent given: Int? = nil
  ) -> [String] {
    let indent = given ?? (rows.map(\.term.count).max() ?? 0) + 4
    return rows.flatMap { row in
      var lines = wrapped(row.text, indent: indent)
      let term = "  \(row.term)"
      if term.count + 2 <= indent {
        lines[0] = term + lines[0].dropFirst(term.count)
      } else {
        lines.insert(term, at: 0)
      }
      return lines
    }
  }

  /// A text broken between words, each line behind `indent` blanks; at least one line.
  ///
  /// A no-break space keeps two words on one line and becomes a space.
  private static func wrapped(_ text: String, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(margin + line)
        line = ""
      }
      line += line.isEmpty ? word : " \(word)"
    }
    return (lines + [margin + line]).map { $0.replacing("\u{A0}", with: " ") }
  }
}
