import Foundation
import TestSupport
import Testing

/// What happens at the edges of the process: its streams and its signals.
@Suite("Streams and signals")
struct StreamTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  @Test("Standard output that cannot be written is an I/O error", arguments: ["/dev/full", "&-"])
  func unwritableOutput(target: String) throws {
    let outcome = try Program.shell("metamob --help >\(target)", in: folder.url)
    #expect(outcome.code == 74)
    #expect(outcome.errors.hasPrefix("metamob: error: cannot write to standard output: "))
    #expect(outcome.errors.filter { $0 == "\n" }.count == 1)
  }

  @Test("A reader that has seen enough ends the program without a word")
  func closedPipe() throws {
    let outcome = try Program.shell(
      "for i in {1..50}; do metamob fit --help; done | head -n 1", in: folder.url)
    #expect(outcome.code == 0)
    #expect(outcome.output.hasPrefix("metamob fit: "))
    #expect(outcome.errors.isEmpty)
  }

  @Test("The test terminal is one, of the width asked for")
  func terminal() throws {
    let terminal = try PseudoTerminal(columns: 111)
    let shell = URL(fileURLWithPath: "/bin/sh")
    let outcome = try Program.run(
      shell, ["-c", "test -t 2 && stty size <&2 >&2"], in: folder.url,
      errorHandle: terminal.programSide)
    #expect(outcome.code == 0)
    #expect(terminal.close() == "24 111\n")
  }

  @Test("On a terminal an error is the same one line")
  func errorOnTerminal() throws {
    let outcome = try Program.run(["fitt"], in: folder, columns: 60)
    #expect(outcome.errors == "metamob: error: unknown command 'fitt'; did you mean fit?\n")
  }

  @Test(
    "A signal ends the program with one line",
    arguments: [
      (SIGINT, 130, "interrupted; nothing was written"),
      (SIGTERM, 143, "terminated; nothing was written"),
      // A trap of Swift raises this signal.
      (SIGILL, 70, "internal fault; please report it with the command that led to it"),
    ] as [(Int32, Int32, String)])
  func signals(signal: Int32, code: Int32, message: String) throws {
    let pipe = Pipe()
    // The program blocks, since its output is a pipe that is full and never read.
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    let block = [UInt8](repeating: 0, count: 4096)
    while write(descriptor, block, block.count) > 0 {}
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    try folder.add("errors", "")

    let process = Process()
    process.executableURL = Program.binary
    process.arguments = ["--help"]
    process.environment = Program.environment
    process.standardOutput = pipe
    process.standardError = try FileHandle(forWritingTo: folder.url(of: "errors"))
    try process.run()
    waitUntilBlocked(process)
    kill(process.processIdentifier, signal)
    Program.wait(for: process, seconds: 20)
    #expect(Program.code(of: process) == code)
    #expect(folder.text("errors") == "metamob: error: \(message)\n")
  }

  /// Waits until the program takes signals itself, which `/proc` shows as a mask of those ignored.
  private func waitUntilBlocked(_ process: Process) {
    let path = "/proc/\(process.processIdentifier)/status"
    for _ in 0..<1_000 {
      let status = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
      let mask = line.flatMap { UInt64($0.dropFirst(7).trimmingPrefix("\t"), radix: 16) } ?? 0
      let wanted: UInt64 = 1 << 1 | 1 << 14
      if mask & wanted == wanted { return }
      usleep(10_000)
    }
  }
}
