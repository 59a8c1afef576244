public import Foundation

/// A folder of its own for one test, removed with all that it holds when the test ends.
public final class Scratch: Sendable {
  /// The folder.
  public let url: URL

  /// Makes an empty folder.
  public init() throws {
    url =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("metamob-\(UUID().uuidString)").standardizedFileURL
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The folder's path.
  public var path: String { url.path }

  /// The URL of something in the folder.
  public func url(of name: String) -> URL { url.appendingPathComponent(name) }

  /// The path of something in the folder.
  public func at(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, and makes the folder that it is in.
  public func add(_ name: String, _ content: String = "") throws {
    let file = url(of: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content.utf8).write(to: file)
  }

  /// The text of a file, nil where there is none.
  public func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: at(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The entries of the folder itself, hidden ones too, in order.
  public var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// The paths of all that the folder holds at any depth, hidden files too, in order.
  public var files: [String] {
    (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []).sorted()
  }
}
