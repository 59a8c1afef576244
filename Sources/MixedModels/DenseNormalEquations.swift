import Numerics

/// The cross-products of a model with every fixed column explicit, stratified intercepts included:
/// A_k, B_k, C_k, u_k, v_k of the article Formulas, for the inference that needs all of Φ.
struct DenseNormalEquations {
  /// X'X, p × p, summed over trials.
  let fixedFixed: Matrix
  /// Z_k'X_k, one q × p matrix a trial.
  let randomFixed: [Matrix]
  /// Z_k'Z_k, one q × q matrix a trial.
  let randomRandom: [Matrix]
  /// Z_k'y_k, q numbers a trial.
  let randomOutcome: [[Double]]

  init(_ model: MarginalModel) {
    let roles = model.fixedRoles
    let active = model.terms.randomIsActive
    let q = active.count
    var fixedFixed = Matrix(rows: roles.count, columns: roles.count)
    let empty = Matrix(rows: q, columns: roles.count)
    var randomFixed = [Matrix](repeating: empty, count: model.statistics.trials)
    for cell in model.statistics.cells {
      let present = roles.indices.filter { roles[$0].isPresent(in: cell) }
      for j in present {
        for i in present { fixedFixed[i, j] += roles[i].product(roles[j], in: cell) }
        for (r, isActive) in active.enumerated() {
          randomFixed[cell.trial][r, j] +=
            isActive ? roles[j].activeSum(in: cell) : roles[j].sum(in: cell)
        }
      }
    }
    self.fixedFixed = fixedFixed
    self.randomFixed = randomFixed
    randomRandom = model.blocks.map { block in
      var matrix = Matrix(rows: q, columns: q)
      for r in 0..<q {
        for s in 0..<q { matrix[r, s] = block.randomRandom[r * q + s] }
      }
      return matrix
    }
    randomOutcome = model.blocks.map(\.randomOutcome)
  }
}

extension FixedRole {
  /// The column of the same regressor within one cell, where a stratified intercept is a leaf's.
  private func local(_ cell: CellStatistics) -> GlobalColumns.Role {
    switch self {
    case .effect(let leaf): .effect(leaf: leaf)
    case .intercept(let leaf, _): .intercept(leaf: leaf)
    case .covariate(let i): .covariate(i)
    }
  }

  fileprivate func isPresent(in cell: CellStatistics) -> Bool {
    switch self {
    case .effect(let leaf): leaf == cell.leaf
    case .intercept(let leaf, let trial): leaf == cell.leaf && (trial ?? cell.trial) == cell.trial
    case .covariate: true
    }
  }

  fileprivate func sum(in cell: CellStatistics) -> Double {
    DenseCells.sum(cell, local(cell))
  }

  fileprivate func activeSum(in cell: CellStatistics) -> Double {
    DenseCells.activeSum(cell, local(cell))
  }

  fileprivate func product(_ other: FixedRole, in cell: CellStatistics) -> Double {
    DenseCells.product(cell, local(cell), other.local(cell))
  }
}
