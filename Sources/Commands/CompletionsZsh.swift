extension Completions {
  /// A function for `_arguments`, which works from a folder in `fpath` and when it is sourced.
  static var zshScript: String {
    let commands = CommandName.allCases.map { "    \(quoted("\($0.rawValue):\($0.summary)"))" }
    return """
      #compdef metamob
      # Completion of metamob in zsh. To load it: source <(metamob completions zsh)
      _metamob() {
        local -a commands=(
      \(commands.joined(separator: "\n"))
        )
        if ((CURRENT == 2)); then
          _describe command commands
          _arguments '--help[print help]' '--version[print the version]'
          return
        fi
        local command=$words[2]
        shift words
        ((CURRENT--))
        case $command in
      \(CommandName.allCases.map(branch).joined(separator: "\n"))
        esac
      }
      if [[ $funcstack[1] == _metamob ]]; then
        _metamob "$@"
      else
        compdef _metamob metamob
      fi

      """
  }

  private static func branch(_ command: CommandName) -> String {
    let options = OptionTable.options(of: command).map { option in
      let many = option.repeats ? "*" : ""
      let start = "\(many)\(option.name.typed)\(option.metavar == nil ? "" : "=")"
      let text = "[\(escaped(option.help))]"
      guard let metavar = option.metavar else { return quoted(start + text) }
      return quoted(start + text + ":\(escaped(metavar)):" + action(candidates(for: option)))
    }
    let operands = command.operands.enumerated().map { index, operand in
      // A star stands for this argument and all that follow.
      let place = command.takesMore && index == command.operands.count - 1 ? "*" : "\(index + 1)"
      return quoted("\(place):\(operand.word):" + action(candidates(for: operand)))
    }
    let lines = (options + operands).map { "        \($0)" }
    return "    \(command.rawValue))\n      _arguments \\\n"
      + lines.joined(separator: " \\\n") + "\n      ;;"
  }

  private static func action(_ candidates: Candidates) -> String {
    switch candidates {
    case .words(let words): "(\(words.map { escaped($0) }.joined(separator: " ")))"
    case .files: "_files"
    case .folders: "_files -/"
    case .unknown: " "
    }
  }

  /// Text without the characters that have a meaning in a specification of `_arguments`.
  private static func escaped(_ text: String) -> String {
    ["\\", "[", "]", ":"].reduce(text) { $0.replacing($1, with: "\\" + $1) }
  }

  private static func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: "'\\''"))'"
  }
}
