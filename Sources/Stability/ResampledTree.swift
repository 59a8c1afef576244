import Trees

/// What is kept of a tree that was grown on a part of the participants; no participant is in it.
public struct ResampledTree: Sendable, Equatable {
  /// A leaf's effect minus the overall effect, in two parts of the participants.
  public struct Deviation: Sendable, Equatable {
    /// In the half that grew the tree: d̂.
    public let grown: Double
    /// In the other half: d̃.
    public let other: Double
    /// The smaller of the leaf's sizes in the two halves: w.
    public let weight: Double

    /// A deviation in both halves.
    public init(grown: Double, other: Double, weight: Double) {
      self.grown = grown
      self.other = other
      self.weight = weight
    }
  }

  /// Its splits.
  public var shape: TreeShape
  /// One for each leaf that has an effect in both halves; none for a tree without a split, nor where
  /// there is no other half.
  public var deviations: [Deviation]
  /// Whether the alternation of tree and trial effects ended.
  public var isSettled: Bool
  /// Whether all chains have converged; true where there are none.
  public var hasConverged: Bool

  /// What is kept of a tree.
  public init(
    shape: TreeShape, deviations: [Deviation], isSettled: Bool, hasConverged: Bool
  ) {
    self.shape = shape
    self.deviations = deviations
    self.isSettled = isSettled
    self.hasConverged = hasConverged
  }
}

/// What came of one part of the participants.
public enum ResampledOutcome: Sendable, Equatable {
  /// A tree.
  case grown(ResampledTree)
  /// No tree: a model could not be fitted, in words.
  case failed(String)
}
