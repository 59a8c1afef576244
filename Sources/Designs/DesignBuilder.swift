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
  let weights: CaseWeights?

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
    try self.init(
      table, formula: formula, roles: roles, options: options, line: { text.line(ofRow: $0) })
  }

  /// Takes columns that were read as the roles request, in their order.
  public init(
    _ table: Table, formula: Formula, roles: ColumnRoles, options: DesignOptions
  ) throws(DesignError) {
    try self.init(table, formula: formula, roles: roles, options: options, line: { _ in nil })
  }

  private init(
    _ table: Table, formula: Formula, roles: ColumnRoles, options: DesignOptions,
    line: (_ row: Int) -> Int?
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
    // The roles put the weights last.
    weights =
      if let name = roles.names(.weights).first, let column = table[name] {
        try CaseWeights(name, column, file: table.file, line: line)
      } else {
        nil
      }
  }

  /// The outcome column.
  var outcome: Outcome {
    Outcome(
      column: formula.outcome.name, values: table.columns[0],
      hasGivenOrder: options.orders.contains { $0.column == formula.outcome.name },
      file: table.file)
  }

  /// The design: every part of the used rows, checked against one another.
  public func design() throws(DesignError) -> Design {
    let coding = try outcome.coding(asked: options.family)
    let usable = weights?.positive(among: completeness.complete) ?? completeness.complete
    let selection = RowSelection(usable)
    let exclusions = completeness.exclusions(table, trial: trial, used: selection.count)
    let idle = completeness.complete.count { $0 } - selection.count
    guard selection.count > 0 else { throw noUsableRow(exclusions, idle: idle) }
    let values = try outcome.numbers(coding, selection)
    let compared = try arms.arms(selection, file: table.file)
    let trials = try Trials(
      formula.trial.name, trial, present: completeness.trials(trial), selection, arms: compared,
      rules: TrialRules(
        needed: options.neededTrials, family: coding.family, hasWeights: weights != nil,
        isTwoStage: options.isTwoStage, file: table.file))
    try checkCovariates(selection)
    let matrix = ModelMatrix(columns(.covariate), selection, arm: compared.arm)
    let variables = columns(.partitioning).map { variable($0.name, $0.column, selection) }
    let useless = UselessVariables(trial: trials.codes, trials: trials.labels.count)
    return Design(
      formula: formula.text, outcomeName: outcome.column, family: coding.family,
      event: coding.event, outcome: values,
      weights: try weights?.weights(selection, file: table.file), treatment: compared.treatment,
      arm: compared.arm, trialName: trials.column, trials: trials.labels, trial: trials.codes,
      covariates: Covariates(names: matrix.names, columns: matrix.columns),
      partitioning: variables, subgroups: try subgroups(selection), exclusions: exclusions,
      warnings: outcome.warnings(coding, asked: options.family)
        + (weights?.warnings(idle: idle) ?? []) + trials.warnings + matrix.warnings
        + useless.warnings(variables) + idleWarnings)
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

  private func noUsableRow(_ exclusions: Exclusions, idle: Int) -> DesignError {
    if idle > 0, let weights {
      return DesignError(.zeroWeights(column: weights.column), file: table.file)
    }
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
