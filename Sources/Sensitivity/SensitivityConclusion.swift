/// Whether the conclusion of a fit is the same under every prior of the grid.
///
/// The conclusion is, for the effect in each subgroup and for each difference between two, on which side
/// of zero its central interval is, or that zero is in it; and the tree.
public struct SensitivityConclusion: Sendable, Equatable {
  /// A quantity whose interval is elsewhere under some prior.
  public struct Change: Sendable, Equatable {
    /// One node for an effect, two for a difference.
    public let nodes: [Int]
    /// Where the interval of the reported fit is.
    public let reported: Side
    /// The places in the grid of the priors under which it is elsewhere.
    public let refits: [Int]
  }

  /// The effects, then the differences, that change.
  public let changes: [Change]
  /// The places in the grid of the priors under which another tree grows.
  public let otherTrees: [Int]
  /// The number of refits that could be done.
  public let done: Int

  /// Whether every effect, every difference and the tree are as reported.
  public var holds: Bool { done > 0 && changes.isEmpty && otherTrees.isEmpty }

  /// The conclusion of refits of a reported posterior of the same tree.
  init(_ refits: [PriorRefit], reported: RefitFigures) {
    done = refits.count { $0.same != nil }
    let effects = reported.nodes.indices.compactMap { leaf in
      Self.change([reported.nodes[leaf]], reported.effects[leaf].side, refits) {
        $0.effects[leaf]
      }
    }
    let differences = reported.differences.enumerated().compactMap { place, contrast in
      Self.change(contrast.nodes, contrast.difference.side, refits) {
        $0.differences[place].difference
      }
    }
    changes = effects + differences
    otherTrees = refits.indices.filter { refits[$0].isSameTree == false }
  }

  private static func change(
    _ nodes: [Int], _ reported: Side, _ refits: [PriorRefit],
    _ quantity: (RefitFigures) -> RefitQuantity
  ) -> Change? {
    let others = refits.indices.filter { place in
      refits[place].same.map { quantity($0).side != reported } ?? false
    }
    return others.isEmpty ? nil : Change(nodes: nodes, reported: reported, refits: others)
  }
}
