/// Why a command ended without its result: one line for people and an exit code for scripts.
package enum CommandError: Error, Equatable, Sendable {
  /// An unknown or ill-formed option, a value out of its range, a missing argument.
  case usage(String)
  /// Something wrong with the formula, or with what a file holds.
  case data(String)
  /// A file that does not exist or cannot be opened, an unknown prior set.
  case noInput(String)
  /// A fault of the program's own.
  case internalFault(String)
  /// An output that cannot be made.
  case cannotWrite(String)
  /// Reading or writing that failed on the way.
  case inputOutput(String)
  /// The user, or the system, ended the program.
  case ended(StopSignal)
  /// The same, after some results were written: where they are.
  case endedMidway(StopSignal, folder: String)

  /// The exit code, as in `sysexits.h`; a signal gives 128 plus its number, as in shells.
  package var exitCode: Int32 {
    switch self {
    case .usage: 64
    case .data: 65
    case .noInput: 66
    case .internalFault: 70
    case .cannotWrite: 73
    case .inputOutput: 74
    case .ended(let signal), .endedMidway(let signal, _): 128 + signal.rawValue
    }
  }

  /// What happened and what would mend it, on one line without control characters.
  package var message: String {
    switch self {
    case .usage(let text), .data(let text), .noInput(let text), .cannotWrite(let text),
      .inputOutput(let text):
      oneLine(text)
    case .internalFault(let text):
      oneLine("internal fault: \(text); please report it with the command that led to it")
    case .ended(.interrupt): "interrupted; nothing was written"
    case .ended(.terminate): "terminated; nothing was written"
    case .endedMidway(let signal, let folder):
      oneLine(
        "\(signal == .interrupt ? "interrupted" : "terminated"); what is finished stays in "
          + "'\(folder)', and the same command goes on from there")
    }
  }
}

/// Text with line ends and other control characters written as escapes.
///
/// Names and values come from files and shells; they may neither break the promise of one line nor
/// steer the terminal.
package func oneLine(_ text: String) -> String {
  var line = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": line += "\\n"
    case "\r": line += "\\r"
    case "\t": line += "\\t"
    case _ where scalar.properties.generalCategory == .control:
      line += "\\u{\(String(scalar.value, radix: 16))}"
    default: line.unicodeScalars.append(scalar)
    }
  }
  return line
}
