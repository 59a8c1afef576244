private import Foundation
import Testing

@testable import Tables

@Suite struct InputFileTests {
  @Test func readsAFileToItsEnd() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try InputFile(reading: path) == InputFile(name: path, bytes: bytes))
  }

  /// A pipe has no size, and this one more bytes than one piece holds.
  @Test func readsAPipeToItsEnd() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try #require(mkfifo(path, 0o600) == 0)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let content = Data(repeating: 55, count: 5 << 20) + Data("end".utf8)
    Thread.detachNewThread {
      try? FileHandle(forWritingTo: URL(fileURLWithPath: path)).write(contentsOf: content)
    }
    #expect(try Data(InputFile(reading: path).bytes) == content)
  }

  @Test func anAbsentFileIsNoInput() {
    #expect(throws: TableError(file: "/nowhere/d.csv", fault: .noSuchFile)) {
      try InputFile(reading: "/nowhere/d.csv")
    }
    let error = TableError(file: "/nowhere/d.csv", fault: .noSuchFile)
    #expect(error.category == .noInput)
    #expect(error.message == "/nowhere/d.csv: no such file; check the name and the folder")
  }

  @Test func aFolderIsNotReadable() {
    let expected = TableError(file: "/", fault: .notReadable(reason: "is a directory"))
    #expect(throws: expected) { try InputFile(reading: "/") }
    #expect(expected.category == .noInput)
    #expect(
      expected.message
        == "/: the file cannot be read (is a directory); check that it is a file and may be read")
  }

  @Test func aFailingDeviceIsAnInputOutputError() {
    let error = TableError(file: "d.csv", fault: .readFailed(reason: "input/output error"))
    #expect(error.category == .inputOutput)
    #expect(
      error.message
        == "d.csv: reading broke off (input/output error); check the disk, or copy the file and try again"
    )
  }
}
