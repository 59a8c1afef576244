/// A variable that a saved tree asks of new participants.
public struct NewVariable: Sendable, Equatable {
  /// The values that the variable may have.
  public enum Kind: Sendable, Equatable {
    /// Numbers.
    case numeric
    /// One of these levels.
    case levels([String])
  }

  /// The column's name.
  public let name: String
  /// The values that it may have.
  public let kind: Kind

  /// A variable of a saved tree.
  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// The values of a variable among new participants.
public enum NewValues: Sendable, Equatable {
  /// Numbers; not-a-number where the value is missing.
  case numeric([Double])
  /// Indices into the variable's levels; `Column.missingCode` and `NewValues.unseenCode` aside.
  case levels([Int32])

  /// The code of a value that is none of the levels.
  public static let unseenCode: Int32 = -2
}

extension DelimitedText {
  /// Reads the variables of a saved tree, each in the order of the rows.
  ///
  /// A number is recognised as a level however it is written (`1.0` as `1`).
  ///
  /// - Throws: an absent column, a text or an infinite value in a numeric one, a row that breaks
  ///   the rules of the format.
  public func readNewData(
    _ variables: [NewVariable], threads: Int = 1
  ) throws(TableError) -> [NewValues] {
    let requests = variables.map { variable in
      ColumnRequest(variable.name, variable.kind == .numeric ? .numeric : .text)
    }
    let table = try read(requests, threads: threads)
    return zip(variables, table.columns).map { variable, column in
      switch (variable.kind, column) {
      case (_, .numeric(let values)):
        return .numeric(values)
      case (.numeric, .nominal(let codes, _)), (.numeric, .ordered(let codes, _)):
        return .numeric([Double](repeating: .nan, count: codes.count))
      case (.levels(let known), .nominal(let codes, let levels)),
        (.levels(let known), .ordered(let codes, let levels)):
        let map = levels.map { level in
          levelIndex(level, in: known).map(Int32.init) ?? NewValues.unseenCode
        }
        return .levels(codes.map { $0 < 0 ? Column.missingCode : map[Int($0)] })
      }
    }
  }
}
