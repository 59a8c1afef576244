import Numerics

/// The scores of a node, centred and whitened, ready to be cumulated along any variable.
///
/// With A the centred cross-product of the scores and A = L Lᵀ, row i moves the process by
/// `residual × direction[cell]`, the direction of a cell being L⁻¹ x. The squared length of a sum of
/// rows is then the LM form S'A⁻¹S, whatever root of A is taken. The effect stands last in L, so that
/// its component is what it adds to the form of the other parameters.
struct ScoreProcess {
  /// The number of rows.
  let count: Int
  /// The number of parameters that are tested.
  let parameters: Int
  /// The length of a padded direction: a length that the sweeps are written for.
  let width: Int
  /// One direction a cell, padded with zeros; the effect's component stands first.
  let directions: [Double]
  /// The mean of the whitened scores, padded likewise.
  let center: [Double]

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
  /// Left out are the intercepts of trials with one participant, whose only score is zero up to
  /// rounding or the prior's pull; columns that are zero up to rounding; and what depends on others.
  /// O(n) once, then a function of the cells alone.
  static func whiten(_ scores: ScoreField) -> Outcome {
    let sums = CellSums(scores)
    let moments = ScoreMoments(scores.regressors, sums)
    let excluded = scores.parameters.indices.map { column in
      scores.parameters[column].hasOneParticipant || moments.isNull(column)
    }
    let effect = scores.parameters.lastIndex(of: .effect)
    let cholesky = PivotedCholesky(
      moments.scaled(excluded: excluded), tolerance: dependenceTolerance, excluded: excluded,
      last: effect)
    let notTested =
      cholesky.columns.count == excluded.count
      ? []
      : excluded.indices.filter { !cholesky.columns.contains($0) }.map { scores.parameters[$0] }
    guard let effect, cholesky.columns.last == effect else {
      return Outcome(process: nil, notTested: notTested)
    }
    return Outcome(
      process: ScoreProcess(scores, cholesky: cholesky, moments: moments), notTested: notTested)
  }

  private init(_ scores: ScoreField, cholesky: PivotedCholesky, moments: ScoreMoments) {
    count = scores.residuals.count
    parameters = cholesky.columns.count
    width = ScoreSweep.width(of: parameters)
    let cells = scores.regressors.rows
    var directions = [Double](repeating: 0, count: cells * width)
    var vector = moments.means
    for cell in 0..<cells {
      for j in vector.indices { vector[j] = scores.regressors[cell, j] / moments.scales[j] }
      cholesky.solve(vector, into: &directions, at: cell * width)
    }
    self.directions = directions
    for j in vector.indices { vector[j] = moments.means[j] / moments.scales[j] }
    var center = [Double](repeating: 0, count: width)
    cholesky.solve(vector, into: &center, at: 0)
    self.center = center
  }
}

extension ScoreParameter {
  /// Whether this is the intercept of a trial with a single participant.
  fileprivate var hasOneParticipant: Bool {
    if case .trialIntercept(_, 1) = self { true } else { false }
  }
}

extension ScoreField {
  /// Calls a closure with position, residual and cell of each row; it is inlined into the loop.
  @inline(__always)
  func withRows(count: Int, _ body: (_ position: Int, _ residual: Double, _ cell: Int) -> Void) {
    residuals.withUnsafeBufferPointer { residuals in
      cells.withUnsafeBufferPointer { cells in
        for i in 0..<count { body(i, residuals[i], Int(cells[i])) }
      }
    }
  }
}

/// Counts and sums of the residuals of each cell: all that the moments of the scores need of the rows.
private struct CellSums {
  var counts: [Double]
  var sums: [Double]
  var squares: [Double]

  init(_ scores: ScoreField) {
    let cells = scores.regressors.rows
    var table = [Double](repeating: 0, count: 3 * cells)
    table.withUnsafeMutableBufferPointer { table in
      scores.withRows(count: scores.residuals.count) { _, residual, cell in
        table[3 * cell] += 1
        table[3 * cell + 1] += residual
        table[3 * cell + 2] += residual * residual
      }
    }
    counts = (0..<cells).map { table[3 * $0] }
    sums = (0..<cells).map { table[3 * $0 + 1] }
    squares = (0..<cells).map { table[3 * $0 + 2] }
  }
}

/// The mean and the centred cross-product of the scores.
private struct ScoreMoments {
  /// The mean score of each column.
  let means: [Double]
  /// The root of the diagonal of the cross-product, 1 where it is not positive.
  let scales: [Double]
  private let crossProduct: Matrix
  private let floors: [Double]

  init(_ regressors: Matrix, _ sums: CellSums) {
    let columns = regressors.columns
    let n = max(sums.counts.reduce(0, +), 1)
    let meanSquare = sums.squares.reduce(0, +) / n
    var means = [Double](repeating: 0, count: columns)
    var floors = means
    var product = Matrix(rows: columns, columns: columns)
    for j in 0..<columns {
      for cell in 0..<regressors.rows where regressors[cell, j] != 0 {
        let x = regressors[cell, j]
        means[j] += x * sums.sums[cell] / n
        floors[j] += x * x * sums.counts[cell] * meanSquare
        for i in 0...j { product[i, j] += regressors[cell, i] * x * sums.squares[cell] }
      }
    }
    for j in 0..<columns {
      for i in 0...j {
        product[i, j] -= n * means[i] * means[j]
        product[j, i] = product[i, j]
      }
    }
    self.means = means
    self.floors = floors
    crossProduct = product
    scales = (0..<columns).map { product[$0, $0] > 0 ? product[$0, $0].squareRoot() : 1 }
  }

  /// Whether a column is zero up to rounding.
  func isNull(_ column: Int) -> Bool {
    let tolerance = ScoreProcess.nullTolerance * ScoreProcess.nullTolerance
    return !(crossProduct[column, column] > tolerance * floors[column])
  }

  /// The cross-product with unit diagonal.
  func scaled(excluded: [Bool]) -> Matrix {
    var result = crossProduct
    for j in 0..<result.columns {
      for i in 0..<result.rows { result[i, j] /= scales[i] * scales[j] }
      if !excluded[j] { result[j, j] = 1 }
    }
    return result
  }
}
