public import Numerics

/// A regression of outcome on treatment that can be fitted in any node of a tree.
///
/// Every node model of the program has intercepts and one treatment effect; covariates and trial
/// effects enter as an offset that the conformer holds. So the score of a participant is a residual
/// times a regressor vector that depends on nothing but the participant's *cell* (trial × arm).
/// Conformers work on sets of rows at a time, so that their inner loops are their own.
public protocol NodeModel: Sendable {
  /// The number of coefficients of the root model, aliased ones included (partykit's p).
  var parameterCount: Int { get }

  /// Fits the node model to a set of rows.
  func fit(_ rows: [Int32]) -> NodeFit

  /// The objective of the first `cut` rows plus that of the others, for each of the ascending cuts.
  ///
  /// `order` holds all rows of the node, in the order of a variable.
  func cutObjectives(order: [Int32], cuts: [Int]) -> [Double]

  /// The objective of the rows whose level is in a group plus that of the others, for each group.
  ///
  /// `codes[i]` is the level, below `levels`, of `rows[i]`; a group is one flag a level.
  func partitionObjectives(rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]])
    -> [Double]

  /// The information matrix of a set of rows in the columns of their scores, in score units.
  func information(of rows: [Int32]) -> Matrix

  /// What the objective is.
  var objectiveKind: ObjectiveKind { get }
}

extension NodeModel {
  /// Not known.
  public func information(of rows: [Int32]) -> Matrix { Matrix(rows: 0, columns: 0) }

  /// Least squares.
  public var objectiveKind: ObjectiveKind { .residualSumOfSquares }
}

/// What the objective of a node model is.
public enum ObjectiveKind: Sendable, Equatable {
  /// The (penalised) residual sum of squares.
  case residualSumOfSquares
  /// The (penalised) negative log-likelihood.
  case negativeLogLikelihood
}

/// The coefficients of a node's own model, on the outcome's scale.
public struct NodeCoefficients: Sendable, Equatable {
  /// The treatment effect; nil where no trial of the node has both arms.
  public var effect: Double?
  /// The common intercept, where the method has one.
  public var intercept: Double?
  /// The stratified intercepts by trial code, where the method has them; absent trials have none.
  public var trialIntercepts: [Int32: Double]

  /// Coefficients of a node.
  public init(effect: Double?, intercept: Double?, trialIntercepts: [Int32: Double] = [:]) {
    self.effect = effect
    self.intercept = intercept
    self.trialIntercepts = trialIntercepts
  }
}

/// One column of the scores: a coefficient of the node model.
public enum ScoreParameter: Sendable, Equatable {
  /// The intercept common to all trials.
  case intercept
  /// The intercept of one trial, by code, with the number of its participants in the node.
  case trialIntercept(trial: Int32, participants: Int)
  /// The treatment effect; always the last column.
  case effect
}

/// The scores of the participants of a node, in factored form: row i has the score vector
/// `residuals[i] × regressors[cells[i], …]`, one component for each of the parameters.
public struct ScoreField: Sendable, Equatable {
  /// One residual a row, in the order of the rows fitted.
  public var residuals: [Double]
  /// One cell a row: a row of `regressors`.
  public var cells: [Int32]
  /// cells × parameters.
  public var regressors: Matrix
  /// What each column of `regressors` belongs to; the effect stands last, and a trial that the rows
  /// lack has no column.
  public var parameters: [ScoreParameter]
  /// The case weight of each row, which `residuals` contain already; nil where every row counts once.
  public var weights: [Double]?
  /// Whether the model itself knows that a column cannot be tested, one flag a column.
  public var untestable: [Bool]

  /// Scores from residuals and the regressors of each cell.
  public init(
    residuals: [Double], cells: [Int32], regressors: Matrix, parameters: [ScoreParameter]
  ) {
    self.residuals = residuals
    self.cells = cells
    self.regressors = regressors
    self.parameters = parameters
    untestable = [Bool](repeating: false, count: parameters.count)
  }
}

/// A node model fitted to a set of rows.
public struct NodeFit: Sendable, Equatable {
  /// The estimates.
  public var coefficients: NodeCoefficients
  /// What splits minimise: the (penalised) residual sum of squares.
  public var objective: Double
  /// The scores at the estimates.
  public var scores: ScoreField
  /// Whether the treatment effect or the common intercept has no finite maximum-likelihood estimate.
  public var isSeparated = false

  /// A fitted node.
  public init(coefficients: NodeCoefficients, objective: Double, scores: ScoreField) {
    self.coefficients = coefficients
    self.objective = objective
    self.scores = scores
  }
}
