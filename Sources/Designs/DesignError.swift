public import Tables
import Words

/// Why data, formula and options do not make up a design.
public struct DesignError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Fault: Equatable, Sendable {
    /// The file cannot be read as the formula asks.
    case table(TableError)
    /// The formula cannot be understood.
    case formula(text: String, FormulaFault)
    /// The formula of a two-stage meta-analysis cannot be understood.
    case poolingFormula(text: String, FormulaFault)
    /// A formula names a column twice.
    case repeatedColumn(column: String)
    /// Covariates or subgroups stand beside counts by arm.
    case countsWithCovariates
    /// A study stands on two lines of a table with one row a study, or a study and arm.
    case repeatedStudy(column: String, study: String, first: Int, second: Int)
    /// A standard error is zero or negative.
    case nonPositiveError(column: String, value: String, line: Int)
    /// Numbers of events and participants that cannot be.
    case impossibleCount(events: String, total: String, columns: [String], line: Int)
    /// The formula has no third part, and there are no pre-specified subgroups.
    case noPartitioning
    /// The formula has a third part beside pre-specified subgroups.
    case partitioningBesideSubgroups
    /// The point of the third part stands for no column.
    case emptyPartitioning
    /// The point of the third part would take in a column without a name, at this position.
    case namelessColumn(position: Int)
    /// A column has two roles.
    case twoRoles(column: String, ColumnRole, ColumnRole)
    /// A column stands twice in one part.
    case duplicateTerm(column: String, ColumnRole)
    /// The value of an option cannot be understood.
    case option(name: String, value: String, problem: String)
    /// An option names a level that the treatment does not have.
    case noSuchArm(option: String, level: String, column: String, levels: [String])
    /// No row has a value in every used column; the column that lacks most.
    case noCompleteRow(column: String, missing: Int, rows: Int)
    /// The treatment has one level, or more than two, among the used rows.
    case armCount(column: String, levels: [String])
    /// The outcome has texts for values where numbers are needed, or more than two of them; the
    /// family that the user asked for.
    case textOutcome(column: String, levels: [String], asked: Family?)
    /// The outcome has more than two different numbers where a binomial one was asked for.
    case manyValues(column: String, values: Int)
    /// The outcome has one value among the used rows.
    case constantOutcome(column: String, value: String)
    /// The numbers of a column are so large, or so near to one another, that their squares leave the
    /// range of double precision.
    case unworkableScale(column: String)
    /// All used rows are of one trial.
    case singleTrial(column: String, trial: String)
    /// Too few trials have both arms; the trials that have.
    case fewTrials(column: String, compared: [String], needed: Int)
    /// The column of pre-specified subgroups has one level among the used rows.
    case singleSubgroup(column: String, level: String)
    /// A case weight is negative.
    case negativeWeight(column: String, value: String, line: Int?)
    /// Every complete row has the case weight 0.
    case zeroWeights(column: String)
    /// Case weights are so large or small that sums of them leave the range of double precision.
    case unworkableWeights(column: String)
  }

  /// The data file's name as the user wrote it, where the fault lies in the data.
  public let file: String?
  /// What is wrong.
  public let fault: Fault

  /// A fault, in a file where it lies in the data.
  public init(_ fault: Fault, file: String? = nil) {
    self.file = file
    self.fault = fault
  }

  /// The kind of failure.
  public var category: ErrorCategory {
    switch fault {
    case .table(let error): error.category
    case .option, .partitioningBesideSubgroups: .usage
    default: .data
    }
  }

  /// One line for people: the place, what is wrong, and what would mend it.
  public var message: String {
    if case .table(let error) = fault { return error.message }
    let place = file.map { "\(shownFile($0)), " } ?? ""
    return "\(place)\(problem); \(remedy)"
  }
}

extension DesignError {
  private var problem: String {
    switch fault {
    case .table(let error): error.message
    case .formula(_, let fault): "formula, character \(fault.character): \(fault.words)"
    case .poolingFormula(_, let fault): "formula, character \(fault.character): \(fault.words)"
    case .repeatedColumn(let column): "column \(quoted(column)): it stands twice in the formula"
    case .countsWithCovariates: "covariates and --subgroups cannot stand beside counts of events"
    case .repeatedStudy(let column, let study, let first, let second):
      "line \(second), column \(quoted(column)): \(quoted(study)) stands on line \(first) already"
    case .nonPositiveError(let column, let value, let line):
      "line \(line), column \(quoted(column)): the standard error \(value) is not positive"
    case .impossibleCount(let events, let total, let columns, let line):
      "line \(line), columns \(listed(columns)): \(events) events in \(total) participants cannot be"
    case .noPartitioning: "formula: the third part, the partitioning variables, is missing"
    case .partitioningBesideSubgroups:
      "formula: a third part cannot stand beside --subgroups, which grows no tree"
    case .emptyPartitioning:
      "formula: the list of partitioning variables is empty, since every column has another role"
    case .namelessColumn(let position):
      "formula: \".\" takes in column \(position), which has no name"
    case .twoRoles(let column, let first, let second):
      "column \(quoted(column)): it stands both as \(first.words) and as \(second.words)"
    case .duplicateTerm(let column, let role):
      "column \(quoted(column)): it stands twice as \(role.words)"
    case .option(let name, let value, let problem): "\(name) \(quoted(value)): \(problem)"
    case .noSuchArm(let option, let level, let column, _):
      "column \(quoted(column)): \(option) names \(quoted(level)), which is no level of it"
    case .noCompleteRow(let column, let missing, let rows):
      "column \(quoted(column)): no row has a value in every used column"
        + " (this one misses \(missing) of \(rows))"
    case .armCount(let column, let levels): armProblem(column, levels)
    case .manyValues(let column, let values):
      "column \(quoted(column)): a binomial outcome has two values, and this one has \(values)"
    case .textOutcome(let column, let levels, _):
      "column \(quoted(column)): the outcome is not a number but has \(counted(levels.count, "level"))"
        + " (\(listed(levels, limit: 4)))"
    case .constantOutcome(let column, let value):
      "column \(quoted(column)): the outcome is \(value) in every used row"
    case .unworkableScale(let column):
      "column \(quoted(column)): the numbers are beyond 1e100, or differ by less than 1e-100, and"
        + " cannot be computed with"
    case .singleTrial(let column, let trial):
      "column \(quoted(column)): all used rows are of the one trial \(quoted(trial))"
    case .fewTrials(let column, let compared, let needed):
      "column \(quoted(column)): \(counted(compared.count, "trial")) with both arms among the used"
        + " rows (\(listed(compared))), at least \(needed) needed"
    case .singleSubgroup(let column, let level):
      "column \(quoted(column)): all used rows are of the one subgroup \(quoted(level))"
    case .negativeWeight(let column, let value, let line):
      (line.map { "line \($0), " } ?? "")
        + "column \(quoted(column)): the case weight \(value) is negative"
    case .zeroWeights(let column):
      "column \(quoted(column)): every row with a value in every used column has the weight 0"
    case .unworkableWeights(let column):
      "column \(quoted(column)): case weights are beyond 1e100, or below 1e-100 and not 0, and cannot"
        + " be computed with"
    }
  }

  private func armProblem(_ column: String, _ levels: [String]) -> String {
    levels.count == 1
      ? "column \(quoted(column)): the only arm among the used rows is \(listed(levels))"
      : "column \(quoted(column)): the treatment has \(levels.count) arms among the used rows"
        + " (\(listed(levels)))"
  }

  private var remedy: String {
    switch fault {
    case .table: ""
    case .formula(_, let fault): fault.remedy
    case .poolingFormula(_, let fault):
      if case .function = fault.problem {
        fault.remedy
      } else {
        "write estimate ~ se | study, events | n ~ treatment | study, or outcome ~ treatment | trial"
      }
    case .repeatedColumn: "each part needs a column of its own"
    case .countsWithCovariates: "they need data of participants, one row each"
    case .repeatedStudy:
      "give each study a name of its own; participants' data need a treatment of two arms"
    case .nonPositiveError: "mend it, or write NA to leave the study out"
    case .impossibleCount: "events and participants are whole numbers, events at most participants"
    case .noPartitioning: "write outcome ~ treatment | trial | z1 + z2, or give --subgroups"
    case .partitioningBesideSubgroups: "write outcome ~ treatment | trial"
    case .emptyPartitioning: "name the variables that may define subgroups"
    case .namelessColumn: "name it in the header, or list the partitioning variables"
    case .twoRoles: "a column has one role only: remove it from one of the two places"
    case .duplicateTerm: "name it once"
    case .option(let name, _, _): optionRemedy(name)
    case .noSuchArm(_, _, _, let levels): "the levels are \(listed(levels))"
    case .noCompleteRow: "leave out of the formula what is mostly missing"
    case .armCount(_, let levels):
      levels.count == 1
        ? "two arms are needed; look for missing values with describe"
        : "choose two of them with --arms A,B"
    case .manyValues: "leave out --family binomial, or choose a column of two values"
    case .textOutcome(_, let levels, .gaussian) where levels.count <= 2:
      "leave out --family gaussian to model it as binomial"
    case .textOutcome(_, _, .gaussian): "choose a column of numbers as the outcome"
    case .textOutcome: "choose a column of numbers, or of two levels, as the outcome"
    case .constantOutcome: "there is nothing to explain: choose another outcome"
    case .unworkableScale: "measure it in another unit"
    case .singleTrial: "a meta-analysis needs two trials or more; --method mob takes one"
    case .fewTrials: "add trials, or look for missing values with describe"
    case .singleSubgroup: "two subgroups are needed; look for missing values with describe"
    case .negativeWeight: "a weight is 0 or more, or NA"
    case .zeroWeights: "give weights above 0"
    case .unworkableWeights: "divide them all by one number"
    }
  }

  private func optionRemedy(_ name: String) -> String {
    name == "--arms"
      ? "write it as A,B with a level that has a comma in quotation marks"
      : "write it as column=low<mid<high with a level that has a comma in quotation marks"
  }
}

extension FormulaFault {
  /// What is wrong, in words.
  var words: String {
    switch problem {
    case .expected(let expected, let found):
      "expected \(expected.rawValue), found \(found.map(quoted) ?? "the end")"
    case .unclosedBacktick: "a backtick opens here and is not closed"
    case .emptyName: "there is no name between the backticks"
    case .function(let name): "the function \(shown(name))() is not known in a formula"
    }
  }

  /// What would mend it.
  var remedy: String {
    switch problem {
    case .expected, .unclosedBacktick, .emptyName:
      "write outcome ~ treatment | trial | z1 + z2, with names of other signs in backticks"
    case .function: "only factor() and ordered() are; compute other columns beforehand"
    }
  }
}
