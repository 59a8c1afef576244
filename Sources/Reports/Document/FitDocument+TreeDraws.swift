import JSON
import Subgroups
import Trees

extension FitDocument {
  /// The trees under draws of the trial effects; co-membership is that of the tree's leaves.
  func treeDraws(_ shares: TreeShares?, in tree: Tree) -> JSONValue {
    guard let shares else { return nil }
    let variables = design.splitVariables
    let leaves = tree.leaves.map(\.id)
    return [
      "trees": JSONValue(shares.trees),
      "root_split": list(shares.rootVariables) { variable in
        ["variable": variable.map { .string(variables[$0].name) } ?? nil]
      },
      "root_cuts": list(shares.rootSplits) { split in
        [
          "variable": .string(variables[split.variable].name),
          "rule": .string(split.condition(child: 0, variables: variables).description),
        ]
      },
      "variables": list(shares.variables) { ["variable": .string(variables[$0].name)] },
      "leaves": list(shares.leafCounts) { ["count": JSONValue($0)] },
      "splits": list(shares.referenceSplits) { ["node": JSONValue($0)] },
      "same_tree": JSONValue(shares.sameTree),
      "adjusted_rand_index": JSONValue(shares.meanAdjustedRandIndex),
      "co_membership": .array(
        leaves.indices.flatMap { a in
          leaves.indices[a...].map { b -> JSONValue in
            [
              "nodes": [JSONValue(leaves[a]), JSONValue(leaves[b])],
              "share": JSONValue(shares.coMembership[a * leaves.count + b]),
            ]
          }
        }),
    ]
  }

  private func list<Item>(
    _ shares: [TreeShares.Share<Item>], _ members: (Item) -> [String: JSONValue]
  ) -> JSONValue {
    .array(
      shares.map { share in
        .object(members(share.item).merging(["share": JSONValue(share.share)]) { $1 })
      })
  }
}
