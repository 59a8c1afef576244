private import Glibc

/// What stands at a path, after symbolic links.
enum PathKind: Equatable {
  /// Nothing.
  case nothing
  /// An ordinary file.
  case file
  /// A folder.
  case folder
  /// A device, a pipe, a socket.
  case special
}

/// What stands at a path; a link to nothing is nothing.
func kind(of path: String) -> PathKind {
  var status = stat()
  guard stat(path, &status) == 0 else { return .nothing }
  return switch status.st_mode & S_IFMT {
  case S_IFREG: .file
  case S_IFDIR: .folder
  default: .special
  }
}

/// Whether two paths lead to one and the same thing.
func isSame(_ a: String, _ b: String) -> Bool {
  var first = stat()
  var second = stat()
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
    && first.st_ino == second.st_ino
}

/// A place to write to, split so that something can be made beside it.
struct Place {
  /// The folder that the place is in.
  let parent: String
  /// The name within the folder.
  let name: String

  /// The place that a path names; links at its end are followed where they lead somewhere.
  init(_ path: String) {
    var whole = path
    if let resolved = realpath(path, nil) {
      whole = String(cString: resolved)
      free(resolved)
    }
    while whole.count > 1, whole.hasSuffix("/") { whole.removeLast() }
    let slash = whole.lastIndex(of: "/")
    parent = slash.map { $0 == whole.startIndex ? "/" : String(whole[..<$0]) } ?? "."
    name = slash.map { String(whole[whole.index(after: $0)...]) } ?? whole
  }

  /// The path of the place.
  var path: String { beside(name) }

  /// The path of another name in the same folder.
  func beside(_ other: String) -> String {
    parent == "/" ? "/\(other)" : "\(parent)/\(other)"
  }

  /// A hidden name beside the place that nothing else is likely to have.
  func hidden(_ purpose: String) -> String {
    beside(".\(name).\(purpose)-\(getpid())-\(String(UInt32.random(in: .min ... .max), radix: 36))")
  }
}

/// The entries of a folder in byte order, without `.` and `..`; nil where it cannot be read.
func entries(of folder: String) -> [String]? {
  guard let stream = opendir(folder) else { return nil }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Makes a new file with all its content; returns nil, or the number of the system's error.
func makeFile(_ path: String, holding content: [UInt8]) -> Int32? {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { return errno }
  if let code = writeAll(content, to: descriptor) {
    close(descriptor)
    return code
  }
  return close(descriptor) == 0 ? nil : errno
}
