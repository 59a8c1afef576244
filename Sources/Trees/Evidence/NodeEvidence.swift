/// What the tests of a node and the search for its cut saw: curves to be drawn (article
/// EvidenceInTheTree).
public struct NodeEvidence: Sendable, Equatable {
  /// The node's id.
  public let node: Int
  /// The score process along the variables with the smallest p-values, the smallest first.
  public let processes: [ScoreCurve]
  /// The objective along the candidate cuts of the same variables; empty for a leaf.
  public let profiles: [CutProfile]

  /// The evidence of a node.
  public init(node: Int, processes: [ScoreCurve], profiles: [CutProfile]) {
    (self.node, self.processes, self.profiles) = (node, processes, profiles)
  }

  /// The largest number of points of a curve of the variable that is shown first.
  public static let mostPoints = 100
  /// The same of the variables after it.
  public static let mostPointsOfOthers = 40
  /// The number of variables that are followed in an inner node; in a leaf it is one.
  public static let variables = 3
}

/// The process of a node's cumulated scores along one variable.
public struct ScoreCurve: Sendable, Equatable {
  /// What the points are.
  public enum Reading: String, Sendable {
    /// The LM statistic of a cut after each value of a numeric variable; its maximum is the test's.
    case values
    /// The LM statistic of a cut after each level of an ordered variable; its maximum is the test's.
    case thresholds
    /// What each level adds to the statistic of a categorical test; their sum is the test's.
    case levels
  }

  /// A point of the process.
  public struct Point: Sendable, Equatable {
    /// The value, or the level by its index.
    public let value: Double
    /// The statistic.
    public let statistic: Double

    /// A point.
    public init(value: Double, statistic: Double) {
      (self.value, self.statistic) = (value, statistic)
    }
  }

  /// The variable's index.
  public let variable: Int
  /// What the points are.
  public let reading: Reading
  /// The points in the order of the variable.
  public let points: [Point]
  /// The statistic of which the adjusted p-value is alpha.
  public let critical: Double?

  /// A curve.
  public init(variable: Int, reading: Reading, points: [Point], critical: Double?) {
    (self.variable, self.reading) = (variable, reading)
    (self.points, self.critical) = (points, critical)
  }
}

extension ScoreCurve {
  /// The same with at most `limit` points, the maximum among them; levels all stay.
  func thinned(to limit: Int) -> ScoreCurve {
    guard reading == .values else { return self }
    return ScoreCurve(
      variable: variable, reading: reading,
      points: points.thinned(to: limit) { $0.statistic > $1.statistic }, critical: critical)
  }
}

/// The node objective along the candidate cuts of one variable.
public struct CutProfile: Sendable, Equatable {
  /// A candidate.
  public struct Candidate: Sendable, Equatable {
    /// Where the node is divided.
    public let split: Split
    /// The objective of both sides together.
    public let objective: Double

    /// A candidate.
    public init(split: Split, objective: Double) {
      (self.split, self.objective) = (split, objective)
    }
  }

  /// The variable's index.
  public let variable: Int
  /// The objective of the node without a cut.
  public let undivided: Double
  /// The candidates in the order of the variable; groupings of a nominal one from the best on.
  public let candidates: [Candidate]
  /// The number of candidates that were tried.
  public let tried: Int

  /// A profile.
  public init(variable: Int, undivided: Double, candidates: [Candidate], tried: Int) {
    (self.variable, self.undivided) = (variable, undivided)
    (self.candidates, self.tried) = (candidates, tried)
  }

  /// The best candidate; nil where there is none.
  public var best: Candidate? { candidates.min { $0.objective < $1.objective } }

  /// The share of the best cut's gain that a cut must have to be nearly as good.
  public static let nearlyAsGood = 0.9

  /// The lowest and the highest breakpoint of a numeric variable of which the gain, the objective
  /// without a cut less that with it, is at least 90 % of the best one's: how sharp the cut is.
  ///
  /// Nil for other variables and where nothing is gained.
  public var nearlyBest: ClosedRange<Double>? {
    guard let best, best.objective < undivided else { return nil }
    let needed = Self.nearlyAsGood * (undivided - best.objective)
    let near = candidates.compactMap { candidate -> Double? in
      guard case .numeric(_, let breakpoint) = candidate.split else { return nil }
      return undivided - candidate.objective >= needed ? breakpoint : nil
    }
    guard let low = near.min(), let high = near.max() else { return nil }
    return low...high
  }
}

extension Array {
  /// At most `limit` elements: first and last, and of each of equally long stretches between them the one
  /// that is `better` than the others.
  func thinned(to limit: Int, better: (Element, Element) -> Bool) -> [Element] {
    guard count > limit, limit > 2 else { return self }
    let inner = count - 2
    let stretches = limit - 2
    var result = [self[0]]
    for stretch in 0..<stretches {
      let range = (1 + stretch * inner / stretches)..<(1 + (stretch + 1) * inner / stretches)
      guard var best = self[range].first else { continue }
      for element in self[range].dropFirst() where better(element, best) { best = element }
      result.append(best)
    }
    return result + [self[count - 1]]
  }
}
