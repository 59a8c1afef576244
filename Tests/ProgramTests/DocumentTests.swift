import Foundation
import TestSupport
import Testing

/// Every command shown in the README, the examples and the page on priors is run, and its output
/// compared; every figure that an example quotes must be in some output.
///
/// `make record` replaces outputs that are no longer true in the documents themselves.
@Suite("Documents tell the truth")
struct DocumentTests {
  /// The documents, by their paths in the package.
  static let documents: [String] = {
    let examples = packageRoot.appendingPathComponent("examples").path
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: examples)) ?? []
    let pages = folders.sorted().map { "examples/\($0)/README.md" }
    return ["README.md", "priors/README.md"]
      + pages.filter { FileManager.default.fileExists(atPath: absolute($0)) }
  }()

  @Test("The output shown is the output", arguments: documents)
  func commands(path: String) throws {
    let text = try String(contentsOfFile: Self.absolute(path), encoding: .utf8)
    let document = ConsoleDocument(text)
    #expect(document.strays.isEmpty, "\(path): commands outside a console block")
    let mirror = try Scratch()
    let folder = try mirroredFolder(of: path, in: mirror)
    var outputs: [String] = []
    for step in document.steps {
      let outcome = try Program.shell(step.command, in: folder)
      outputs.append(outcome.output)
      #expect(outcome.code == step.code, "\(path): $ \(step.command)\n\(outcome.errors)")
      guard !Program.isRecording else { continue }
      let isTrue = document.shows(outcome.output, for: step)
      #expect(
        isTrue,
        "\(path):\(step.shown.lowerBound + 1): $ \(step.command)\n\(outcome.output)")
    }
    if path.hasPrefix("examples/") {
      let known = Set(outputs.flatMap { ConsoleDocument.figures(in: $0) })
      let unknown = document.figures.filter { !known.contains($0) }
      #expect(unknown.isEmpty, "\(path): figures that are in no output")
    }
    if Program.isRecording {
      try Data(document.rewritten(with: outputs).utf8)
        .write(to: URL(fileURLWithPath: Self.absolute(path)))
    }
  }

  private static func absolute(_ path: String) -> String {
    packageRoot.appendingPathComponent(path).path
  }

  /// A copy, made of links, of the folder that a document is in, so that the commands write nothing
  /// into the package.
  ///
  /// It stands at the same place in a copy of the package. Fit folders, which a reader may have made
  /// by the same commands, are left out.
  private func mirroredFolder(of path: String, in mirror: Scratch) throws -> URL {
    var source = packageRoot
    var target = mirror.url
    for name in path.split(separator: "/").dropLast().map(String.init) + [""] {
      for entry in try FileManager.default.contentsOfDirectory(atPath: source.path)
      where entry != name && !entry.hasPrefix(".") && !isFitFolder(source, entry) {
        try FileManager.default.createSymbolicLink(
          at: target.appendingPathComponent(entry),
          withDestinationURL: source.appendingPathComponent(entry))
      }
      guard !name.isEmpty else { break }
      source.appendPathComponent(name)
      target.appendPathComponent(name)
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
    }
    return target
  }

  private func isFitFolder(_ parent: URL, _ name: String) -> Bool {
    FileManager.default.fileExists(atPath: parent.appendingPathComponent("\(name)/fit.json").path)
  }
}
