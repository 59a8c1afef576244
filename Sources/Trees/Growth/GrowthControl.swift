/// The settings of growth; the defaults are partykit's but for ties.
public struct GrowthControl: Sendable, Equatable {
  /// Where the score process of a numeric variable is read.
  public enum Ties: String, Sendable, Equatable, CaseIterable {
    /// After the last row of each distinct value, so that the order of rows does not matter.
    case distinct
    /// After every row in file order, as R does.
    case rows
  }

  /// What happens in a node where some trial intercept cannot be tested.
  public enum Fallback: String, Sendable, Equatable, CaseIterable {
    /// It is left out of the tests.
    case drop
    /// The node is a leaf, as R intends.
    case stop
  }

  /// How a nominal variable splits.
  public enum Categorical: String, Sendable, Equatable, CaseIterable {
    /// Into two groups of levels.
    case binary
    /// Into one child a level.
    case multiway
  }

  /// How an ordered variable is tested.
  public enum Ordinal: String, Sendable, Equatable, CaseIterable {
    /// As if it had no order.
    case chisq
    /// By the largest component of the process over its levels.
    case max
    /// By the largest LM form of the process over its levels.
    case l2 = "L2"
  }

  /// Where between two neighbouring values a numeric variable is cut.
  public enum Breakpoints: String, Sendable, Equatable, CaseIterable {
    /// At the lower value.
    case observed
    /// Halfway.
    case midpoint
  }

  /// The covariance by which the score process is whitened.
  public enum Covariance: String, Sendable, Equatable, CaseIterable {
    /// The outer product of the scores.
    case opg
    /// The expected information.
    case info
    /// Both, as the robust covariance has them.
    case sandwich
  }

  /// Which parameters are tested.
  public enum TestParameters: String, Sendable, Equatable, CaseIterable {
    /// All coefficients of the node model.
    case all
    /// The treatment effect, by its efficient score.
    case treatment
    /// The treatment effect as partykit's `parm` picks it, after a symmetric root.
    case partykit
  }

  /// The criterion by which a grown tree is cut back.
  public enum Prune: String, Sendable, Equatable, CaseIterable {
    /// None.
    case none
    /// Akaike's.
    case aic
    /// Schwarz's.
    case bic
  }

  /// The most levels of a nominal variable in a node whose groupings are all tried, 2¹¹ − 1 of them.
  public static let mostLevelsTried = 12

  /// The largest adjusted p-value at which a node is split.
  public var alpha: Double
  /// Whether p-values are adjusted for the number of variables.
  public var bonferroni: Bool
  /// The smallest number of participants of a node; nil is ten a parameter of the root model.
  public var minSize: Int?
  /// The largest depth, the root having depth 1; nil is no limit.
  public var maxDepth: Int?
  /// The share of rows, or above 1 their number, at either end where the process is not read.
  public var trim: Double
  /// Where the process is read among ties.
  public var ties: Ties
  /// What happens where a trial intercept cannot be tested.
  public var fallback: Fallback
  /// The smallest number of participants of either arm in a child.
  public var minArm = 0
  /// The smallest number of participants of each trial that a child has participants of.
  public var minTrial = 0
  /// How nominal variables split.
  public var categorical = Categorical.binary
  /// How ordered variables are tested.
  public var ordinal = Ordinal.chisq
  /// Where numeric variables are cut.
  public var breakpoints = Breakpoints.observed
  /// What whitens the score process.
  public var vcov = Covariance.opg
  /// Which parameters are tested.
  public var testParameters = TestParameters.all
  /// How a grown tree is cut back.
  public var prune = Prune.none

  /// Settings of growth.
  public init(
    alpha: Double = 0.05, bonferroni: Bool = true, minSize: Int? = nil, maxDepth: Int? = nil,
    trim: Double = 0.1, ties: Ties = .distinct, fallback: Fallback = .drop
  ) {
    self.alpha = alpha
    self.bonferroni = bonferroni
    self.minSize = minSize
    self.maxDepth = maxDepth
    self.trim = trim
    self.ties = ties
    self.fallback = fallback
  }

  /// The smallest number of participants of a node, for a root model of `parameters` coefficients.
  public func resolvedMinSize(parameters: Int) -> Int {
    minSize ?? 10 * parameters
  }

  /// The number of participants below which the process of a node of n is not read, at least 1.
  ///
  /// Participants are counted by their weights; where n is not whole the number still is.
  func firstCandidate(total n: Double, minSize: Int) -> Int {
    let trimmed = trim > 1 ? trim : trim * n
    return max(1, minSize, Int(min(trimmed.rounded(.up), n.rounded(.up))))
  }
}
