/// What ranks say of samplers, all checks being judged together.
public struct CalibrationVerdict: Sendable, Equatable {
  /// One quantity of one sampler under one scenario.
  public struct Check: Sendable, Equatable {
    /// The position of its table.
    public let table: Int
    /// The quantity.
    public let quantity: String
    /// The exact p-value of uniform ranks, of this check alone.
    public let pValue: Double
    /// The p-value times the number of checks (Bonferroni), at most 1.
    public let adjusted: Double
    /// Whether the ranks stay inside the simultaneous envelope of all checks.
    public let passes: Bool
  }

  /// The ranks.
  public let tables: [RankTable]
  /// The probability that some check fails although all samplers are right, at most.
  public let level: Double
  /// The checks, table after table.
  public let checks: [Check]
  /// For each table the envelope of its ranks, and the γ at which it has the level 1 − α / M.
  public let envelopes: [(envelope: RankEnvelope, gamma: Double)]

  /// Judges ranks; M is the number of checks, and each has the level 1 − `level` / M.
  public init(_ tables: [RankTable], level: Double = 0.05) {
    self.tables = tables
    self.level = level
    let number = max(tables.reduce(0) { $0 + $1.rows.count }, 1)
    let limit = level / Double(number)
    var known: [(shape: [Int], envelope: RankEnvelope, gamma: Double)] = []
    var checks: [Check] = []
    envelopes = tables.enumerated().map { index, table in
      let shape = [max(table.plan.replicates - table.failed, 1), table.plan.draws + 1]
      let place = known.firstIndex { $0.shape == shape } ?? known.count
      if place == known.count {
        let envelope = RankEnvelope(replicates: shape[0], values: shape[1])
        known.append((shape, envelope, envelope.gamma(level: 1 - limit)))
      }
      for row in table.rows {
        let value = known[place].envelope.pValue(row.counts)
        checks.append(
          Check(
            table: index, quantity: row.quantity, pValue: value,
            adjusted: min(value * Double(number), 1), passes: value > limit))
      }
      return (known[place].envelope, known[place].gamma)
    }
    self.checks = checks
  }

  /// The checks of one table.
  public func checks(of table: Int) -> [Check] { checks.filter { $0.table == table } }

  /// Whether a table shows nothing against its sampler: every check passes and no fit failed.
  public func passes(_ table: Int) -> Bool {
    tables[table].failed == 0 && checks(of: table).allSatisfy(\.passes)
  }

  /// Whether no table shows anything against its sampler.
  public var passes: Bool { tables.indices.allSatisfy { passes($0) } }

  /// Equal where ranks and level are.
  public static func == (a: CalibrationVerdict, b: CalibrationVerdict) -> Bool {
    a.tables == b.tables && a.level == b.level
  }
}
