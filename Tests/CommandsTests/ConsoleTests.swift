import Commands
import Synchronization
import Testing

/// A terminal and a clock that a test controls.
private final class FakeTerminal: Sendable {
  private let state = Mutex((time: 0.0, text: ""))

  var text: String { state.withLock { $0.text } }

  func wait(_ seconds: Double) { state.withLock { $0.time += seconds } }

  func console(width: Int?) -> Console {
    Console(
      width: width, now: { self.state.withLock { $0.time } },
      write: { text in self.state.withLock { $0.text += text } })
  }
}

@Suite("Console")
struct ConsoleTests {
  private let terminal = FakeTerminal()

  @Test("Away from a terminal progress is at most one plain line in ten seconds")
  func plainProgress() {
    let console = terminal.console(width: nil)
    for step in 0..<240 {
      console.progress("sampling", done: step, of: 240)
      terminal.wait(0.125)
    }
    console.endProgress()
    #expect(terminal.text == "metamob: sampling, 33 %\nmetamob: sampling, 66 %\n")
  }

  @Test("A run of less than ten seconds shows no progress away from a terminal")
  func shortRun() {
    let console = terminal.console(width: nil)
    terminal.wait(9.9)
    console.progress("sampling", done: 99, of: 100)
    #expect(terminal.text.isEmpty)
  }

  @Test("On a terminal the bar is redrawn at most ten times a second and taken off at the end")
  func bar() {
    let console = terminal.console(width: 40)
    console.progress("sampling", done: 0, of: 2)
    console.progress("sampling", done: 1, of: 2)
    terminal.wait(0.11)
    console.progress("sampling", done: 1, of: 2)
    console.endProgress()
    console.endProgress()
    let clear = "\r\u{1B}[2K"
    let cells = 40 - 1 - 5 - 4 - 8
    let half = String(repeating: "=", count: cells / 2) + String(repeating: " ", count: cells / 2)
    #expect(
      terminal.text == "\(clear)sampling [\(String(repeating: " ", count: cells))]   0 %"
        + "\(clear)sampling [\(half)]  50 %\(clear)")
  }

  @Test("The bar never wraps", arguments: [1, 2, 5, 6, 10, 20, 21, 22, 25, 40, 80, 200])
  func width(columns: Int) {
    let console = terminal.console(width: columns)
    console.progress("sampling of the second round, metamob-si", done: 5, of: 5)
    let bar = terminal.text.replacing("\r\u{1B}[2K", with: "")
    #expect(bar.count < columns || bar.isEmpty)
    #expect(columns < 6 || bar.hasSuffix("100 %"))
  }

  @Test("A message takes the bar off first")
  func messagesClearTheBar() {
    let console = terminal.console(width: 80)
    console.progress("growing", done: 1, of: 2)
    console.warn("trial 'B' has one arm")
    console.fail(.data("no rows"))
    #expect(
      terminal.text.hasSuffix(
        "\r\u{1B}[2Kmetamob: warning: trial 'B' has one arm\nmetamob: error: no rows\n"))
  }

  @Test("A quiet console keeps errors and timings, which were asked for")
  func quiet() {
    let console = terminal.console(width: 80)
    console.setQuiet(true)
    console.progress("growing", done: 1, of: 2)
    console.warn("something")
    console.timings([("read", 0.0124), ("total", 61)])
    console.fail(.usage("no"))
    #expect(
      terminal.text == "metamob: timing: read 0.012 s\nmetamob: timing: total 61.000 s\n"
        + "metamob: error: no\n")
  }
}
