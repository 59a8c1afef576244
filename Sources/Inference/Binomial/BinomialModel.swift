import Foundation
public import MixedModels

/// A binomial joint model with its priors: what its posterior is a function of.
public struct BinomialModel: Sendable {
  /// The counts by cell.
  public let statistics: BinomialStatistics
  /// The terms of the linear predictor.
  public let terms: ModelTerms
  /// What each coefficient stands for: common columns, then stratified intercepts.
  public let roles: [FixedRole]
  /// The priors of the random terms' SDs, in the order of the terms.
  public let heterogeneity: [HeterogeneityPrior]
  /// The prior of the correlation of the random terms; nil where they are independent.
  public let correlation: CorrelationPrior?
  /// How the leaves' effects are pooled; nil where they are not.
  let pooling: BinomialPooling?

  /// The number p of common columns.
  let common: Int
  /// The entries of each cell in the common columns.
  let entryStarts: [Int]
  let entryColumns: [Int]
  let entryValues: [Double]
  /// The stratified intercept of each cell, counted from 0; −1 without such.
  let stratum: [Int]
  /// The first cell of each trial; their number stands last.
  let trialStarts: [Int]
  /// The first stratified intercept of each trial, in the same way.
  let strataStarts: [Int]
  /// 1 in the active arm.
  let active: [Double]
  let counts: [Double]
  let events: [Double]
  /// The mean and the precision (0: flat) of each coefficient's prior.
  let priorMeans: [Double]
  let priorPrecisions: [Double]

  /// A model; `set` names the prior set in errors; correlated random terms need a prior of the correlation,
  /// `omega` is that of the SD of pooled effects.
  ///
  /// Throws where flat priors leave the posterior without a finite integral: a coefficient with such a
  /// prior is determined by others, or the outcomes are separated in it.
  public init(
    _ statistics: BinomialStatistics, _ terms: ModelTerms, _ priors: CoefficientPrior,
    heterogeneity: [HeterogeneityPrior], correlation: CorrelationPrior? = nil,
    omega: HeterogeneityPrior = .halfNormal(scale: 0.5), set: String = "the prior set"
  ) throws(PriorError) {
    precondition(!terms.isCorrelated || correlation != nil, "a correlation without a prior")
    let matrix = BinomialMatrix(statistics, terms)
    let order = matrix.roles.indices.filter { !matrix.roles[$0].isStratified }
    let strata = matrix.roles.indices.filter { matrix.roles[$0].isStratified }
      .sorted { matrix.roles[$0].trialAndLeaf < matrix.roles[$1].trialAndLeaf }
    self.statistics = statistics
    self.terms = terms
    self.heterogeneity = heterogeneity
    self.correlation = terms.isCorrelated ? correlation : nil
    roles = (order + strata).map { matrix.roles[$0] }
    common = order.count
    let normals = roles.map { priors.normal(of: $0, terms.intercepts) }
    priorMeans = normals.map(\.mean)
    let pooling = terms.poolsEffects ? BinomialPooling(roles, priors.effect, omega) : nil
    self.pooling = pooling
    // The prior of pooled effects is no product of one a coefficient.
    priorPrecisions = normals.indices.map {
      pooling?.columns.contains($0) == true ? 0 : normals[$0].precision
    }
    try Self.check(matrix, statistics, priors, set)

    let entries = Entries(matrix, common: order, strata: strata)
    entryStarts = entries.starts
    entryColumns = entries.columns
    entryValues = entries.values
    stratum = entries.stratum
    trialStarts = Self.starts(statistics.cells.map(\.trial), groups: statistics.trials)
    strataStarts = Self.starts(
      strata.map { matrix.roles[$0].trialAndLeaf.0 }, groups: statistics.trials)
    active = statistics.cells.map { $0.isActive ? 1 : 0 }
    counts = statistics.cells.map(\.count)
    events = statistics.cells.map(\.events)
  }

  /// Where the members of each group begin in a list that is sorted by group; its length stands last.
  private static func starts(_ group: [Int], groups: Int) -> [Int] {
    var starts = [Int](repeating: 0, count: groups + 1)
    for member in group { starts[member + 1] += 1 }
    for k in 0..<groups { starts[k + 1] += starts[k] }
    return starts
  }

  /// The rows of the cells: common columns, and the stratum.
  private struct Entries {
    var starts = [0]
    var columns: [Int] = []
    var values: [Double] = []
    var stratum: [Int]

    init(_ matrix: BinomialMatrix, common: [Int], strata: [Int]) {
      var places = [Int](repeating: 0, count: matrix.roles.count)
      for (place, column) in (common + strata).enumerated() { places[column] = place }
      stratum = [Int](repeating: -1, count: matrix.starts.count - 1)
      for cell in stratum.indices {
        for entry in matrix.starts[cell]..<matrix.starts[cell + 1] {
          let place = places[Int(matrix.columns[entry])]
          if place < common.count {
            columns.append(place)
            values.append(matrix.values[entry])
          } else {
            stratum[cell] = place - common.count
          }
        }
        starts.append(columns.count)
      }
    }
  }

  /// Refuses flat priors of coefficients that the data do not hold.
  private static func check(
    _ matrix: BinomialMatrix, _ statistics: BinomialStatistics, _ priors: CoefficientPrior,
    _ set: String
  ) throws(PriorError) {
    let unbounded = matrix.unboundedColumns(statistics) { role in
      priors.normal(of: role, .perLeaf).precision == 0
    }
    guard let role = unbounded.first else { return }
    let key =
      switch role {
      case .intercept: "binomial.intercept"
      case .effect, .meanEffect: "binomial.effect"
      case .covariate: "binomial.coefficient"
      }
    throw .improper(
      file: set, key: key,
      problem: "a flat prior has no posterior here: the data leave the coefficient without a bound "
        + "(no participants in an arm, or all or none with the event); give it a normal prior")
  }

  /// The log prior density of an SD and its derivative; after the SDs that of the correlation.
  func logPrior(ofDeviation place: Int, _ value: Double) -> (value: Double, slope: Double) {
    guard place == heterogeneity.count, let correlation else {
      return heterogeneity[place].logDensity(value)
    }
    return correlation.logDensity(value)
  }

  /// The positions of the SDs that are not fixed; after the SDs that of the correlation.
  var freeDeviations: [Int] {
    heterogeneity.indices.filter { heterogeneity[$0].fixedValue == nil }
      + (correlation == nil ? [] : [heterogeneity.count])
  }

  /// The coordinates of the free SDs and the correlation.
  var deviationCoordinates: [VarianceCoordinate] {
    freeDeviations.map { place in
      // The uniform correlation's own shape, so that its tails are normal too.
      place == heterogeneity.count
        ? .bounded(lower: -1, upper: 1) : VarianceCoordinate(heterogeneity: heterogeneity[place])
    }
  }

  /// The number of SDs, and of the correlation.
  var deviations: Int { heterogeneity.count + (correlation == nil ? 0 : 1) }

  /// The number of stratified intercepts.
  var strata: Int { roles.count - common }

  /// The number K of trials.
  public var trials: Int { statistics.trials }

  /// The number of cells.
  var cells: Int { counts.count }
}

extension FixedRole {
  /// Whether it is the intercept of a leaf in one trial.
  fileprivate var isStratified: Bool {
    if case .intercept(.some, .some) = self { true } else { false }
  }

  /// The trial and the leaf of such an intercept.
  fileprivate var trialAndLeaf: (Int, Int) {
    if case .intercept(let leaf?, let trial?) = self { (trial, leaf) } else { (0, 0) }
  }
}

extension CoefficientPrior {
  /// The prior of a coefficient.
  public func normal(of role: FixedRole, _ intercepts: Intercepts) -> Normal {
    switch role {
    case .effect, .meanEffect: effect
    case .covariate(let i): coefficients[i]
    case .intercept(_, let trial):
      intercepts == .perTrial && trial == nil ? Normal(mean: 0, sd: intercept.sd) : intercept
    }
  }
}
