import Foundation

extension Tree {
  /// The tree in which every split whose children are leaves, and which a criterion does not find
  /// worth its parameters, is taken back, until none is left; as partykit's `prune`.
  ///
  /// With o₀ the objective of the node and o₁ the sum of its children's, p `parameters` and m children
  /// the split is taken back if f(o₀) + c p < f(o₁) + c (m p + 1); the 1 is the cut itself. f is 2 o
  /// for a negative log-likelihood and n log o for a residual sum of squares, n being the node's
  /// participants; c is 2 for AIC and the log of all participants for BIC, with n log o as for AIC.
  /// Ids are given anew in pre-order.
  func pruned(
    by criterion: GrowthControl.Prune, objective: ObjectiveKind, parameters: Int,
    participants: (TreeNode) -> Double
  ) -> Tree {
    guard criterion != .none, nodes.count > 1 else { return self }
    let penalty = criterion == .aic ? 2 : log(participants(root))
    func cost(_ value: Double, _ node: TreeNode) -> Double {
      objective == .negativeLogLikelihood ? 2 * value : participants(node) * log(value)
    }
    var result = nodes
    var isKept = [Bool](repeating: true, count: nodes.count)
    // Children stand behind their parents, so that backwards they are judged first.
    for place in result.indices.reversed() where !result[place].isLeaf {
      let node = result[place]
      let children = node.children.map { position(of: $0) }
      guard children.allSatisfy({ result[$0].isLeaf }) else { continue }
      let together = children.reduce(0) { $0 + result[$1].objective }
      let count = Double(parameters)
      let split = count * Double(children.count) + 1
      guard cost(node.objective, node) + penalty * count < cost(together, node) + penalty * split
      else { continue }
      for child in children { isKept[child] = false }
      result[place].children = []
      result[place].split = nil
      result[place].stop = .pruned
    }
    return Tree(nodes: result.indices.filter { isKept[$0] }.map { result[$0] }).renumbered
  }

  /// The tree with ids from 1 in the order of its nodes.
  private var renumbered: Tree {
    let ids = Dictionary(
      uniqueKeysWithValues: nodes.enumerated().map { place, node in (node.id, place + 1) })
    return Tree(
      nodes: nodes.map { node in
        var node = node
        node.id = ids[node.id] ?? node.id
        node.parent = node.parent.flatMap { ids[$0] }
        node.children = node.children.compactMap { ids[$0] }
        return node
      })
  }
}
