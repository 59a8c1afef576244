public import Tables
import Words

/// The used columns of a file with their roles, from which a design or a description is made.
public struct DesignBuilder: Sendable {
  /// The formula.
  public let formula: Formula
  /// The columns and what they are to the analysis.
  public let roles: ColumnRoles
  let options: DesignOptions
  let table: Table
  let arms: Arms
  let completeness: Completeness
  let trial: (codes: [Int32], levels: [String])

  /// Reads the columns that a formula and options name from a file.
  ///
  /// - Throws: everything that is wrong with the file or with names; what is wrong with the values
  ///   only when a design is made of them.
  public init(
    _ text: DelimitedText, formula: Formula, options: DesignOptions = DesignOptions(),
    threads: Int = 1
  ) throws(DesignError) {
    let roles = try ColumnRoles(formula, options: options, header: text.header, file: text.file)
    let table: Table
    do throws(TableError) {
      table = try text.read(roles.requests, threads: threads)
    } catch {
      throw DesignError(.table(error))
    }
    try self.init(table, formula: formula, roles: roles, options: options)
  }

  /// Takes columns that were read as the roles request, in their order.
  public init(
    _ table: Table, formula: Formula, roles: ColumnRoles, options: DesignOptions
  ) throws(DesignError) {
    precondition(table.names == roles.requests.map(\.name), "one column for each role")
    self.formula = formula
    self.roles = roles
    self.options = options
    self.table = table
    let treatment = table.columns[1].asLevels
    arms = try Arms(
      table.names[1], treatment.codes, treatment.levels, options: options, file: table.file)
    completeness = Completeness(table, droppedArms: arms.dropped)
    trial = table.columns[2 + roles.names(.covariate).count].asLevels
  }

  /// The design: every part of the used rows, checked against one another.
  public func design() throws(DesignError) -> Design {
    let outcome = Outcome(column: formula.outcome.name, values: table.columns[0], file: table.file)
    let family = try outcome.family(asked: options.family)
    let selection = RowSelection(completeness.complete)
    let exclusions = completeness.exclusions(table, trial: trial)
    guard selection.count > 0 else { throw noCompleteRow(exclusions) }
    let values = try outcome.numbers(selection)
    let compared = try arms.arms(selection, file: table.file)
    let trials = try Trials(
      formula.trial.name, trial, present: completeness.trials(trial), selection, arms: compared,
      needed: options.neededTrials, file: table.file)
    try checkCovariates(selection)
    let matrix = ModelMatrix(columns(.covariate), selection, arm: compared.arm)
    return Design(
      formula: formula.text, outcomeName: outcome.column, family: family, outcome: values,
      treatment: compared.treatment, arm: compared.arm, trialName: trials.column,
      trials: trials.labels, trial: trials.codes,
      covariates: Covariates(names: matrix.names, columns: matrix.columns),
      partitioning: columns(.partitioning).map { variable($0.name, $0.column, selection) },
      subgroups: try subgroups(selection), exclusions: exclusions,
      warnings: trials.warnings + matrix.warnings + idleWarnings)
  }

  private func checkCovariates(_ selection: RowSelection) throws(DesignError) {
    for (name, column) in columns(.covariate) {
      guard case .numeric(let numbers) = column, !isWorkable(selection.select(numbers)) else {
        continue
      }
      throw DesignError(.unworkableScale(column: name), file: table.file)
    }
  }

  /// The columns with a role, in formula order.
  private func columns(_ role: ColumnRole) -> [(name: String, column: Column)] {
    roles.assignments.indices.filter { roles.assignments[$0].role == role }
      .map { (table.names[$0], table.columns[$0]) }
  }

  private func variable(
    _ name: String, _ column: Column, _ selection: RowSelection
  ) -> PartitioningVariable {
    switch column {
    case .numeric(let values):
      return PartitioningVariable(name: name, values: .numeric(selection.select(values)))
    case .nominal(let codes, let levels):
      let (codes, levels) = selection.selectLevels(codes, levels)
      return PartitioningVariable(name: name, values: .nominal(codes: codes, levels: levels))
    case .ordered(let codes, let levels):
      let (codes, levels) = selection.selectLevels(codes, levels)
      return PartitioningVariable(name: name, values: .ordered(codes: codes, levels: levels))
    }
  }

  private func subgroups(_ selection: RowSelection) throws(DesignError) -> SubgroupColumn? {
    guard let (name, column) = columns(.subgroups).first else { return nil }
    let all = column.asLevels
    let (codes, levels) = selection.selectLevels(all.codes, all.levels)
    if levels.count == 1 {
      throw DesignError(.singleSubgroup(column: name, level: levels[0]), file: table.file)
    }
    return SubgroupColumn(name: name, codes: codes, levels: levels)
  }

  private func noCompleteRow(_ exclusions: Exclusions) -> DesignError {
    var missing: [String: Int] = [:]
    for count in exclusions.counts { missing[count.column, default: 0] += count.rows }
    let most = missing.values.max() ?? 0
    let column = table.names.first { missing[$0] == most } ?? formula.outcome.name
    return DesignError(
      .noCompleteRow(column: column, missing: most, rows: exclusions.rows), file: table.file)
  }

  private var idleWarnings: [String] {
    roles.idleOrders.map { column in
      "--ordered names column \(quoted(column)), which the formula does not use"
    }
  }
}
