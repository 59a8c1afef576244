import Numerics

/// What inference on the fixed coefficients needs of a fit: their covariance and how it moves with
/// the variance components, for any linear combination (article Formulas).
///
/// Stratified intercepts are not among the p columns: the estimate of one is a mean over its cell less
/// a combination of columns and predicted trial effects, so that its covariances follow from those.
/// The cost for each combination is O(K p).
struct FixedInference: Sendable, Equatable {
  /// Var(β̂) of the columns.
  let covariance: Matrix
  let residualVariance: Double
  /// Var(b), q × q.
  let between: Matrix
  let q: Int
  let trials: Int
  /// J_kΦ, q × p a trial, row after row.
  let images: [Double]
  /// J_k, the same shape.
  let loadings: [Double]
  /// K_k, q × q a trial.
  let kernels: [Double]
  let intercepts: [Intercept]
  /// The values of the components, σ² last.
  let components: [Double]
  /// The covariance of the estimated components by Satterthwaite's method; nil where unknown.
  let observed: Matrix?
  /// The covariance by the expected information; nil where unknown, and for the likelihood.
  let expected: Matrix?
  /// n less the number of coefficients.
  let residualDF: Double

  /// A stratified intercept: its estimate is the mean of its cell less `columns`'β̂ and the trial
  /// effects as far as they are predicted without β̂.
  struct Intercept: Sendable, Equatable {
    let trial: Int
    /// Σ w of the cell.
    let count: Double
    /// The cell's means of the random terms.
    let random: [Double]
    /// x̄ − J_k'G z̄.
    let columns: [Double]
    /// z̄ − K_kG z̄.
    let own: [Double]
  }

  /// At the density's last evaluation.
  init(_ information: VarianceInformation, at variances: Variances) {
    let density = information.density
    let model = density.model
    let (p, q) = (density.p, density.q)
    information.update()
    let known = ComponentInformation(information, at: variances)
    components = known.values
    observed = known.observed
    expected = known.expected
    residualVariance = variances.sigma * variances.sigma
    residualDF = Double(model.statistics.rows - model.coefficientCount)
    self.q = q
    trials = density.trials
    var between = Matrix(rows: q, columns: q)
    for r in 0..<q { between[r, r] = known.values[r] }
    if information.components == 3 {
      between[0, 1] = known.values[2]
      between[1, 0] = known.values[2]
    }
    self.between = between
    let covariance = density.columnCovariance()
    self.covariance = covariance
    let count = trials * q
    loadings = Array(UnsafeBufferPointer(start: information.loadings, count: count * p))
    kernels = Array(UnsafeBufferPointer(start: information.kernels, count: count * q))
    var images = loadings
    for row in 0..<count {
      let image = covariance.times(Array(loadings[(row * p)..<((row + 1) * p)]))
      for j in 0..<p { images[row * p + j] = image[j] }
    }
    self.images = images
    let (loadings, kernels) = (loadings, kernels)
    intercepts = model.absorbed.map { cell in
      Intercept(cell, order: p, between: between, loadings: loadings, kernels: kernels)
    }
  }

  /// The number of coefficients: columns, then stratified intercepts.
  var count: Int { covariance.rows + intercepts.count }

  /// The number m of components of Var(b).
  var randomComponents: Int { components.count - 1 }

  /// A linear combination of the coefficients' estimates, as a linear function a'y of the outcome.
  struct Combination {
    /// Of the columns, stratified intercepts written out.
    var columns: [Double]
    /// The stratified intercepts and their weights.
    var intercepts: [(place: Int, weight: Double)]
    /// Z_k'a, q numbers a trial.
    var sums: [Double]
  }

  /// A combination of all coefficients, of which most weights may be 0.
  func combination(_ weights: [Double]) -> Combination {
    let p = covariance.rows
    var columns = Array(weights.prefix(p))
    var chosen: [(place: Int, weight: Double)] = []
    for (place, weight) in weights.dropFirst(p).enumerated() where weight != 0 {
      chosen.append((place, weight))
      for j in 0..<p { columns[j] -= weight * intercepts[place].columns[j] }
    }
    var sums = [Double](repeating: 0, count: trials * q)
    for row in sums.indices {
      var sum = 0.0
      for j in 0..<p { sum += images[row * p + j] * columns[j] }
      sums[row] = sum
    }
    for entry in chosen {
      let intercept = intercepts[entry.place]
      for r in 0..<q { sums[intercept.trial * q + r] += entry.weight * intercept.own[r] }
    }
    return Combination(columns: columns, intercepts: chosen, sums: sums)
  }

  /// The covariance of two combinations.
  func covariance(_ a: Combination, _ b: Combination) -> Double {
    var sum = dot(a.columns, covariance.times(b.columns))
    for x in a.intercepts {
      for y in b.intercepts {
        let (first, second) = (intercepts[x.place], intercepts[y.place])
        guard first.trial == second.trial else { continue }
        var value = x.place == y.place ? residualVariance / first.count : 0
        // z̄'(G − GK_kG)z̄
        value += dot(first.own, between.times(second.random))
        sum += x.weight * y.weight * value
      }
    }
    return sum
  }

  /// The covariance of all coefficients, in their order.
  var fullCovariance: Matrix {
    var result = Matrix(rows: count, columns: count)
    let all = (0..<count).map { combination(unit($0)) }
    for i in 0..<count {
      for j in 0...i {
        result[i, j] = covariance(all[i], all[j])
        result[j, i] = result[i, j]
      }
    }
    return result
  }

  /// The combination that is one coefficient.
  func unit(_ place: Int) -> [Double] {
    var weights = [Double](repeating: 0, count: count)
    weights[place] = 1
    return weights
  }
}

extension FixedInference.Intercept {
  init(
    _ cell: MarginalModel.Absorbed, order p: Int, between: Matrix, loadings: [Double],
    kernels: [Double]
  ) {
    let q = between.rows
    trial = cell.trial
    count = cell.count
    random = cell.randomSums.map { $0 / cell.count }
    let shared = between.times(random)
    var columns = [Double](repeating: 0, count: p)
    for (column, sum) in zip(cell.columns, cell.sums) { columns[column] = sum / cell.count }
    var own = random
    for r in 0..<q {
      for j in 0..<p { columns[j] -= loadings[(cell.trial * q + r) * p + j] * shared[r] }
      for s in 0..<q { own[r] -= kernels[(cell.trial * q + r) * q + s] * shared[s] }
    }
    self.columns = columns
    self.own = own
  }
}

extension MarginalDensity {
  /// The covariance of the columns' coefficients at the last evaluation, given the variances.
  func columnCovariance() -> Matrix {
    var root = Matrix(rows: p, columns: p)
    for j in 0..<p {
      for i in j..<p { root[i, j] = factor[i + j * p] }
    }
    return Cholesky(factor: root).inverse
  }
}
