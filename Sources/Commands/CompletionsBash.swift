extension Completions {
  /// Bash breaks `--name=value` into three words, which the function heals first.
  static var bashScript: String {
    let commands = CommandName.allCases.map(\.rawValue).joined(separator: " ")
    return """
      # Completion of metamob in bash. To load it: source <(metamob completions bash)
      _metamob() {
        local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
        local command=${COMP_WORDS[1]} kind=files words=
        COMPREPLY=()
        if [[ $current == = ]]; then
          current=
        elif [[ $option == = ]]; then
          option=${COMP_WORDS[COMP_CWORD-2]}
        fi
        if ((COMP_CWORD == 1)); then
          kind=words words='\(commands) --help --version'
        else
          case $command:$option in
      \(values.joined(separator: "\n"))
            *)
              case $command:$current in
      \(names.joined(separator: "\n"))
              esac
              ;;
          esac
        fi
        case $kind in
          words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
          files) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
          folders) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        esac
        if [[ $kind == files || $kind == folders ]]; then
          compopt -o filenames 2> /dev/null
        fi
      }
      complete -F _metamob metamob

      """
  }

  /// A branch for the value of each option of each command.
  private static var values: [String] {
    CommandName.allCases.flatMap { command in
      OptionTable.options(of: command).filter { $0.metavar != nil }.map { option in
        "      \(command.rawValue):\(option.name.typed)) \(assignment(candidates(for: option))) ;;"
      }
    }
  }

  /// A branch for what else each command takes: the names of its options, or its operands.
  private static var names: [String] {
    CommandName.allCases.flatMap { command in
      let options = OptionTable.options(of: command).map(\.name.typed)
      let operand = command.operands.map { candidates(for: $0) }.first ?? .unknown
      return [
        "          \(command.rawValue):-*) \(assignment(.words(options))) ;;",
        "          \(command.rawValue):*) \(assignment(operand)) ;;",
      ]
    }
  }

  private static func assignment(_ candidates: Candidates) -> String {
    switch candidates {
    case .words(let words): "kind=words words='\(words.joined(separator: " "))'"
    case .files: "kind=files"
    case .folders: "kind=folders"
    case .unknown: "kind=none"
    }
  }
}
