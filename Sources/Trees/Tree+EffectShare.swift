extension TreeNode {
  /// The test of the variable that the node is split on; nil for a leaf or where none was made.
  public var splitTest: InstabilityTest? {
    guard let split else { return nil }
    return tests.first { $0.variable == split.variable }
  }

  /// Whether the intercepts drive the node's split: the treatment effect alone, by its efficient
  /// score along the same variable, would not have been significant.
  ///
  /// The share of the effect in the statistic would not do for that: where a variable modifies the
  /// effect and nothing else, outcomes differ in one arm only, and so the mean moves as well; with
  /// equal arms the effect's share is then a half.
  public func isDrivenByIntercepts(alpha: Double) -> Bool {
    guard split != nil, let p = effectTest?.adjustedPValue else { return false }
    return p > alpha
  }
}
