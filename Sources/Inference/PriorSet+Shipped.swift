import Foundation

/// The sets that ship with the program.
extension PriorSet {
  /// Single sets by their names, in the order of lists.
  private static let files: [(name: String, bytes: [UInt8])] = [
    ("weakly-informative", PackageResources.weakly_informative_json),
    ("half-normal-0.5", PackageResources.half_normal_0_5_json),
    ("half-normal-1.0", PackageResources.half_normal_1_0_json),
    ("uisd-8", PackageResources.uisd_8_json), ("uisd-4", PackageResources.uisd_4_json),
    ("half-cauchy", PackageResources.half_cauchy_json), ("half-t", PackageResources.half_t_json),
    ("exponential", PackageResources.exponential_json),
    ("near-flat", PackageResources.near_flat_json),
  ]

  /// The names of the single sets.
  public static var single: [String] { files.map(\.name) }

  /// The tables, which are read once.
  private static let read = Result<[PriorTable], PriorError> {
    () throws(PriorError) -> [PriorTable] in
    [
      try PriorTable(data: Data(PackageResources.turner_json), file: "turner"),
      try PriorTable(data: Data(PackageResources.rhodes_json), file: "rhodes"),
    ]
  }

  /// The tables of sets.
  public static func tables() throws(PriorError) -> [PriorTable] { try read.get() }

  /// A set that ships with the program: a single one, or a row of a table.
  ///
  /// Throws `unknownSet` where there is none of the name.
  public static func shipped(named name: String) throws(PriorError) -> PriorSet {
    guard let set = try ifShipped(named: name) else { throw try unknown(name) }
    return set
  }

  /// The same; nil where there is none of the name.
  public static func ifShipped(named name: String) throws(PriorError) -> PriorSet? {
    if let file = files.first(where: { $0.name == name }) {
      return try PriorSet(data: Data(file.bytes), file: name)
    }
    for table in try tables() {
      if let set = try table.set(named: name) { return set }
    }
    return nil
  }

  /// The error that no set has a name.
  public static func unknown(_ name: String) throws(PriorError) -> PriorError {
    let tables = try tables()
    return .unknownSet(
      name: name, known: single + tables.flatMap { $0.rows.map(\.name) },
      tables: tables.map(\.name))
  }
}
