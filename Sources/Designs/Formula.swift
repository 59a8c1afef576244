/// A model formula in three parts: `outcome ~ treatment + covariates | trial | variables`.
public struct Formula: Sendable, Equatable {
  /// How a formula says that a column is read.
  public enum Reading: Sendable, Equatable {
    /// As its values suggest.
    case automatic
    /// As levels: `factor(x)`.
    case factor
    /// As ordered levels: `ordered(x)`.
    case ordered
  }

  /// One column in a formula.
  public struct Term: Sendable, Equatable {
    /// The column's own name, without backticks and function.
    public let name: String
    /// How the column is read.
    public let reading: Reading

    /// A column and how it is read.
    public init(_ name: String, _ reading: Reading = .automatic) {
      self.name = name
      self.reading = reading
    }
  }

  /// One entry of the third part.
  public enum PartitioningTerm: Sendable, Equatable {
    /// One column.
    case column(Term)
    /// The point: every column that has no other place in the formula, in file order.
    case allOthers
  }

  /// The formula as the user wrote it.
  public let text: String
  /// The outcome.
  public let outcome: Term
  /// The treatment.
  public let treatment: Term
  /// Covariates with one coefficient each over the whole tree.
  public let covariates: [Term]
  /// The column that names the trial.
  public let trial: Term
  /// The variables that may split the tree; nil where there is no third part.
  public let partitioning: [PartitioningTerm]?

  /// Parses a formula.
  ///
  /// - Throws: `DesignError.Fault.formula` with the position of what cannot be understood.
  public init(parsing text: String) throws(DesignError) {
    var parser: FormulaParser
    do throws(FormulaFault) {
      parser = try FormulaParser(text)
      outcome = try parser.term(.outcome)
      try parser.expect(.tilde, .tilde)
      treatment = try parser.term(.treatment)
      covariates = try parser.covariates()
      try parser.expect(.bar, .trialPart)
      trial = try parser.term(.trial)
      partitioning = try parser.partitioning()
    } catch {
      throw DesignError(.formula(text: text, error))
    }
    self.text = text
  }
}

/// What cannot be understood in a formula, and where.
public struct FormulaFault: Error, Equatable, Sendable {
  /// What a formula must have at some place.
  public enum Expected: String, Sendable, Equatable {
    /// The name before the tilde.
    case outcome = "the outcome's name"
    /// The sign between outcome and treatment.
    case tilde = "~"
    /// The name after the tilde.
    case treatment = "the treatment's name"
    /// A name after the treatment and a plus.
    case covariate = "a covariate's name"
    /// The second part.
    case trialPart = "+ and a covariate, or | and the trial's name"
    /// The name after the tilde of a two-stage meta-analysis.
    case predictor = "the name of the standard error or the treatment"
    /// The name after the events and a bar.
    case total = "the name of the number of participants"
    /// What may follow the trial of a two-stage meta-analysis.
    case end = "the end"
    /// The name in the second part.
    case trial = "the trial's name"
    /// A name in the third part.
    case variable = "a partitioning variable's name"
    /// What may follow the trial.
    case endOrVariables = "| and the partitioning variables, or the end"
    /// What may follow a partitioning variable.
    case endOrMore = "+ and another variable, or the end"
    /// The name inside `factor()` or `ordered()`.
    case argument = "a column's name"
    /// The end of `factor()` or `ordered()`.
    case closing = ")"
  }

  /// What is wrong.
  public enum Problem: Sendable, Equatable {
    /// Something else was expected than what is there (nil for the end).
    case expected(Expected, found: String?)
    /// A backtick is not closed.
    case unclosedBacktick
    /// There is nothing between two backticks.
    case emptyName
    /// A function other than `factor` and `ordered`.
    case function(String)
  }

  /// The place of the first character that does not fit, counted from 1.
  public let character: Int
  /// What is wrong there.
  public let problem: Problem

  /// A problem and its place.
  public init(character: Int, problem: Problem) {
    self.character = character
    self.problem = problem
  }
}
