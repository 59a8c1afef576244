import TestSupport
import Testing

/// Places that results cannot be written to.
@Suite("Messages about outputs")
struct OutputMessageTests {
  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func fit(_ options: [String]) throws -> Outcome {
    try Program.run(
      ["fit", "d.csv", Sample.formula, "--allow-unconverged"] + Sample.short + options, in: folder)
  }

  private func expectRefusal(
    _ outcome: Outcome, _ error: String, code: Int32 = 73,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.errors == "metamob: error: \(error)\n", sourceLocation: location)
    #expect(outcome.output.isEmpty, sourceLocation: location)
    #expect(outcome.code == code, sourceLocation: location)
  }

  @Test("A folder that does not exist")
  func missingFolder() throws {
    expectRefusal(
      try fit(["--out", "no/fit"]),
      "cannot write fit folder 'no/fit': folder 'no' does not exist; create it first")
    #expect(folder.names == ["d.csv"])
  }

  @Test("A file in the place of a folder, with and without force", arguments: [[], ["--force"]])
  func fileInPlace(force: [String]) throws {
    expectRefusal(
      try fit(["--out", "d.csv"] + force), "'d.csv' is a file; choose another folder for --out")
    #expect(folder.text("d.csv") == Sample().csv)
  }

  @Test("A folder that exists is replaced with force alone, and only a fit folder is")
  func existing() throws {
    try folder.add("notes/plan.txt", "mine")
    expectRefusal(
      try fit(["--out", "notes"]),
      "folder 'notes' exists; give --force to replace a fit folder, or choose another --out")
    expectRefusal(
      try fit(["--out", "notes", "--force"]),
      "folder 'notes' holds no fit.json, so --force does not replace it; choose another folder for "
        + "--out")
    #expect(folder.files == ["d.csv", "notes", "notes/plan.txt"])
  }

  @Test("What the place is for is judged before the data are read")
  func before() throws {
    let outcome = try Program.run(
      ["fit", "none.csv", Sample.formula, "--out", "no/fit"], in: folder)
    #expect(outcome.code == 73)
  }

  @Test("A folder in which nothing can be made is told from its data")
  func unwritable() throws {
    expectRefusal(
      try fit(["--out", "/proc/fit"]),
      "cannot write fit folder '/proc/fit': No such file or directory; choose another place for "
        + "--out")
  }

  @Test(
    "A full disk at standard output is an I/O error",
    arguments: [
      "describe d.csv '\(Sample.formula)'",
      "fit d.csv '\(Sample.formula)' --estimator reml",
      "fit d.csv '\(Sample.formula)' --estimator reml --format json",
    ])
  func fullDisk(call: String) throws {
    let outcome = try Program.shell("metamob \(call) > /dev/full", in: folder.url)
    expectRefusal(
      outcome, "cannot write to standard output: No space left on device", code: 74)
  }
}
