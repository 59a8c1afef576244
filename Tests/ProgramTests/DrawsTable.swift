/// A draws file as other readers see it.
struct DrawsTable {
  /// The comment lines before the header, after it, and after the draws, without their `#`.
  let comments: [String]
  /// The names of the columns.
  let names: [String]
  /// One list of numbers a draw.
  let rows: [[Double]]

  /// Reads a file's text; nil where a row does not fit the header.
  init?(_ text: String) {
    let lines = text.split(separator: "\n").map(String.init)
    comments = lines.filter { $0.hasPrefix("#") }.map { String($0.dropFirst()) }
    let table = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: ",") }
    guard let header = table.first else { return nil }
    names = header.map(String.init)
    rows = table.dropFirst().map { $0.compactMap { Double($0) } }
    let width = names.count
    guard rows.allSatisfy({ $0.count == width }) else { return nil }
  }

  /// The draws of a column.
  func column(_ name: String) -> [Double]? {
    names.firstIndex(of: name).map { index in rows.map { $0[index] } }
  }
}
