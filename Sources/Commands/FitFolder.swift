private import Glibc

/// The folder of a fit, made beside its place and then renamed, so that it is there whole or not at
/// all.
package struct FitFolder: Sendable {
  /// Collects the files of a fit folder that is not yet in its place.
  package struct Writer {
    fileprivate let folder: String
    fileprivate let temporaries: Temporaries

    /// Adds a file; `name` may begin with the name of a folder, as in `metamob-si/draws-1.csv`.
    package func add(_ name: String, _ content: [UInt8]) throws(CommandError) {
      try temporaries.step { _ throws(CommandError) in
        if let slash = name.firstIndex(of: "/") { mkdir("\(folder)/\(name[..<slash])", 0o777) }
        if let code = makeFile("\(folder)/\(name)", holding: content) {
          throw writingFailure("'\(name)' of the fit folder", code)
        }
      }
    }
  }

  private let given: String
  private let force: Bool
  private let temporaries: Temporaries

  /// Tests that the folder can be written, before any work begins.
  ///
  /// A folder that exists is replaced with `force` alone, and only if it is empty or a fit folder.
  package init(_ path: String, force: Bool, temporaries: Temporaries) throws(CommandError) {
    given = path
    self.force = force
    self.temporaries = temporaries
    let place = try checkedPlace()
    let probe = place.hidden("test")
    guard mkdir(probe, 0o777) == 0 else { throw failure(errno) }
    rmdir(probe)
  }

  /// Writes the files that `body` adds and puts the folder in its place.
  ///
  /// Files of a replaced folder that no fit writes, such as notes and figures, are kept.
  package func write(
    _ body: (Writer) throws(CommandError) -> Void
  ) throws(CommandError) {
    let place = try checkedPlace()
    let unfinished = place.hidden("part")
    try temporaries.step { paths throws(CommandError) in
      guard mkdir(unfinished, 0o777) == 0 else { throw failure(errno) }
      paths.insert(unfinished)
    }
    do throws(CommandError) {
      try body(Writer(folder: unfinished, temporaries: temporaries))
      try temporaries.step { paths throws(CommandError) in
        try put(unfinished, in: place)
        paths.remove(unfinished)
      }
    } catch {
      temporaries.step { paths in
        removeTree(unfinished)
        paths.remove(unfinished)
      }
      throw error
    }
  }

  /// The folder's place, if a folder may be put there.
  private func checkedPlace() throws(CommandError) -> Place {
    let place = Place(given)
    switch kind(of: given) {
    case .file, .special:
      throw .cannotWrite("'\(given)' is a file; choose another folder for --out")
    case .folder where !force:
      throw .cannotWrite(
        "folder '\(given)' exists; give --force to replace a fit folder, or choose another --out")
    case .folder:
      let names = entries(of: place.path)
      guard names?.contains("fit.json") ?? false || names?.isEmpty ?? false else {
        throw .cannotWrite(
          "folder '\(given)' holds no fit.json, so --force does not replace it; choose another "
            + "folder for --out")
      }
    case .nothing:
      guard kind(of: place.parent) == .folder else {
        throw .cannotWrite(
          "cannot write fit folder '\(given)': folder '\(place.parent)' does not exist; "
            + "create it first")
      }
    }
    return place
  }

  /// Renames the finished folder into its place; what stood there is moved aside first, and back
  /// where the second renaming fails.
  private func put(_ finished: String, in place: Place) throws(CommandError) {
    guard kind(of: place.path) == .folder else {
      guard rename(finished, place.path) == 0 else { throw failure(errno) }
      return
    }
    let old = place.hidden("old")
    guard rename(place.path, old) == 0 else { throw failure(errno) }
    guard rename(finished, place.path) == 0 else {
      let code = errno
      rename(old, place.path)
      throw failure(code)
    }
    if keepOthers(from: old, in: place.path) { removeTree(old) }
  }

  private func failure(_ code: Int32) -> CommandError {
    writingFailure("fit folder '\(given)'", code)
  }
}

/// Moves everything that no fit writes from an old folder to the new one; tells whether all of it
/// has arrived, so that the old folder may go.
private func keepOthers(from old: String, in new: String) -> Bool {
  var isComplete = true
  for name in entries(of: old) ?? [] where !isFitFile(name) {
    let source = "\(old)/\(name)"
    let target = "\(new)/\(name)"
    if isPlainFolder(source) {
      let inner = entries(of: source) ?? []
      if !inner.isEmpty, inner.allSatisfy(isFitFile) { continue }
      mkdir(target, 0o777)
      isComplete = keepOthers(from: source, in: target) && isComplete
    } else {
      isComplete = rename(source, target) == 0 && isComplete
    }
  }
  return isComplete
}

/// Whether a path is a folder itself, not a link to one.
private func isPlainFolder(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether a name is one of the files that fits consist of.
private func isFitFile(_ name: String) -> Bool {
  if ["fit.json", "summary.txt"].contains(name) { return true }
  guard name.hasPrefix("draws-"), name.hasSuffix(".csv") else { return false }
  let number = name.dropFirst(6).dropLast(4)
  return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
}
