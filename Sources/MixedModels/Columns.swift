import Numerics

/// The fixed effects of a joint model that are solved for together.
///
/// They are intercepts of leaves or of trials (where the model has them), leaf effects and covariates.
/// Stratified intercepts are not among them: each belongs to one cell and is eliminated there.
public struct GlobalColumns: Sendable, Equatable {
  /// What a column stands for.
  public enum Role: Sendable, Equatable {
    /// The intercept of a trial, common to all leaves.
    case trialIntercept(trial: Int)
    /// The intercept of a leaf; beside intercepts of trials what the leaf adds to the first leaf.
    case intercept(leaf: Int)
    /// The mean of the leaves' treatment effects, where these are pooled.
    case meanEffect
    /// The treatment effect of a leaf; where effects are pooled, its deviation from their mean.
    case effect(leaf: Int)
    /// The coefficient of a covariate.
    case covariate(Int)
  }

  /// The estimable columns, in order.
  public let roles: [Role]
  /// Columns with neither data nor a proper prior: a leaf in which no trial has both arms, a covariate
  /// that the others determine.
  public let aliased: [Role]

  /// The columns of a model.
  ///
  /// Those with a proper prior all stay; of those with a flat one the columns
  /// that do not depend on other flat coefficients, stratified intercepts included: then, and only
  /// then, the posterior of the coefficients is proper.
  public init(_ statistics: ModelStatistics, _ terms: ModelTerms, _ prior: CoefficientPrior) {
    let all = GlobalColumns.all(statistics, terms)
    let isEliminated = terms.intercepts == .perLeafAndTrial && prior.intercept.precision == 0
    self.init(
      all, CrossProducts(statistics, terms, all, absorbing: isEliminated),
      isFlat: all.map { prior.normal(of: $0, origin: 0, terms).precision == 0 })
  }

  /// The independent ones among columns whose cross-products are given.
  init(_ all: [Role], _ products: CrossProducts, isFlat: [Bool]) {
    let flat = all.indices.filter { isFlat[$0] }
    var gram = Matrix(rows: flat.count, columns: flat.count)
    for (b, j) in flat.enumerated() {
      for (a, i) in flat.enumerated() { gram[a, b] = products.gram[i + j * all.count] }
    }
    let kept = independentColumns(gram, lengths: flat.map { products.lengths[$0] })
    guard kept.count < flat.count else {
      (roles, aliased) = (all, [])
      return
    }
    var isAliased = [Bool](repeating: false, count: all.count)
    for i in flat { isAliased[i] = true }
    for i in kept { isAliased[flat[i]] = false }
    aliased = all.indices.filter { isAliased[$0] }.map { all[$0] }
    roles = all.indices.filter { !isAliased[$0] }.map { all[$0] }
  }

  /// Given columns, all of which are known to be independent.
  init(independent roles: [Role], aliased: [Role]) {
    self.roles = roles
    self.aliased = aliased
  }

  /// The position of a column.
  public func index(of role: Role) -> Int? { roles.firstIndex(of: role) }

  static func all(_ statistics: ModelStatistics, _ terms: ModelTerms) -> [Role] {
    let leaves = 0..<statistics.leaves
    let effects = terms.hasTreatment ? leaves.map(Role.effect) : []
    let rest =
      (terms.poolsEffects ? [.meanEffect] : []) + effects
      + (0..<statistics.covariates).map(Role.covariate)
    switch terms.intercepts {
    case .perLeaf: return leaves.map(Role.intercept) + rest
    case .perLeafAndTrial: return rest
    case .perTrial:
      var isPresent = [Bool](repeating: false, count: statistics.trials)
      for cell in statistics.cells { isPresent[cell.trial] = true }
      let trials = isPresent.indices.filter { isPresent[$0] }
      return trials.map(Role.trialIntercept) + leaves.dropFirst().map(Role.intercept) + rest
    }
  }
}

/// The columns of a Gram matrix that do not depend on earlier ones: those whose squared residual
/// after the columns kept before exceeds 1e-10 of their squared length (R's `lm` has 1e-7 on the
/// length itself).
func independentColumns(_ gram: Matrix, lengths: [Double]) -> [Int] {
  let p = gram.columns
  var kept: [Int] = []
  // Row a belongs to the a-th kept column; before its first element that is not zero there is nothing to
  // do, which with stratified intercepts is most of it.
  var firsts: [Int] = []
  var factor = [Double](repeating: 0, count: p * p)
  var row = [Double](repeating: 0, count: p)
  for j in 0..<p {
    var rest = gram[j, j]
    for (a, i) in kept.enumerated() {
      var sum = gram[i, j]
      for b in firsts[a]..<a { sum -= factor[a * p + b] * row[b] }
      row[a] = sum / factor[a * p + a]
      rest -= row[a] * row[a]
    }
    guard rest > 1e-10 * lengths[j] else { continue }
    let a = kept.count
    kept.append(j)
    for b in 0..<a { factor[a * p + b] = row[b] }
    firsts.append((0..<a).first { row[$0] != 0 } ?? a)
    factor[a * p + a] = rest.squareRoot()
  }
  return kept
}
