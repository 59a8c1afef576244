public import Foundation

/// The root of the package, found from this file's own place in it.
public let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A reference file under `Tests/ReferenceTests/Figures`, or nil where it is missing.
public func figure(_ path: String) -> Data? {
  FileManager.default.contents(
    atPath: packageRoot.appendingPathComponent("Tests/ReferenceTests/Figures/\(path)").path)
}
