private import Glibc

/// The standard streams of the process.
package enum Terminal {
  /// The width in columns of the terminal that a stream goes to, nil where it goes elsewhere.
  package static func width(of stream: Int32) -> Int? {
    guard isatty(stream) == 1 else { return nil }
    var size = winsize()
    guard ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The width in columns that results are laid out for: the terminal's, or 80.
  package static var outputWidth: Int { width(of: STDOUT_FILENO) ?? 80 }

  /// Writes results to standard output.
  package static func write(_ text: String) throws(CommandError) {
    guard let code = writeAll(Array(text.utf8), to: STDOUT_FILENO) else { return }
    throw .inputOutput("cannot write to standard output: \(systemMessage(code))")
  }

  /// A console on standard error.
  package static func console() -> Console {
    let clock = ContinuousClock()
    let start = clock.now
    return Console(
      width: width(of: STDERR_FILENO),
      now: { (clock.now - start) / .seconds(1) },
      // Nowhere is left to report that standard error itself cannot be written.
      write: { _ = writeAll(Array($0.utf8), to: STDERR_FILENO) })
  }
}

/// Writes bytes to a file descriptor; returns nil, or the number of the system's error.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
  var offset = 0
  while offset < bytes.count {
    let written = bytes.withUnsafeBytes { buffer in
      Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), bytes.count - offset)
    }
    if written < 0 {
      if errno == EINTR { continue }
      return errno
    }
    offset += written
  }
  return nil
}

/// What the system says of an error.
func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code))
}
