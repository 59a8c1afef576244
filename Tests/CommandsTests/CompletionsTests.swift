import Commands
import Foundation
import Testing

@Suite("Completions")
struct CompletionsTests {
  /// What bash offers after the words of a line, the last of which is being typed.
  private func bash(_ words: String...) throws -> [String] {
    let script = """
      \(Completions.script(for: .bash))
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      _metamob
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    return try run("/bin/bash", ["-c", script, "bash", "metamob"] + words)
  }

  /// The lines that a program prints; a failure of the program is one of the test.
  private func run(_ program: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = packageFolder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private let packageFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test("Bash completes commands")
  func commands() throws {
    #expect(try bash("") == CommandName.allCases.map(\.rawValue) + ["--help", "--version"])
    #expect(try bash("com") == ["compare", "completions"])
    #expect(try bash("completions", "z") == ["zsh"])
  }

  @Test("Bash completes the options of each command", arguments: CommandName.allCases)
  func options(command: CommandName) throws {
    let names = OptionTable.options(of: command).map(\.name.typed)
    #expect(try bash(command.rawValue, "--") == names)
    #expect(try bash(command.rawValue, "Package.swift", "--hel") == ["--help"])
  }

  @Test("Bash completes the words of an option, after a blank and after an equals sign")
  func values() throws {
    #expect(try bash("fit", "--ties", "") == ["distinct", "rows"])
    #expect(try bash("fit", "--ties", "=", "r") == ["rows"])
    #expect(try bash("fit", "--ties", "=") == ["distinct", "rows"])
    #expect(
      try bash("predict", "--run", "mob-si:") == ["mob-si:reml", "mob-si:ml", "mob-si:bayes"])
    #expect(try bash("fit", "--alpha", "P") == [])
  }

  @Test("Bash completes files and folders")
  func paths() throws {
    #expect(try bash("fit", "Pack") == ["Package.swift"])
    #expect(try bash("fit", "--priors", "Pack") == ["Package.swift"])
    #expect(try bash("fit", "--out", "Pack") == [])
    #expect(try bash("fit", "--out", "Sour") == ["Sources"])
    #expect(try bash("predict", "Sour") == ["Sources"])
    #expect(try bash("diagnose", "Sources/Words/Words") == ["Sources/Words/Words.docc"])
    #expect(try bash("diagnose", "a.csv", "Pack") == ["Package.swift"])
  }

  @Test(
    "The other shells accept their scripts, where they are installed",
    arguments: [Shell.zsh, Shell.fish])
  func syntax(shell: Shell) throws {
    let program = "/usr/bin/\(shell.rawValue)"
    guard FileManager.default.isExecutableFile(atPath: program) else { return }
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("metamob-\(UUID().uuidString)")
    try Data(Completions.script(for: shell).utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try run(program, ["-n", file.path]) == [])
  }

  @Test("Every script names every option of every command", arguments: Shell.allCases)
  func completeness(shell: Shell) {
    let script = Completions.script(for: shell)
    for name in OptionName.allCases {
      let typed = shell == .fish ? "-l \(name.rawValue) " : name.typed
      #expect(script.contains(typed), "\(name)")
    }
  }
}
