public import Designs
public import Foundation
import JSON

/// A table of prior sets, one a row, as empirical priors are published: every row fills one entry of one
/// outcome family with numbers of its own, and the rest is that of `weakly-informative`.
public struct PriorTable: Sendable, Equatable {
  /// One set of the table.
  public struct Row: Sendable, Equatable {
    /// The set's name.
    public let name: String
    /// What it is for.
    public let description: String
    /// The set as a document.
    let document: JSONValue
  }

  /// The name and version of the layout of a table's file.
  static let schema = "metamob.prior-table/1"
  /// The keys of a table's file.
  static let keys = [
    "schema", "name", "description", "source", "outcome", "entry", "prior", "columns", "rows",
  ]

  /// The table's name.
  public let name: String
  /// What its sets are for.
  public let description: String
  /// Where it comes from.
  public let source: [String]
  /// The family of the outcomes.
  public let family: Family
  /// The sets.
  public let rows: [Row]

  /// Reads a table; `file` is named in errors.
  ///
  /// A row's first two columns are `name` and `description`, the others keys of the prior.
  public init(data: Data, file: String) throws(PriorError) {
    let reader = PriorReader(file: file)
    let members = try reader.object(reader.document(data), at: "", keys: Self.keys)
    func invalid(_ key: String, _ problem: String) -> PriorError {
      .invalid(file: file, key: key, problem: problem)
    }
    func text(_ key: String) throws(PriorError) -> String {
      guard let text = members[key]?.string else { throw invalid(key, "a text is wanted here") }
      return text
    }
    guard try text("schema") == Self.schema else {
      throw invalid("schema", "\"\(Self.schema)\" is wanted here")
    }
    name = try text("name")
    description = try text("description")
    source = members["source"]?.array?.compactMap(\.string) ?? []
    guard let family = Family(rawValue: try text("outcome")) else {
      throw invalid("outcome", "gaussian or binomial is wanted here")
    }
    self.family = family
    let entry = try text("entry")
    let columns = members["columns"]?.array?.compactMap(\.string) ?? []
    guard columns.starts(with: ["name", "description"]) else {
      throw invalid("columns", "name, description and keys of the prior are wanted here")
    }
    guard let prior = members["prior"]?.object, let lines = members["rows"]?.array else {
      throw invalid("rows", "a table needs a prior and rows")
    }
    var rows: [Row] = []
    for (place, line) in lines.enumerated() {
      guard let cells = line.array, cells.count == columns.count, let name = cells[0].string,
        let words = cells[1].string
      else { throw invalid("rows[\(place)]", "a value for each of the columns is wanted here") }
      let own = zip(columns.dropFirst(2), cells.dropFirst(2))
      let document: JSONValue = [
        "schema": .string(PriorSet.schema), "name": .string(name),
        "description": .string("\(description) This one: \(words)."),
        "source": members["source"] ?? [],
        family.rawValue: [entry: .object(prior.merging(own) { $1 })],
      ]
      rows.append(Row(name: name, description: words, document: document))
    }
    self.rows = rows
  }

  /// The set of a name; nil where the table has none.
  public func set(named name: String) throws(PriorError) -> PriorSet? {
    guard let row = rows.first(where: { $0.name == name }) else { return nil }
    return try PriorSet(document: row.document, file: name)
  }
}
