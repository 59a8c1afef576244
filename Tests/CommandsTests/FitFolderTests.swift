import Commands
import Foundation
import TestSupport
import Testing

@Suite("Fit folder")
struct FitFolderTests {
  private let scratch: Scratch
  private let temporaries = Temporaries()

  init() throws { scratch = try Scratch() }

  private func folder(_ name: String, force: Bool = false) throws(CommandError) -> FitFolder {
    try FitFolder(scratch.at(name), force: force, temporaries: temporaries)
  }

  private func write(_ folder: FitFolder, chains: Int = 1) throws(CommandError) {
    try folder.write { writer throws(CommandError) in
      try writer.add("fit.json", Array("{}".utf8))
      for chain in 1...chains { try writer.add("metamob-si/draws-\(chain).csv", [0x31]) }
    }
  }

  private func message(_ body: () throws -> Void) -> String? {
    do { try body() } catch let error as CommandError {
      return error.exitCode == 73 ? error.message : "exit code \(error.exitCode)"
    } catch {}
    return nil
  }

  @Test("All files are in their place, with the permissions of ordinary files")
  func writesFiles() throws {
    let fit = try folder("fit")
    #expect(scratch.files.isEmpty, "the test for writing leaves nothing")
    try write(fit)
    #expect(
      scratch.files == ["fit", "fit/fit.json", "fit/metamob-si", "fit/metamob-si/draws-1.csv"])
    try scratch.add("ordinary/file")
    for (made, ordinary) in [("fit", "ordinary"), ("fit/fit.json", "ordinary/file")] {
      #expect(try mode(made) == mode(ordinary))
    }
  }

  private func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: scratch.at(name))[.posixPermissions] as? Int
  }

  @Test("A folder that exists is not replaced without force")
  func existing() throws {
    try scratch.add("fit/fit.json", "old")
    #expect(
      message { _ = try folder("fit") }
        == "folder '\(scratch.at("fit"))' exists; give --force to replace a fit folder, or choose "
        + "another --out")
    #expect(scratch.text("fit/fit.json") == "old")
  }

  @Test("With force a fit is replaced whole, and what no fit writes is kept")
  func replacing() throws {
    try write(folder("fit"), chains: 3)
    try scratch.add("fit/notes.txt", "mine")
    try scratch.add("fit/figures/tree.svg", "mine")
    try scratch.add("fit/metamob-si/remark.md", "mine")
    try scratch.add("fit/draws-1.csv", "old")
    try scratch.add("fit/mob-si/draws-1.csv", "old")
    try write(folder("fit", force: true), chains: 2)
    #expect(
      scratch.files == [
        "fit", "fit/figures", "fit/figures/tree.svg", "fit/fit.json", "fit/metamob-si",
        "fit/metamob-si/draws-1.csv", "fit/metamob-si/draws-2.csv", "fit/metamob-si/remark.md",
        "fit/notes.txt",
      ])
    for name in ["notes.txt", "figures/tree.svg", "metamob-si/remark.md"] {
      #expect(scratch.text("fit/\(name)") == "mine")
    }
  }

  @Test("With force an empty folder is replaced, but not one of other files, nor a file")
  func forceHasLimits() throws {
    try FileManager.default.createDirectory(
      atPath: scratch.at("empty"), withIntermediateDirectories: false)
    try write(folder("empty", force: true))
    #expect(scratch.text("empty/fit.json") == "{}")
    try scratch.add("thesis/chapter.tex", "mine")
    #expect(
      message { _ = try folder("thesis", force: true) }?.contains("holds no fit.json") == true)
    #expect(
      message { _ = try folder("thesis/chapter.tex", force: true) }?.contains("is a file") == true)
    #expect(scratch.text("thesis/chapter.tex") == "mine")
  }

  @Test("A folder that cannot be made is refused before work begins")
  func unwritable() {
    #expect(message { _ = try folder("no/fit") }?.contains("does not exist; create it") == true)
    let kernel = message {
      _ = try FitFolder("/proc/fit", force: false, temporaries: temporaries)
    }
    #expect(kernel?.hasPrefix("cannot write fit folder '/proc/fit': ") == true)
  }

  @Test("A link to a fit folder stays a link")
  func links() throws {
    try write(folder("fit"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch.at("latest"), withDestinationPath: "fit")
    try write(folder("latest/", force: true), chains: 2)
    #expect(scratch.text("fit/metamob-si/draws-2.csv") == "1")
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: scratch.at("latest"))
    #expect(target == "fit")
  }

  @Test("An error on the way leaves the old folder as it was, and nothing beside it")
  func failure() throws {
    try scratch.add("fit/fit.json", "old")
    let fit = try folder("fit", force: true)
    #expect(throws: CommandError.data("stop")) {
      try fit.write { writer throws(CommandError) in
        try writer.add("fit.json", [])
        throw .data("stop")
      }
    }
    #expect(scratch.files == ["fit", "fit/fit.json"])
    #expect(scratch.text("fit/fit.json") == "old")
  }

  @Test("A signal amid writing removes the unfinished folder alone")
  func interruption() throws {
    try scratch.add("fit/fit.json", "old")
    let fit = try folder("fit", force: true)
    #expect(throws: CommandError.ended(.interrupt)) {
      try fit.write { writer throws(CommandError) in
        try writer.add("fit.json", [])
        #expect(scratch.files.contains { $0.hasPrefix(".fit.part") })
        temporaries.removeAll()
        #expect(scratch.files == ["fit", "fit/fit.json"])
        throw .ended(.interrupt)
      }
    }
    #expect(scratch.text("fit/fit.json") == "old")
  }
}

@Suite("Output file")
struct OutputFileTests {
  private let scratch: Scratch
  private let temporaries = Temporaries()

  init() throws { scratch = try Scratch() }

  private func output(_ name: String, inputs: [String] = []) throws(CommandError) -> OutputFile {
    try OutputFile(
      scratch.at(name), inputs: inputs.map { scratch.at($0) }, temporaries: temporaries)
  }

  @Test("A file is replaced whole, also through a link")
  func replaces() throws {
    try scratch.add("old.csv", "long old content")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.at("link.csv"), withDestinationPath: "old.csv")
    let file = try output("link.csv")
    #expect(scratch.files == ["link.csv", "old.csv"])
    try file.write(Array("new".utf8))
    #expect(scratch.text("old.csv") == "new")
    #expect(scratch.files == ["link.csv", "old.csv"])
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: scratch.at("link.csv"))
    #expect(target == "old.csv")
  }

  @Test("An input is never replaced, by whatever name")
  func protectsInputs() throws {
    try scratch.add("data.csv", "x")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.at("alias.csv"), withDestinationPath: "data.csv")
    for name in ["data.csv", "alias.csv"] {
      let error = #expect(throws: CommandError.self) { try output(name, inputs: ["data.csv"]) }
      #expect(error?.exitCode == 73)
      #expect(error?.message.contains("is the input") == true)
    }
  }

  @Test("Folders and places without a folder are refused", arguments: ["folder", "no/file.csv"])
  func refuses(name: String) throws {
    try scratch.add("folder/file")
    let error = #expect(throws: CommandError.self) { try output(name) }
    #expect(error?.exitCode == 73)
  }

  @Test("A device stays a device")
  func device() throws {
    let null = try OutputFile("/dev/null", temporaries: temporaries)
    try null.write(Array("x".utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
    #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
    let full = try OutputFile("/dev/full", temporaries: temporaries)
    let error = #expect(throws: CommandError.self) { try full.write([0]) }
    #expect(error?.exitCode == 74)
  }
}
