import Designs

/// The participants of one leaf, trial and arm with the draws of what the model says of them.
struct PredictedCell: Sendable {
  /// The leaf's place among the leaves.
  let leaf: Int
  let trial: Int
  let arm: Int
  /// The rows in the design.
  let rows: [Int]
  /// Σ w.
  let weight: Double
  /// Draws of the linear predictor at the cell's mean covariates, chain after chain.
  let center: [Double]
  /// Draws of the linear predictor at covariates of zero.
  let base: [Double]
  /// Σ w y / Σ w.
  let mean: Double
  /// Σ w (y − ȳ)².
  let squares: Double
  /// Σ w (x − x̄)(y − ȳ), one a covariate.
  let covariateOutcome: [Double]
  /// Σ w (x − x̄)(x − x̄)', row after row.
  let covariateProduct: [Double]

  /// The cells of leaves that have participants, leaf by leaf, by trial and arm.
  static func all(_ design: Design, _ leaves: [LeafModel]) -> [PredictedCell] {
    leaves.enumerated().flatMap { index, model -> [PredictedCell] in
      var rows = [[Int]](repeating: [], count: 2 * design.trials.count)
      for row in model.rows {
        rows[2 * Int(design.trial[Int(row)]) + Int(design.arm[Int(row)])].append(Int(row))
      }
      return rows.indices.filter { !rows[$0].isEmpty }.map { place in
        PredictedCell(design, model, leaf: index, trial: place / 2, arm: place % 2, rows[place])
      }
    }
  }

  private init(
    _ design: Design, _ model: LeafModel, leaf: Int, trial: Int, arm: Int, _ rows: [Int]
  ) {
    self.leaf = leaf
    self.trial = trial
    self.arm = arm
    self.rows = rows
    let columns = design.covariates.columns
    let p = columns.count
    var total = 0.0
    var mean = 0.0
    var means = [Double](repeating: 0, count: p)
    for row in rows {
      let w = design.weights?[row] ?? 1
      total += w
      mean += w * design.outcome[row]
      for i in 0..<p { means[i] += w * columns[i][row] }
    }
    mean /= total
    for i in 0..<p { means[i] /= total }
    var squares = 0.0
    var crossed = [Double](repeating: 0, count: p)
    var products = [Double](repeating: 0, count: p * p)
    for row in rows {
      let w = design.weights?[row] ?? 1
      let y = design.outcome[row] - mean
      squares += w * y * y
      for i in 0..<p {
        let x = w * (columns[i][row] - means[i])
        crossed[i] += x * y
        for j in 0..<p { products[i * p + j] += x * (columns[j][row] - means[j]) }
      }
    }
    weight = total
    self.mean = mean
    self.squares = squares
    covariateOutcome = crossed
    covariateProduct = products
    let base = model.predictor(trial: trial, isActive: arm == 1)
    var center = base
    for (i, draws) in model.coefficients.enumerated() {
      for s in center.indices { center[s] += means[i] * draws[s] }
    }
    self.base = base
    self.center = center
  }

  /// δ'Σ w (x − x̄)(x − x̄)'δ.
  func spread(_ coefficients: [Double]) -> Double {
    let p = coefficients.count
    var sum = 0.0
    for i in 0..<p {
      for j in 0..<p { sum += coefficients[i] * covariateProduct[i * p + j] * coefficients[j] }
    }
    return sum
  }
}
