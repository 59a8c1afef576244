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

  /// The objective of the rows whose level is at most a threshold plus that of the others, for each of
  /// the ascending thresholds.
  ///
  /// `codes` has the level, below `levels`, of each row of the data.
  func thresholdObjectives(rows: [Int32], codes: [Int32], levels: Int, thresholds: [Int])
    -> [Double]

  /// The objective of the rows whose level is in a group plus that of the others, for each group.
  ///
  /// `codes[i]` is the level, below `levels`, of `rows[i]`; a group is one flag a level.
  func partitionObjectives(rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]])
    -> [Double]

  /// The matrix C, in the columns of the scores of these rows, such that S'C⁻¹S is the instability
  /// statistic of `GrowthControl.Covariance.info` before its weight for the cut, S being the cumulated
  /// scores as `fit` gives them.
  ///
  /// Where these are derivatives of the log-likelihood, C is the inverse of the model-based covariance
  /// of the estimates: X'WX for a logistic model. Scores that are c times as large want c² C. Asked for
  /// only where `info` or `sandwich` is wanted.
  func information(of rows: [Int32]) -> Matrix

  /// What the objective is, which pruning needs to know.
  var objectiveKind: ObjectiveKind { get }

  /// The model by which the node of these rows is fitted, tested and split: itself, unless what the node
  /// model takes as given differs from node to node.
  func local(to rows: [Int32]) -> any NodeModel
}

/// What a node model minimises.
public enum ObjectiveKind: Sendable, Equatable {
  /// The residual sum of squares, as `lmtree` has it.
  case residualSumOfSquares
  /// The negative log-likelihood, as `glmtree` has it.
  case negativeLogLikelihood
}

extension NodeModel {
  /// One model for all nodes.
  public func local(to rows: [Int32]) -> any NodeModel { self }

  /// The objectives of the same rows in the order of their levels.
  public func thresholdObjectives(
    rows: [Int32], codes: [Int32], levels: Int, thresholds: [Int]
  ) -> [Double] {
    let order = AdmissibleSplits.order(rows, by: codes, levels: levels)
    var cut = 0
    return cutObjectives(
      order: order,
      cuts: thresholds.map { threshold in
        while cut < order.count, Int(codes[Int(order[cut])]) <= threshold { cut += 1 }
        return cut
      })
  }

  /// Least squares, unless the model says otherwise.
  public var objectiveKind: ObjectiveKind { .residualSumOfSquares }

  /// The information of least squares: X'WX · RSS (N − p)/N², which is what partykit makes of a
  /// Gaussian `glm`, whose scores are divided by RSS/N and whose dispersion is RSS/(N − p).
  ///
  /// N is the sum of the weights, p the number of columns.
  public func information(of rows: [Int32]) -> Matrix {
    fit(rows).scores.leastSquaresInformation
  }
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
  /// The positive case weight of each row, nil where all are 1; `residuals` contain it already.
  public var weights: [Double]?
  /// Whether a column must be left out of the tests, one flag a column; empty where none must.
  public var untestable: [Bool]

  /// Scores from residuals and the regressors of each cell; all columns are testable unless told.
  public init(
    residuals: [Double], cells: [Int32], regressors: Matrix, parameters: [ScoreParameter],
    weights: [Double]? = nil, untestable: [Bool] = []
  ) {
    self.residuals = residuals
    self.cells = cells
    self.regressors = regressors
    self.parameters = parameters
    self.weights = weights
    self.untestable = untestable
  }
}

/// A node model fitted to a set of rows.
public struct NodeFit: Sendable, Equatable {
  /// The estimates.
  public var coefficients: NodeCoefficients
  /// What splits minimise: the (penalised) residual sum of squares or negative log-likelihood.
  public var objective: Double
  /// The scores at the estimates.
  public var scores: ScoreField
  /// Whether the treatment effect or the common intercept has no finite maximum-likelihood estimate;
  /// growth makes such a node a leaf.
  public var isSeparated: Bool

  /// A fitted node.
  public init(
    coefficients: NodeCoefficients, objective: Double, scores: ScoreField,
    isSeparated: Bool = false
  ) {
    self.coefficients = coefficients
    self.objective = objective
    self.scores = scores
    self.isSeparated = isSeparated
  }
}
