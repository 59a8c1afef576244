import Foundation

/// The Gaussian joint model of one tree in the form that its density needs.
///
/// It holds cross-products by trial, priors, and what is left to absorb in each cell. Immutable, so
/// chains share it.
public struct MarginalModel: Sendable {
  /// The sufficient statistics.
  public let statistics: ModelStatistics
  /// The terms of the model.
  public let terms: ModelTerms
  /// How coefficients leave the density.
  public let treatment: CoefficientTreatment
  /// The coefficients that are solved for together.
  public let columns: GlobalColumns

  /// One cell whose stratified intercept is eliminated: its sums over local columns.
  struct Absorbed {
    let cell: Int
    let trial: Int
    /// Global columns with a non-zero sum in the cell.
    let columns: [Int]
    /// The sums over those columns.
    let sums: [Double]
    /// The sums over the random terms.
    let randomSums: [Double]
    let count: Double
    let outcome: Double
  }

  let absorbed: [Absorbed]
  /// The cross-products of the columns, after the stratified intercepts where these are flat.
  let products: CrossProducts
  /// Whether the cross-products are after the stratified intercepts, once for all: their prior is
  /// flat, so that what is left does not depend on σ.
  let isAbsorbed: Bool
  /// Σ log of the cells' weights, where the cross-products are after the intercepts.
  let logCounts: Double
  /// The constants of the coefficients' priors: ½ log precision, or ½ log 2π where it is flat.
  let priorConstant: Double
  let columnPrecision: [Double]
  let columnMean: [Double]
  let interceptPrecision: Double
  let interceptMean: Double
  /// The columns whose coefficients are deviations from the mean effect in units of ω; empty where
  /// effects are not pooled.
  let deviationColumns: Range<Int>

  /// Prepares the model of a tree from its sufficient statistics.
  public init(
    _ statistics: ModelStatistics, _ terms: ModelTerms, _ treatment: CoefficientTreatment
  ) {
    let prior: CoefficientPrior
    if case .integrated(let given) = treatment {
      prior = given
    } else {
      prior = .flat(covariates: statistics.covariates)
    }
    let isAbsorbed = terms.intercepts == .perLeafAndTrial && prior.intercept.precision == 0
    let all = GlobalColumns.all(statistics, terms)
    let products = CrossProducts(statistics, terms, all, absorbing: isAbsorbed)
    let columns = GlobalColumns(
      all, products, isFlat: all.map { prior.normal(of: $0, origin: 0, terms).precision == 0 })
    self.init(
      statistics, terms, treatment, columns,
      columns.aliased.isEmpty
        ? products
        : CrossProducts(statistics, terms, columns.roles, absorbing: isAbsorbed))
  }

  init(
    _ statistics: ModelStatistics, _ terms: ModelTerms, _ treatment: CoefficientTreatment,
    _ columns: GlobalColumns, _ products: CrossProducts
  ) {
    self.statistics = statistics
    self.terms = terms
    self.treatment = treatment
    self.columns = columns
    self.products = products
    let prior: CoefficientPrior
    if case .integrated(let given) = treatment {
      prior = given
    } else {
      prior = .flat(covariates: statistics.covariates)
    }
    let normals = columns.roles.map {
      prior.normal(of: $0, origin: statistics.origin, terms)
    }
    columnPrecision = normals.map(\.precision)
    columnMean = normals.map(\.mean)
    interceptPrecision = prior.intercept.precision
    interceptMean = prior.intercept.mean - statistics.origin
    deviationColumns = MarginalModel.deviations(columns.roles, terms)
    absorbed = MarginalModel.absorb(statistics, terms, columns.roles)
    isAbsorbed = !absorbed.isEmpty && interceptPrecision == 0
    logCounts = isAbsorbed ? absorbed.reduce(0) { $0 + log($1.count) } : 0
    let constant = { (precision: Double) in
      0.5 * (precision > 0 ? log(precision) : log(2 * Double.pi))
    }
    priorConstant =
      columnPrecision.reduce(0) { $0 + constant($1) }
      + Double(absorbed.count) * constant(interceptPrecision)
  }

  /// The number p of columns solved for together.
  public var order: Int { columns.roles.count }

  /// The number of all fixed coefficients that can be estimated, stratified intercepts included.
  public var coefficientCount: Int { order + absorbed.count }

  /// The leaf and trial of each stratified intercept, in their order; empty without such.
  public var stratifiedCells: [(leaf: Int, trial: Int)] {
    absorbed.map { (statistics.cells[$0.cell].leaf, $0.trial) }
  }

  /// The same model by maximum likelihood, its coefficients set to their maximum.
  public var profiled: MarginalModel { MarginalModel(statistics, terms, .profiled) }

  /// Σ w y² about the origin.
  var outcomeSquared: Double { statistics.cells.reduce(0) { $0 + $1.outcomeSquared } }

  /// The columns of the leaves' effects where these are pooled.
  private static func deviations(
    _ roles: [GlobalColumns.Role], _ terms: ModelTerms
  ) -> Range<Int> {
    guard terms.poolsEffects else { return 0..<0 }
    let places = roles.indices.filter { if case .effect = roles[$0] { true } else { false } }
    // They have proper priors, so that all of them are there, one after the other.
    return places.isEmpty ? 0..<0 : places[0]..<(places[0] + places.count)
  }

  private static func absorb(
    _ statistics: ModelStatistics, _ terms: ModelTerms, _ roles: [GlobalColumns.Role]
  ) -> [Absorbed] {
    guard terms.intercepts == .perLeafAndTrial else { return [] }
    let local = LocalColumns(roles, statistics)
    var columns: [Int] = []
    var regressors: [Regressor] = []
    return statistics.cells.indices.map { index in
      let cell = statistics.cells[index]
      local.find(cell, &columns, &regressors)
      return Absorbed(
        cell: index, trial: cell.trial, columns: columns,
        sums: regressors.map { cell.sum($0) }, randomSums: terms.randomSums(cell),
        count: cell.count, outcome: cell.outcome)
    }
  }
}

extension ModelTerms {
  /// For each random term whether its regressor is the treatment (else it is 1).
  var randomIsActive: [Bool] {
    (randomIntercept ? [false] : []) + (randomEffect ? [true] : [])
  }

  func randomSums(_ cell: CellStatistics) -> [Double] {
    randomIsActive.map { $0 ? cell.activeCount : cell.count }
  }
}

extension CoefficientPrior {
  /// The prior of a column's coefficient in a model, the outcome being counted from its origin.
  ///
  /// Beside intercepts of trials, what a leaf adds to the first has the mean 0. Where effects are
  /// pooled, the deviation of a leaf's is standard normal in units of ω.
  func normal(of role: GlobalColumns.Role, origin: Double, _ terms: ModelTerms) -> Normal {
    switch role {
    case .trialIntercept: Normal(mean: intercept.mean - origin, sd: intercept.sd)
    case .intercept:
      Normal(mean: terms.intercepts == .perTrial ? 0 : intercept.mean - origin, sd: intercept.sd)
    case .meanEffect: effect
    case .effect: terms.poolsEffects ? Normal(mean: 0, sd: 1) : effect
    case .covariate(let i): coefficients[i]
    }
  }
}
