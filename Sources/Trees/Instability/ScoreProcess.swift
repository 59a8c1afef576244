import Numerics

/// The scores of a node, centred and whitened, ready to be cumulated along any variable.
///
/// With A the covariance of the summed scores (``GrowthControl/Covariance``) and A = L Lᵀ, row i
/// moves the process by `residual × direction[cell]`, the direction of a cell being L⁻¹ x. The squared
/// length of a sum of rows is then the LM form S'A⁻¹S, whatever root of A is taken. The effect stands
/// last in L, so that its component is what it adds to the form of the other parameters: the
/// efficient score.
struct ScoreProcess {
  /// The number of participants, counted by their weights.
  let total: Double
  /// What is cumulated and tested, one component a parameter.
  let tested: ScoreDirections
  /// All parameters, the effect first, where these are not what is tested.
  let full: ScoreDirections?
  /// The components of the symmetric root, where a test looks at single components.
  let single: ScoreDirections?

  /// The process of the treatment effect alone, its efficient score: the first component of all, since
  /// the effect stands last in L.
  var effectAlone: ScoreProcess {
    ScoreProcess(total: total, tested: ScoreDirections(firstOf: full ?? tested))
  }

  private init(total: Double, tested: ScoreDirections) {
    (self.total, self.tested) = (total, tested)
    (full, single) = (nil, nil)
  }

  /// The number of parameters that are tested.
  var parameters: Int { tested.components }

  /// A pivot of the scaled matrix below this is no column of its own.
  static let dependenceTolerance = 1e-8
  /// A column whose root mean square is below this share of the residuals' is zero up to rounding.
  static let nullTolerance = 1e-8

  /// What became of a node's scores.
  struct Outcome {
    /// The process, nil where the effect cannot be tested.
    var process: ScoreProcess?
    /// The parameters that are left out, in the order of the columns.
    var notTested: [ScoreParameter]
  }

  /// Centres and whitens scores, leaving out the columns that cannot be tested.
  ///
  /// Left out are the columns that the model marks, the intercepts of trials with one participant,
  /// whose only score is zero up to rounding or the prior's pull; columns that are zero up to
  /// rounding; and what depends on others. `information` is that of the model, needed unless the
  /// covariance is the outer product. O(n) once, then a function of the cells alone.
  static func whiten(
    _ scores: ScoreField, control: GrowthControl = GrowthControl(), information: Matrix? = nil
  ) -> Outcome {
    let moments = ScoreMoments(scores.regressors, ScoreSums(scores))
    var excluded = scores.parameters.indices.map { column in
      scores.isUntestable(column) || scores.parameters[column].hasOneParticipant
        || moments.isNull(column)
    }
    let effect = scores.parameters.lastIndex(of: .effect)
    var whitening = Whitening(
      moments.crossProduct, scales: moments.scales, excluded: excluded, last: effect)
    if control.vcov != .opg, let information {
      excluded = excluded.indices.map { !whitening.columns.contains($0) }
      let covariance = sandwiched(
        information, moments.crossProduct, columns: whitening.columns,
        isRobust: control.vcov == .sandwich)
      whitening = Whitening(
        covariance, scales: diagonalRoots(covariance), excluded: excluded, last: effect)
    }
    let notTested =
      whitening.columns.count == excluded.count
      ? []
      : excluded.indices.filter { !whitening.columns.contains($0) }.map { scores.parameters[$0] }
    guard let effect, whitening.columns.last == effect else {
      return Outcome(process: nil, notTested: notTested)
    }
    return Outcome(
      process: ScoreProcess(scores, moments, whitening, control), notTested: notTested)
  }

  /// Makes the directions that the control asks for; nil where a symmetric root fails.
  private init?(
    _ scores: ScoreField, _ moments: ScoreMoments, _ whitening: Whitening, _ control: GrowthControl
  ) {
    total = moments.total
    let all = whitening.directions(scores, means: moments.means)
    let isComponentwise = control.ordinal == .max && control.testParameters == .all
    guard isComponentwise || control.testParameters == .partykit else {
      tested = control.testParameters == .all ? all : ScoreDirections(firstOf: all)
      (full, single) = (nil, nil)
      return
    }
    guard let root = SymmetricRoot(whitening, parameters: scores.parameters) else { return nil }
    let components = root.directions(scores, means: moments.means)
    if isComponentwise {
      (tested, full, single) = (all, nil, components)
    } else {
      (tested, full, single) = (ScoreDirections(firstOf: components), all, nil)
    }
  }

  /// The covariance of the summed scores by which `info` and `sandwich` whiten, in the columns that
  /// are kept: C, or C M⁻¹ C with M the cross-product.
  private static func sandwiched(
    _ information: Matrix, _ meat: Matrix, columns: [Int], isRobust: Bool
  ) -> Matrix {
    var result = Matrix(rows: meat.rows, columns: meat.columns)
    var block = Matrix(rows: columns.count, columns: columns.count)
    var inner = block
    for (i, row) in columns.enumerated() {
      for (j, column) in columns.enumerated() {
        block[i, j] = information[row, column]
        inner[i, j] = meat[row, column]
      }
    }
    // The columns were chosen so that the meat is positive definite: what fails is all zero, and
    // then nothing is tested.
    if isRobust {
      block =
        (try? Cholesky(inner)).map { block * $0.solve(block) }
        ?? Matrix(
          rows: block.rows, columns: block.columns)
    }
    for (i, row) in columns.enumerated() {
      for (j, column) in columns.enumerated() { result[row, column] = block[i, j] }
    }
    return result
  }
}

/// A covariance of scores, factorised.
struct Whitening {
  /// The covariance, in all columns.
  let covariance: Matrix
  private let scales: [Double]
  private let cholesky: PivotedCholesky

  /// Factorises a covariance, scaled to unit diagonal, in the columns that are not excluded.
  init(_ covariance: Matrix, scales: [Double], excluded: [Bool], last: Int?) {
    self.covariance = covariance
    self.scales = scales
    cholesky = PivotedCholesky(
      scaled(covariance, by: scales, excluded: excluded),
      tolerance: ScoreProcess.dependenceTolerance, excluded: excluded, last: last)
  }

  /// The columns that are kept, in the order of the factor.
  var columns: [Int] { cholesky.columns }

  /// The directions L⁻¹ x, the last column's component first.
  func directions(_ scores: ScoreField, means: [Double]) -> ScoreDirections {
    var vector = means
    return ScoreDirections(components: columns.count, scores, means: means) {
      score, result, start in
      for j in vector.indices { vector[j] = score[j] / scales[j] }
      cholesky.solve(vector, into: &result, at: start)
    }
  }
}

extension ScoreField {
  /// Whether the model wants a column left out.
  fileprivate func isUntestable(_ column: Int) -> Bool {
    !untestable.isEmpty && untestable[column]
  }
}

extension ScoreParameter {
  /// Whether this is the intercept of a trial with a single participant.
  fileprivate var hasOneParticipant: Bool {
    if case .trialIntercept(_, 1) = self { true } else { false }
  }
}
