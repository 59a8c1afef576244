public import Designs

/// What rules, comparisons and predictions need to know of a variable: its name and its levels.
public struct SplitVariable: Sendable, Equatable {
  /// How the values of a variable split.
  public enum Kind: Sendable, Equatable {
    /// Numbers, split at a breakpoint.
    case numeric
    /// Unordered levels, split into groups.
    case nominal(levels: [String])
    /// Ascending levels, split at a level.
    case ordered(levels: [String])
  }

  /// The column's name.
  public let name: String
  /// How its values split.
  public let kind: Kind

  /// A variable by name and kind.
  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// The name and levels of a partitioning variable.
  public init(_ variable: PartitioningVariable) {
    name = variable.name
    kind =
      switch variable.values {
      case .numeric: .numeric
      case .nominal(_, let levels): .nominal(levels: levels)
      case .ordered(_, let levels): .ordered(levels: levels)
      }
  }

  /// The name and levels of pre-specified subgroups.
  public init(_ subgroups: SubgroupColumn) {
    name = subgroups.name
    kind = .nominal(levels: subgroups.levels)
  }

  /// The levels, none for numbers.
  public var levels: [String] {
    switch kind {
    case .numeric: []
    case .nominal(let levels), .ordered(let levels): levels
    }
  }
}

extension Design {
  /// The variables that the splits of this design's trees count: the pre-specified subgroups alone
  /// where there are any, else the partitioning variables.
  public var splitVariables: [SplitVariable] {
    subgroups.map { [SplitVariable($0)] } ?? partitioning.map { SplitVariable($0) }
  }
}
