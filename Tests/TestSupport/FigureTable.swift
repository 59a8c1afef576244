import Foundation

/// The data of a reference figure: a small reader, so that tests need no other module to read them.
public struct FigureTable: Sendable {
  /// The cells of each column as text.
  public let columns: [String: [String]]
  /// The number of rows.
  public let rows: Int

  /// Reads `Tests/ReferenceTests/Figures/<path>`: a header, commas, quotes, one record a line.
  public init?(_ path: String) {
    guard let data = figure(path) else { return nil }
    let records = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map(Self.fields)
    guard let header = records.first else { return nil }
    rows = records.count - 1
    columns = Dictionary(
      uniqueKeysWithValues: header.enumerated().map { place, name in
        (name, records.dropFirst().map { $0[place] })
      })
  }

  private init(columns: [String: [String]], rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  /// The table without the rows that miss a value of one of the columns.
  public func complete(in names: [String]) -> FigureTable {
    let kept = (0..<rows).filter { row in
      names.allSatisfy { name in !["", "NA"].contains(columns[name]?[row] ?? "") }
    }
    return FigureTable(
      columns: columns.mapValues { cells in kept.map { cells[$0] } }, rows: kept.count)
  }

  /// A column as numbers.
  public func numbers(_ name: String) -> [Double] {
    (columns[name] ?? []).map { Double($0) ?? .nan }
  }

  /// A column as codes of its levels, those given or else the distinct cells in byte order.
  public func codes(_ name: String, levels: [String]? = nil) -> (codes: [Int32], levels: [String]) {
    let cells = columns[name] ?? []
    let levels = levels ?? Set(cells).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return (cells.map { Int32(levels.firstIndex(of: $0) ?? -1) }, levels)
  }

  private static func fields(_ line: Substring) -> [String] {
    var result = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: result.append("")
      default: result[result.count - 1].append(character)
      }
    }
    return result
  }
}
