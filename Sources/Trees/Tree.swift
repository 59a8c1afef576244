/// Where a row of a node goes.
///
/// Variables are indices into the design's `splitVariables`.
public enum Split: Sendable, Equatable {
  /// To the left child if the value is at most the breakpoint.
  case numeric(variable: Int, breakpoint: Double)
  /// To the left child if the level is at most the breakpoint, an index into the ascending levels.
  case ordered(variable: Int, breakpoint: Int)
  /// To child c if the level is in `groups[c]`; a level that the node lacks is in no group.
  case nominal(variable: Int, groups: [[Int]])

  /// The variable's index.
  public var variable: Int {
    switch self {
    case .numeric(let variable, _), .ordered(let variable, _), .nominal(let variable, _): variable
    }
  }
}

/// Why a node has no children; the raw values are the words of the output.
public enum StopReason: String, Sendable, Equatable {
  /// No variable's adjusted p-value is at most alpha.
  case notSignificant = "not-significant"
  /// The node has fewer than twice the minimal number of participants.
  case minSize = "min-size"
  /// The node is at the maximal depth.
  case maxDepth = "max-depth"
  /// The treatment effect, or the score covariance, cannot be estimated in the node.
  case notEstimable = "not-estimable"
  /// The chosen variable has no cut that leaves enough participants on both sides.
  case noSplit = "no-split"
  /// The node's split was taken back by the pruning criterion.
  case pruned
}

/// One node of a tree.
public struct TreeNode: Sendable, Equatable {
  /// The number in pre-order, from 1.
  public var id: Int
  /// The parent's id, nil for the root.
  public var parent: Int?
  /// 0 for the root.
  public var depth: Int
  /// The used rows of the node, ascending.
  public var rows: [Int32]
  /// The node's own estimates.
  public var coefficients: NodeCoefficients
  /// The objective at the estimates.
  public var objective: Double
  /// Parameters that were left out of the tests.
  public var notTested: [ScoreParameter]
  /// One test a partitioning variable, in their order; empty where the node was not tested.
  public var tests: [InstabilityTest]
  /// The test of the treatment effect alone along the variable that the node was split on; nil
  /// where growth did not split it.
  public var effectTest: InstabilityTest?
  /// The split, nil for a leaf.
  public var split: Split?
  /// The ids of the children, the left first.
  public var children: [Int]
  /// Why growth stopped here; nil for an inner node, and for a leaf that growth did not make.
  public var stop: StopReason?

  /// Whether the node has no children.
  public var isLeaf: Bool { children.isEmpty }

  /// A node of a tree.
  public init(
    id: Int, parent: Int?, depth: Int, rows: [Int32], coefficients: NodeCoefficients,
    objective: Double, notTested: [ScoreParameter] = [], tests: [InstabilityTest] = [],
    split: Split? = nil, children: [Int] = [], stop: StopReason? = nil
  ) {
    self.id = id
    self.parent = parent
    self.depth = depth
    self.rows = rows
    self.coefficients = coefficients
    self.objective = objective
    self.notTested = notTested
    self.tests = tests
    self.split = split
    self.children = children
    self.stop = stop
  }
}

/// A tree as its nodes in pre-order; ids ascend, with gaps where the tree was collapsed.
public struct Tree: Sendable, Equatable {
  /// The nodes in pre-order.
  public var nodes: [TreeNode]

  /// A tree from its nodes in pre-order.
  public init(nodes: [TreeNode]) {
    self.nodes = nodes
  }

  /// The leaves in node order.
  public var leaves: [TreeNode] { nodes.filter(\.isLeaf) }

  /// The inner nodes in node order.
  public var innerNodes: [TreeNode] { nodes.filter { !$0.isLeaf } }

  /// The root; a tree has one.
  public var root: TreeNode { nodes[0] }

  /// The node with an id, which must exist.
  public func node(_ id: Int) -> TreeNode { nodes[position(of: id)] }

  /// Where the node with an id stands among the nodes; O(log nodes).
  func position(of id: Int) -> Int {
    var lower = 0
    var upper = nodes.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if nodes[middle].id < id { lower = middle + 1 } else { upper = middle }
    }
    precondition(lower < nodes.count && nodes[lower].id == id, "no node \(id)")
    return lower
  }

  /// The nodes from the root to a node, both included.
  public func path(to id: Int) -> [TreeNode] {
    var path = [node(id)]
    while let parent = path.last?.parent { path.append(node(parent)) }
    return path.reversed()
  }
}
