import Commands
import Testing

@Suite("Command errors")
struct CommandErrorTests {
  @Test(
    "Exit codes are those of the contract",
    arguments: [
      (CommandError.usage("x"), 64), (.data("x"), 65), (.noInput("x"), 66),
      (.internalFault("x"), 70), (.cannotWrite("x"), 73), (.inputOutput("x"), 74),
      (.ended(.interrupt), 130), (.ended(.terminate), 143),
    ] as [(CommandError, Int32)])
  func codes(error: CommandError, code: Int32) {
    #expect(error.exitCode == code)
  }

  @Test("A message is one line and holds nothing that steers a terminal")
  func oneLineOnly() {
    let error = CommandError.data("file 'a\nb\r\u{1B}[31m\t\u{7F}\u{85}ż' …")
    #expect(error.message == "file 'a\\nb\\r\\u{1b}[31m\\t\\u{7f}\\u{85}ż' …")
  }

  @Test("An unforeseen error is a fault of the program")
  func unforeseen() {
    struct Odd: Error {}
    #expect(CommandError(Odd()).exitCode == 70)
    #expect(CommandError(CommandError.data("x")) == .data("x"))
  }
}
