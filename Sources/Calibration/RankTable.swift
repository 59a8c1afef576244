/// How often each rank occurred: the outcome of one sampler under one scenario.
public struct RankTable: Sendable, Equatable {
  /// One quantity.
  public struct Row: Sendable, Equatable {
    /// The quantity's name.
    public let quantity: String
    /// How often each rank occurred, from 0 to the number of draws.
    public let counts: [Int]

    /// Counts of ranks.
    public init(quantity: String, counts: [Int]) {
      self.quantity = quantity
      self.counts = counts
    }
  }

  /// The scenario's name.
  public let scenario: String
  /// The sampler's name.
  public let sampler: String
  /// The settings; the number of threads is none of them.
  public private(set) var plan: CalibrationPlan
  /// The number of fits that failed, which have no ranks.
  public let failed: Int
  /// The number of fits whose kept draws are not nearly independent.
  public let dependent: Int
  /// The number of divergent transitions over all fits.
  public let divergences: Int
  /// The quantities.
  public let rows: [Row]

  /// A table of its parts.
  public init(
    scenario: String, sampler: String, plan: CalibrationPlan, failed: Int, dependent: Int,
    divergences: Int, rows: [Row]
  ) {
    self.scenario = scenario
    self.sampler = sampler
    self.plan = plan
    self.plan.threads = 1
    self.failed = failed
    self.dependent = dependent
    self.divergences = divergences
    self.rows = rows
  }

  init(_ calibrator: Calibrator, _ quantities: [Quantity], _ outcomes: [Replicate.Outcome]) {
    var counts = quantities.map { _ in [Int](repeating: 0, count: calibrator.plan.draws + 1) }
    for case .some(let ranks) in outcomes.map(\.ranks) {
      for (i, rank) in ranks.enumerated() { counts[i][rank] += 1 }
    }
    self.init(
      scenario: calibrator.scenario.name, sampler: calibrator.source.name, plan: calibrator.plan,
      failed: outcomes.count { $0.ranks == nil }, dependent: outcomes.count { $0.isDependent },
      divergences: outcomes.reduce(0) { $0 + $1.divergences },
      rows: zip(quantities, counts).map { Row(quantity: $0.name, counts: $1) })
  }

  /// Scenario and sampler.
  public var name: String { "\(scenario) \(sampler)" }
}
