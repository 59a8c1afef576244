/// The forms in which a figure is written; the raw values are the endings of file names.
public enum FigureFormat: String, CaseIterable, Sendable {
  /// Vectors as text, written by the program itself.
  case svg
  /// Vectors for print, by librsvg.
  case pdf
  /// Pixels, by librsvg: two for each of the drawing's, either way.
  case png

  /// The form that a file's name asks for by its ending, in any case; nil for another ending.
  public init?(path: String) {
    guard let dot = path.lastIndex(of: "."),
      let format = FigureFormat(rawValue: path[path.index(after: dot)...].lowercased())
    else { return nil }
    self = format
  }
}

/// Why a figure cannot be turned into PDF or PNG.
public enum RenderingError: Error, Sendable, Equatable {
  /// A library is not installed: its file, and the Debian package that has it.
  case missingLibrary(String, package: String)
  /// A library lacks a function.
  case missingFunction(String)
  /// No font is installed, so that text would vanish.
  case noFont(package: String)
  /// The picture would have more pixels either way than libraries bear.
  case tooLarge(pixels: Int)
  /// The library's own words.
  case failed(String)
}
