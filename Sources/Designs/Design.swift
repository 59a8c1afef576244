/// The distribution of the outcome given the linear predictor.
public enum Family: String, Sendable, Equatable, CaseIterable {
  /// A continuous outcome with one residual standard deviation.
  case gaussian
  /// An event that happens or not, on the logit scale.
  case binomial
}

/// What one column says about who was compared with whom.
public struct TreatmentArms: Sendable, Equatable {
  /// The column's name.
  public let column: String
  /// The label of the control arm (0).
  public let reference: String
  /// The label of the active arm (1).
  public let active: String

  /// Names the two arms of a treatment column.
  public init(column: String, reference: String, active: String) {
    self.column = column
    self.reference = reference
    self.active = active
  }
}

/// A variable that may split the tree, for the used rows.
public struct PartitioningVariable: Sendable, Equatable {
  /// The values of a partitioning variable.
  public enum Values: Sendable, Equatable {
    /// One finite number a row.
    case numeric([Double])
    /// One code a row, an index into the levels; no order among the levels.
    case nominal(codes: [Int32], levels: [String])
    /// One code a row, an index into the ascending levels.
    case ordered(codes: [Int32], levels: [String])
  }

  /// The column's name.
  public let name: String
  /// Its values in the used rows.
  public let values: Values

  /// A variable with one value for each used row.
  public init(name: String, values: Values) {
    self.name = name
    self.values = values
  }
}

/// Covariates that are adjusted for with one coefficient each over the whole tree.
///
/// A factor of L levels gives L − 1 columns of treatment contrasts, named as R names them
/// (`regionEU`).
public struct Covariates: Sendable, Equatable {
  /// One name a column.
  public let names: [String]
  /// The columns, each with one number for each used row.
  public let columns: [[Double]]

  /// Named columns of one length.
  public init(names: [String], columns: [[Double]]) {
    self.names = names
    self.columns = columns
  }

  /// No covariates.
  public static let none = Covariates(names: [], columns: [])
}

/// Pre-specified subgroups, in place of a tree.
public struct SubgroupColumn: Sendable, Equatable {
  /// The column's name.
  public let name: String
  /// One code a used row, an index into the levels.
  public let codes: [Int32]
  /// The levels that occur among the used rows, in level order.
  public let levels: [String]

  /// A column of subgroups.
  public init(name: String, codes: [Int32], levels: [String]) {
    self.name = name
    self.codes = codes
    self.levels = levels
  }
}

/// Rows that were left out because a used column has no value there.
public struct Exclusions: Sendable, Equatable {
  /// How many rows miss a value of one column in one trial.
  public struct Count: Sendable, Equatable {
    /// The column that misses a value.
    public let column: String
    /// The trial, nil where the trial itself is missing.
    public let trial: String?
    /// The number of rows; a row counts under each column that it misses.
    public let rows: Int

    /// A count of rows for a column and a trial.
    public init(column: String, trial: String?, rows: Int) {
      self.column = column
      self.trial = trial
      self.rows = rows
    }
  }

  /// Rows in the file, after `--arms` where it is given.
  public let rows: Int
  /// Rows without a missing value in a used column, and with a weight above 0 where there are weights.
  public let used: Int
  /// Counts by column (in formula order) and trial, none of them zero.
  public let counts: [Count]

  /// The rows read, the rows used, and why the others were left out.
  public init(rows: Int, used: Int, counts: [Count]) {
    self.rows = rows
    self.used = used
    self.counts = counts
  }
}

/// A data set ready for analysis: outcome, arms, trials, covariates and partitioning variables of
/// the used rows, checked against one another.
public struct Design: Sendable, Equatable {
  /// The formula as the user wrote it.
  public let formula: String
  /// The outcome's name.
  public let outcomeName: String
  /// The outcome's distribution.
  public let family: Family
  /// The label of the event (1) of a binomial outcome; nil for others.
  public let event: String?
  /// The outcome, one number a used row; of a binomial one 1 for the event and 0 for none.
  public let outcome: [Double]
  /// Case weights, positive, one a used row; nil where every row counts once.
  public let weights: [Double]?
  /// Which arm is compared with which.
  public let treatment: TreatmentArms
  /// 0 for the reference arm and 1 for the active arm, one a used row.
  public let arm: [UInt8]
  /// The trial column's name.
  public let trialName: String
  /// The trials that occur among the used rows, in level order.
  public let trials: [String]
  /// One code a used row, an index into the trials.
  public let trial: [Int32]
  /// Covariates with one coefficient each.
  public let covariates: Covariates
  /// The variables that may split the tree; empty with pre-specified subgroups.
  public let partitioning: [PartitioningVariable]
  /// Pre-specified subgroups, where the user gave them.
  public let subgroups: SubgroupColumn?
  /// Rows that were left out.
  public let exclusions: Exclusions
  /// What the user should know: a trial with one arm, a constant covariate, an identifier among the
  /// partitioning variables.
  public let warnings: [String]

  /// The number of used rows.
  public var rows: Int { outcome.count }

  /// Assembles a design from its parts; `DesignBuilder` checks them.
  public init(
    formula: String, outcomeName: String, family: Family, event: String? = nil,
    outcome: [Double], weights: [Double]? = nil, treatment: TreatmentArms, arm: [UInt8],
    trialName: String, trials: [String], trial: [Int32],
    covariates: Covariates = .none, partitioning: [PartitioningVariable] = [],
    subgroups: SubgroupColumn? = nil, exclusions: Exclusions, warnings: [String] = []
  ) {
    self.formula = formula
    self.outcomeName = outcomeName
    self.family = family
    self.event = event
    self.outcome = outcome
    self.weights = weights
    self.treatment = treatment
    self.arm = arm
    self.trialName = trialName
    self.trials = trials
    self.trial = trial
    self.covariates = covariates
    self.partitioning = partitioning
    self.subgroups = subgroups
    self.exclusions = exclusions
    self.warnings = warnings
  }
}
