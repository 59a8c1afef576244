public import Designs
import Numerics
public import Subgroups
public import Trees

/// A tree grown on one half of the participants whose effects are estimated on the other, so that the
/// search has not seen them (article Stability).
public struct HonestTree: Sendable, Equatable {
  /// The effect in one leaf.
  public struct Leaf: Sendable, Equatable {
    /// The leaf's id.
    public let node: Int
    /// The participants of the half that grew the tree.
    public let growing: Int
    /// The participants of the half that the effect is estimated on.
    public let estimating: Int
    /// The effect in the latter; nil where it cannot be estimated.
    public let effect: EffectEstimate?
  }

  /// The tree, its nodes having the rows of the growing half, counted within that half.
  public let tree: Tree
  /// One for each leaf, in node order.
  public let leaves: [Leaf]
  /// The effect in all of the estimating half.
  public let overall: EffectEstimate?
  /// Participants of the estimating half with a level that was unseen where the tree asks for it.
  public let unplaced: Int
  /// Whether the alternation ended.
  public let isSettled: Bool
  /// Whether all chains of growth have converged.
  public let hasConverged: Bool

  /// Grows and estimates by a plan's procedure.
  public init(
    _ design: Design, _ plan: StabilityPlan,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(AnalysisError) {
    let procedure = TreeProcedure(
      plan.analysis, family: design.family, isCancelled: isCancelled)
    var stream = RandomStream(seed: plan.analysis.sampling.seed, purpose: "honest halves")
    let halves = Halves(design, &stream)
    let growing = design.subset(halves.first)
    let estimating = design.subset(halves.second)
    let grown = try ProcedureSample(growing, procedure).grow()
    let shape = TreeShape(grown.tree)
    let codes = shape.leafCodes(of: estimating)
    let effects = try ProcedureSample(estimating, procedure).effects(
      of: codes, leaves: shape.leaves, by: grown.method, withPrecision: true)
    tree = grown.tree
    leaves = grown.tree.leaves.enumerated().map { place, leaf in
      Leaf(
        node: leaf.id, growing: leaf.rows.count,
        estimating: codes.count { $0 == Int32(place) }, effect: effects.leaves[place])
    }
    overall = effects.overall
    unplaced = codes.count { $0 < 0 }
    isSettled = grown.isSettled
    hasConverged = grown.hasConverged
  }
}
