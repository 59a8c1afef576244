/// Where the document of a stability analysis is.
enum StabilityFile {
  private static let name = "stability.json"
  /// The folder within a fit folder where commands look for one.
  static let folder = "stability"

  /// The document's path: the file itself, that of its folder, or that beside a fit; nil where there is none.
  static func path(_ given: String) -> String? {
    let places = [given, "\(given)/\(name)", "\(given)/\(folder)/\(name)"]
    return places.first { kind(of: $0) == .file }
  }

  /// The same; throws where there is none.
  static func found(_ given: String) throws(CommandError) -> String {
    if let path = path(given) { return path }
    guard kind(of: given) == .folder else {
      throw .noInput("\(given): no such file or folder; check the name")
    }
    throw .noInput(
      "'\(given)' has no \(name); write one with 'metamob stability DATA FORMULA --out "
        + "\(given)/\(folder)', DATA, FORMULA and options being those of the fit")
  }
}
