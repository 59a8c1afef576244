import Commands
import Testing

@Suite("Help")
struct HelpTests {
  @Test("No line is longer than 80 columns or ends in blanks")
  func fitsTheTerminal() {
    for text in [Help.program] + CommandName.allCases.map({ Help.command($0) }) {
      #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        #expect(line.count <= 80, "\(line)")
        #expect(!line.hasSuffix(" "), "\(line)")
        #expect(line.allSatisfy { $0.isASCII }, "\(line)")
      }
    }
  }

  @Test(
    "The help of a command shows each of its options and defaults", arguments: CommandName.allCases)
  func isComplete(command: CommandName) {
    let words = Help.command(command).split { $0 == "\n" || $0 == " " }.joined(separator: " ")
    for option in OptionTable.options(of: command) {
      #expect(words.contains(" \(option.name.typed) "), "\(option.name)")
      if let shown = option.shownDefault {
        #expect(words.contains("\(option.help) [default: \(shown)]"), "\(option.name)")
      } else {
        #expect(words.contains(option.help), "\(option.name)")
      }
    }
  }

  @Test("The help of the program names every command")
  func namesCommands() {
    for command in CommandName.allCases {
      #expect(Help.program.contains("\n  \(command.rawValue) "))
    }
  }

  @Test("Examples are accepted by the parser", arguments: CommandName.allCases)
  func examplesParse(command: CommandName) throws {
    for example in command.examples where example.hasPrefix("metamob ") {
      // The words of the shell: the examples use single quotes, a redirection and a continuation.
      let pieces = example.replacing("\\\n", with: "").split(separator: "'")
      let words = pieces.enumerated().flatMap { index, piece in
        index % 2 == 1 ? [String(piece)] : piece.split(separator: " ").map(String.init)
      }
      let arguments = words.prefix { $0 != ">" }.dropFirst(2)
      let parsed = try OptionParser.parse(Array(arguments), of: command)
      let (given, wanted) = (parsed.operands.count, command.operands.count)
      let isEnough = given >= command.neededOperands && (given <= wanted || command.takesMore)
      #expect(isEnough, "\(example)")
      #expect(throws: Never.self) { try Settings(parsed, of: command) }
    }
  }
}
