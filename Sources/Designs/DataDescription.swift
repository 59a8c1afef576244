import Tables
import Threads

/// The five numbers, mean and standard deviation of the values that are not missing.
public struct NumberSummary: Sendable, Equatable {
  /// The number of values.
  public let count: Int
  /// The number of missing values.
  public let missing: Int
  /// The smallest value.
  public let minimum: Double?
  /// The first quartile, R's type 7.
  public let lowerQuartile: Double?
  /// The median.
  public let median: Double?
  /// The third quartile, R's type 7.
  public let upperQuartile: Double?
  /// The largest value.
  public let maximum: Double?
  /// The arithmetic mean.
  public let mean: Double?
  /// The standard deviation with divisor n − 1; nil for fewer than two values.
  public let standardDeviation: Double?
}

/// What one group of rows shows of one variable.
public enum VariableSummary: Sendable, Equatable {
  /// Of a numeric variable.
  case numeric(NumberSummary)
  /// Of a nominal or ordered variable: rows by level, in level order, and rows without a value.
  case levels(counts: [Int], missing: Int)

  /// The number of missing values.
  public var missing: Int {
    switch self {
    case .numeric(let summary): summary.missing
    case .levels(_, let missing): missing
    }
  }
}

/// A data set by trial and in total: all rows of the compared arms, complete or not.
public struct DataDescription: Sendable, Equatable {
  /// The values that a variable has.
  public enum Kind: Sendable, Equatable {
    /// Numbers.
    case numeric
    /// Levels without an order among them.
    case nominal([String])
    /// Ascending levels.
    case ordered([String])
  }

  /// A described variable: outcome, covariate, partitioning variable, subgroups or case weights.
  public struct Variable: Sendable, Equatable {
    /// The column's name.
    public let name: String
    /// What the column is to the analysis.
    public let role: ColumnRole
    /// The values that it has in the file.
    public let kind: Kind
  }

  /// One group of rows.
  public struct Group: Sendable, Equatable {
    /// The trial; nil for the rows without one and for the total.
    public let trial: String?
    /// The number of rows.
    public let rows: Int
    /// The number of rows with a value in every used column.
    public let complete: Int
    /// Rows by arm, in the order of the description's arms.
    public let arms: [Int]
    /// Rows without an arm.
    public let missingArm: Int
    /// One summary for each of the description's variables.
    public let variables: [VariableSummary]
  }

  /// The data file's name as the user wrote it.
  public let file: String
  /// The treatment column's name.
  public let treatment: String
  /// The arms in level order; after `--arms` its two.
  public let arms: [String]
  /// The control arm, as an analysis would choose it; nil where there is no arm at all.
  public let reference: String?
  /// The trial column's name.
  public let trial: String
  /// The outcome's family, as an analysis would tell it; nil where none would take the outcome.
  public let family: Family?
  /// The label of the event of a binomial outcome.
  public let event: String?
  /// The described variables in formula order.
  public let variables: [Variable]
  /// One group for each trial in level order, then the rows without a trial, if there are any.
  public let trials: [Group]
  /// All rows.
  public let total: Group
}

extension DesignBuilder {
  /// Describes the used columns by trial and in total.
  ///
  /// The result does not depend on the number of threads. Complexity: linear in the rows.
  public func description(threads: Int = 1) -> DataDescription {
    let described: Set<ColumnRole> = [.outcome, .covariate, .partitioning, .subgroups, .weights]
    let coding = try? outcome.coding(asked: options.family)
    let values = countable(coding)
    let columns = roles.assignments.indices.filter { index in
      described.contains(roles.assignments[index].role)
    }
    let compared = arms.compared
    let grouping = TrialGrouping(trial, kept: completeness.kept)
    let summaries = concurrentMap(count: columns.count, threads: threads) { index in
      grouping.summaries(values[columns[index]])
    }
    let armRows = grouping.summaries(.nominal(codes: arms.codes, levels: arms.levels))
    let complete = grouping.counts(of: completeness.complete)
    let groups = grouping.groups.enumerated().map { index, group in
      let (arms, missingArm) = armCounts(armRows[index], compared)
      return DataDescription.Group(
        trial: group.label, rows: group.rows.count, complete: complete[index], arms: arms,
        missingArm: missingArm, variables: summaries.map { $0[index] })
    }
    return DataDescription(
      file: table.file, treatment: formula.treatment.name, arms: compared,
      reference: compared.isEmpty ? nil : compared[arms.reference(among: compared)],
      trial: formula.trial.name, family: coding?.family, event: coding?.event,
      variables: columns.map { variable($0, values[$0]) },
      trials: Array(groups.dropLast()), total: groups[groups.count - 1])
  }

  /// The columns with the events of a binomial outcome as levels, so that they are counted.
  private func countable(_ coding: Outcome.Coding?) -> [Column] {
    guard case .events(let codes, let levels, _) = coding, case .numeric = table.columns[0] else {
      return table.columns
    }
    return [.nominal(codes: codes, levels: levels)] + table.columns.dropFirst()
  }

  private func variable(_ index: Int, _ column: Column) -> DataDescription.Variable {
    let kind: DataDescription.Kind =
      switch column {
      case .numeric: .numeric
      case .nominal(_, let levels): .nominal(levels)
      case .ordered(_, let levels): .ordered(levels)
      }
    return DataDescription.Variable(
      name: table.names[index], role: roles.assignments[index].role, kind: kind)
  }

  /// Counts of the compared arms out of those of all levels of the treatment.
  private func armCounts(
    _ summary: VariableSummary, _ compared: [String]
  ) -> (arms: [Int], missing: Int) {
    guard case .levels(let counts, let missing) = summary else { return ([], 0) }
    let kept = arms.levels.indices.filter { compared.contains(arms.levels[$0]) }
    return (kept.map { counts[$0] }, missing)
  }
}
