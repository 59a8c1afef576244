private import Glibc

/// Files that a command reads.
package enum InputFile {
  /// All bytes of a file; `-` is standard input.
  ///
  /// `what` names the file's part in messages, as in "data file".
  package static func bytes(of path: String, what: String) throws(CommandError) -> [UInt8] {
    if path == "-" { return try read(STDIN_FILENO, size: 0, "standard input") }
    switch kind(of: path) {
    case .nothing:
      let code = errno
      throw .noInput("\(what) '\(path)': \(systemMessage(code)); check the path")
    case .folder:
      throw .noInput("\(what) '\(path)' is a folder; name a file")
    case .file, .special: break
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .noInput("\(what) '\(path)': \(systemMessage(errno))")
    }
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    return try read(descriptor, size: Int(status.st_size), "\(what) '\(path)'")
  }

  /// Reads to the end; a file of the expected size is read into one block without a copy.
  private static func read(
    _ descriptor: Int32, size: Int, _ what: String
  ) throws(CommandError) -> [UInt8] {
    var failure: Int32?
    var isAtEnd = false
    var bytes: [UInt8] = []
    var room = size + 1
    while !isAtEnd, failure == nil {
      let block = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
        while filled < buffer.count, !isAtEnd, failure == nil {
          let count = Glibc.read(
            descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
          if count > 0 {
            filled += count
          } else if count == 0 {
            isAtEnd = true
          } else if errno != EINTR {
            failure = errno
          }
        }
      }
      if bytes.isEmpty { bytes = block } else { bytes += block }
      room = max(1 << 16, bytes.count)
    }
    guard let failure else { return bytes }
    throw .inputOutput("cannot read \(what): \(systemMessage(failure))")
  }
}
