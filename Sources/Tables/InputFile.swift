private import Foundation

/// The content of a file or of standard input.
public struct InputFile: Sendable, Equatable {
  /// The file's name as the user wrote it; a hyphen for standard input.
  public let name: String
  /// All of its bytes.
  public let bytes: [UInt8]

  /// A file's content under a name.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// Reads a file to its end; a hyphen reads standard input.
  public init(reading name: String) throws(TableError) {
    if name == "-" {
      self.init(name: name, bytes: try readAll(STDIN_FILENO, name))
      return
    }
    let descriptor = open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      let isAbsent = code == ENOENT || code == ENOTDIR
      throw TableError(
        file: name, fault: isAbsent ? .noSuchFile : .notReadable(reason: systemWords(code)))
    }
    defer { close(descriptor) }
    self.init(name: name, bytes: try readAll(descriptor, name))
  }
}

/// Reads a descriptor to its end.
///
/// A regular file goes into one allocation. A pipe comes in pieces that are freed while they are
/// joined, so that the content is never held twice.
private func readAll(_ descriptor: Int32, _ name: String) throws(TableError) -> [UInt8] {
  var status = stat()
  let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  var piece = try readPiece(descriptor, isRegular ? max(Int(status.st_size), 0) + 1 : 1 << 22, name)
  if piece.isLast { return piece.bytes }
  var pieces = [piece.bytes]
  while !piece.isLast {
    piece = try readPiece(descriptor, 1 << 22, name)
    pieces.append(piece.bytes)
  }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
  for index in pieces.indices {
    bytes += pieces[index]
    pieces[index] = []
  }
  return bytes
}

/// Reads until `capacity` bytes are there or the end is reached.
private func readPiece(
  _ descriptor: Int32, _ capacity: Int, _ name: String
) throws(TableError) -> (bytes: [UInt8], isLast: Bool) {
  var failure: Int32 = 0
  var isLast = false
  let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
    while count < capacity {
      let got = read(descriptor, buffer.baseAddress.map { $0 + count }, capacity - count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { failure = errno }
      if got <= 0 {
        isLast = true
        return
      }
      count += got
    }
  }
  guard failure == 0 else {
    let reason = systemWords(failure)
    throw TableError(
      file: name,
      fault: failure == EISDIR ? .notReadable(reason: reason) : .readFailed(reason: reason))
  }
  return (bytes, isLast)
}

/// What the system says of an error code, without its capital.
private func systemWords(_ code: Int32) -> String {
  let words = String(cString: strerror(code))
  return words.prefix(1).lowercased() + words.dropFirst()
}
