extension Completions {
  /// One `complete` line for each option of each command.
  static var fishScript: String {
    let commands = CommandName.allCases.map { command in
      "complete -c metamob -n __fish_use_subcommand -f -a \(command.rawValue) "
        + "-d \(quoted(command.summary))"
    }
    let start = [
      "# Completion of metamob in fish. To install it:",
      "# metamob completions fish > ~/.config/fish/completions/metamob.fish",
      "complete -c metamob -n __fish_use_subcommand -f -l help -d 'print help'",
      "complete -c metamob -n __fish_use_subcommand -f -l version -d 'print the version'",
    ]
    return (start + commands + CommandName.allCases.flatMap(lines)).joined(separator: "\n") + "\n"
  }

  private static func lines(of command: CommandName) -> [String] {
    let start = "complete -c metamob -n '__fish_seen_subcommand_from \(command.rawValue)'"
    let options = OptionTable.options(of: command).map { option in
      let value = option.metavar == nil ? " -f" : " " + action(candidates(for: option))
      return "\(start) -l \(option.name.rawValue)\(value) -d \(quoted(option.help))"
    }
    guard let operand = command.operands.first, case .words(let words) = candidates(for: operand)
    else { return options }
    return options + ["\(start) -f -a \(quoted(words.joined(separator: " ")))"]
  }

  private static func action(_ candidates: Candidates) -> String {
    switch candidates {
    case .words(let words): "-x -a \(quoted(words.joined(separator: " ")))"
    case .files: "-r -F"
    case .folders: "-x -a '(__fish_complete_directories)'"
    case .unknown: "-x"
    }
  }

  private static func quoted(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }
}
