import Foundation
import TestSupport
import Testing

/// Help is compared with the files of `Data/help`; `make record` writes them anew.
@Suite("Help as users see it")
struct HelpSnapshotTests {
  private static let commands = [
    "describe", "fit", "compare", "diagnose", "predict", "plot", "stability", "report",
    "calibrate", "pool", "priors", "completions",
  ]
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  @Test("Help is what it was", arguments: ["metamob"] + commands)
  func help(name: String) throws {
    let arguments = name == "metamob" ? ["--help"] : [name, "--help"]
    let outcome = try Program.run(arguments, in: folder)
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    let file = packageRoot.appendingPathComponent("Tests/ProgramTests/Data/help/\(name).txt")
    if Program.isRecording { try Data(outcome.output.utf8).write(to: file) }
    #expect(try outcome.output == String(contentsOf: file, encoding: .utf8))
  }

  @Test("Help needs no other arguments and can be short", arguments: commands)
  func shortForm(command: String) throws {
    let long = try Program.run([command, "--help"], in: folder)
    let short = try Program.run([command, "-h", "a", "b", "c", "d"], in: folder)
    #expect(short.code == 0)
    #expect(short.output == long.output)
  }

  @Test("The version")
  func version() throws {
    let outcome = try Program.run(["--version"], in: folder)
    #expect(outcome.output == "metamob 0.1.0\n")
    #expect(outcome.code == 0)
  }

  @Test("Completion scripts are printed", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try Program.run(["completions", shell], in: folder)
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("metamob completions \(shell)"))
  }
}
