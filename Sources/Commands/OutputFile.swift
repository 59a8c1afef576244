private import Glibc

/// A single file of results, written beside its place and then renamed, so that it is there whole
/// or not at all.
package struct OutputFile: Sendable {
  private let given: String
  private let temporaries: Temporaries

  /// Tests that the file can be written, before any work begins.
  ///
  /// A file that exists is replaced, but never one of the `inputs`. A device or a pipe is written
  /// to as it is.
  package init(
    _ path: String, inputs: [String] = [], temporaries: Temporaries
  ) throws(CommandError) {
    given = path
    self.temporaries = temporaries
    if let input = inputs.first(where: { isSame($0, path) }) {
      throw .cannotWrite("'\(path)' is the input '\(input)'; choose another file for --out")
    }
    let place = Place(path)
    switch kind(of: path) {
    case .folder: throw .cannotWrite("'\(path)' is a folder; choose a file for --out")
    case .special: return
    case .nothing, .file: break
    }
    guard kind(of: place.parent) == .folder else {
      throw .cannotWrite(
        "cannot write '\(path)': folder '\(place.parent)' does not exist; create it first")
    }
    let probe = place.hidden("test")
    if let code = makeFile(probe, holding: []) { throw failure(code) }
    unlink(probe)
  }

  /// Writes the file.
  package func write(_ content: [UInt8]) throws(CommandError) {
    if kind(of: given) == .special {
      let descriptor = open(given, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(errno) }
      defer { close(descriptor) }
      if let code = writeAll(content, to: descriptor) { throw failure(code) }
      return
    }
    let place = Place(given)
    let unfinished = place.hidden("part")
    try temporaries.step { paths throws(CommandError) in
      paths.insert(unfinished)
      let code =
        makeFile(unfinished, holding: content)
        ?? (rename(unfinished, place.path) == 0 ? nil : errno)
      if let code {
        unlink(unfinished)
        throw failure(code)
      }
      paths.remove(unfinished)
    }
  }

  private func failure(_ code: Int32) -> CommandError {
    writingFailure("'\(given)'", code)
  }
}

/// The error for an output that could not be written: a full disk is an error on the way, anything
/// else means that the output cannot be made.
func writingFailure(_ what: String, _ code: Int32) -> CommandError {
  let text = "cannot write \(what): \(systemMessage(code))"
  return switch code {
  case EIO, ENOSPC, EDQUOT, EFBIG: .inputOutput(text)
  default: .cannotWrite("\(text); choose another place for --out")
  }
}
