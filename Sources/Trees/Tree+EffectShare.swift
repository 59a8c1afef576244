extension TreeNode {
  /// The test of the variable that the node is split on; nil for a leaf or where none was made.
  public var splitTest: InstabilityTest? {
    guard let split else { return nil }
    return tests.first { $0.variable == split.variable }
  }

  /// Whether the intercepts carry more of the statistic of the node's split than the treatment
  /// effect: the split then speaks of prognosis rather than of an effect modifier.
  public var isDrivenByIntercepts: Bool {
    guard let share = splitTest?.effectShare else { return false }
    return share < 0.5
  }
}
