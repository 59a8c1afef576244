import Foundation
import Synchronization
import TestSupport
import Testing

/// How a run of the program ended, and what it wrote.
struct Outcome {
  /// The exit code, or 128 plus the number of the signal that ended the program.
  let code: Int32
  /// Standard output.
  let output: String
  /// Standard error.
  let errors: String
}

/// The program as users run it: the binary that was built together with these tests.
enum Program {
  /// `METAMOB_BINARY` names another binary than the one that stands beside the tests' own.
  static let binary: URL = {
    if let path = ProcessInfo.processInfo.environment["METAMOB_BINARY"] {
      return URL(fileURLWithPath: path)
    }
    return URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("metamob")
  }()

  /// Whether outputs are written into the files that they would be compared with.
  static let isRecording = ProcessInfo.processInfo.environment["METAMOB_RECORD"] == "1"

  /// Runs `metamob` with arguments and waits for its end.
  static func run(
    _ arguments: [String], in folder: Scratch, input: String = ""
  ) throws -> Outcome {
    try run(binary, arguments, in: folder.url, input: input)
  }

  /// Runs `metamob` with arguments that it must accept: the exit code is 0.
  static func success(_ arguments: [String], in folder: Scratch) throws -> Outcome {
    let outcome = try run(arguments, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome
  }

  /// Runs a line of bash in which `metamob` is the program.
  static func shell(_ line: String, in folder: URL) throws -> Outcome {
    try run(URL(fileURLWithPath: "/bin/bash"), ["-c", line], in: folder)
  }

  /// Runs `metamob` with standard error on a terminal of so many columns.
  static func run(
    _ arguments: [String], in folder: Scratch, columns: Int
  ) throws -> Outcome {
    let terminal = try PseudoTerminal(columns: columns)
    let outcome = try run(
      binary, arguments, in: folder.url, errorHandle: terminal.programSide)
    return Outcome(code: outcome.code, output: outcome.output, errors: terminal.close())
  }

  /// Runs a program with its outputs in files, so that no full pipe can stop it.
  static func run(
    _ executable: URL, _ arguments: [String], in folder: URL, input: String = "",
    errorHandle: FileHandle? = nil
  ) throws -> Outcome {
    let streams = try Scratch()
    try streams.add("input", input)
    for name in ["output", "errors"] { try streams.add(name, "") }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = environment
    process.standardInput = try FileHandle(forReadingFrom: streams.url(of: "input"))
    process.standardOutput = try FileHandle(forWritingTo: streams.url(of: "output"))
    process.standardError =
      try errorHandle ?? FileHandle(forWritingTo: streams.url(of: "errors"))
    try process.run()
    wait(for: process)
    return Outcome(
      code: code(of: process), output: streams.text("output") ?? "",
      errors: streams.text("errors") ?? "")
  }

  /// The exit code, or 128 plus the number of a signal, as in shells.
  static func code(of process: Process) -> Int32 {
    process.terminationStatus + (process.terminationReason == .exit ? 0 : 128)
  }

  /// Waits for the end of a process; one that hangs is killed, so that its test fails.
  static func wait(for process: Process, seconds: Double = 300) {
    let id = process.processIdentifier
    let watchdog = DispatchWorkItem { kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: watchdog)
    process.waitUntilExit()
    watchdog.cancel()
  }

  /// The environment of the tests, with the binary's folder first in the path.
  static var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    let folder = binary.deletingLastPathComponent().path
    environment["PATH"] = "\(folder):\(environment["PATH"] ?? "/usr/bin:/bin")"
    environment["LC_ALL"] = "C.UTF-8"
    environment["SWIFT_BACKTRACE"] = nil
    return environment
  }
}

/// A terminal without a screen: what a program writes to it is collected.
final class PseudoTerminal: Sendable {
  struct Unavailable: Error {}

  /// The end that a program takes for its terminal.
  let programSide: FileHandle
  private let ownSide: Int32
  private let collected = Mutex(Data())
  private let isDrained = DispatchSemaphore(value: 0)

  init(columns: Int) throws {
    var own: Int32 = -1
    var program: Int32 = -1
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&own, &program, nil, nil, &size) == 0 else { throw Unavailable() }
    ownSide = own
    programSide = FileHandle(fileDescriptor: program, closeOnDealloc: false)
    DispatchQueue(label: "terminal").async {
      var block = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = read(self.ownSide, &block, block.count)
        guard count > 0 else { break }
        self.collected.withLock { $0.append(contentsOf: block[..<count]) }
      }
      self.isDrained.signal()
    }
  }

  /// Ends the terminal and gives what was written to it, with plain line ends.
  func close() -> String {
    Foundation.close(programSide.fileDescriptor)
    isDrained.wait()
    Foundation.close(ownSide)
    return collected.withLock { String(decoding: $0, as: UTF8.self) }
      .replacing("\r\n", with: "\n")
  }
}
