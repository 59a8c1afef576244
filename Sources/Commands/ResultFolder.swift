private import Glibc
private import Tables

/// A folder of results, each file written as soon as it is done.
///
/// Files of other names are left alone, so that the folder may hold notes.
struct ResultFolder: Sendable {
  private let path: String
  private let temporaries: Temporaries

  /// Makes the folder and folders in it, unless they exist, and tests that a file can be written.
  init(
    _ path: String, folders: [String] = [], file: String, temporaries: Temporaries
  ) throws(CommandError) {
    self.path = path
    self.temporaries = temporaries
    let place = Place(path)
    switch kind(of: path) {
    case .file, .special:
      throw .cannotWrite("'\(path)' is a file; choose another folder for --out")
    case .folder: break
    case .nothing:
      guard kind(of: place.parent) == .folder else {
        throw .cannotWrite(
          "cannot write folder '\(path)': folder '\(place.parent)' does not exist; create it first")
      }
      try make(path)
    }
    for folder in folders where kind(of: "\(path)/\(folder)") != .folder {
      try make("\(path)/\(folder)")
    }
    _ = try OutputFile("\(path)/\(file)", temporaries: temporaries)
  }

  private func make(_ folder: String) throws(CommandError) {
    guard mkdir(folder, 0o777) == 0 else { throw writingFailure("folder '\(folder)'", errno) }
  }

  /// The text of a file; nil where it cannot be read.
  func text(of name: String) -> String? {
    let file = "\(path)/\(name)"
    guard kind(of: file) == .file, let bytes = try? InputFile(reading: file).bytes else {
      return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes files, each of them whole.
  func write(_ files: [(name: String, text: String)]) throws(CommandError) {
    for (name, text) in files {
      try OutputFile("\(path)/\(name)", temporaries: temporaries).write(Array(text.utf8))
    }
    keep()
  }

  /// Takes note that the folder stays if the program is stopped.
  func keep() { temporaries.keep(path) }
}
