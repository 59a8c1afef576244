/// Grows a tree by model-based recursive partitioning (Zeileis, Hothorn & Hornik 2008, as
/// partykit's `mob` has it).
///
/// In each node the model is fitted, every variable is tested for parameter instability, and where
/// the strongest variable's adjusted p-value is at most alpha the node is divided at the split that
/// minimises the node objective; then the tree is cut back, where the control says so. Besides the
/// model's own fits, O(rows × variables) a level of the tree; no variable is sorted: the orders of the
/// variables are divided, in place where the caller keeps none. Large nodes are tested on up to
/// `threads` threads, on whose number the tree does not depend.
public func grow(
  _ model: some NodeModel, on variables: consuming SortedVariables,
  control: GrowthControl = GrowthControl(), threads: Int = 1
) -> Tree {
  var growth = Growth(model: model, variables: variables, control: control, threads: threads)
  return growth.run()
}

/// The state of a growing tree.
///
/// The model is an existential, asked for whole nodes at a time only: generic code would not be
/// specialised for the models of other modules, and would look up the metadata of each type it uses.
private struct Growth {
  /// A node that waits for its turn.
  private struct Pending {
    var parent: Int?
    var depth: Int
    var range: Range<Int>
  }

  /// What the tests say of a node.
  private enum Verdict {
    case stop(StopReason)
    /// It is to be split on a variable.
    case split(variable: Int)
  }

  private let model: any NodeModel
  private let variables: SortedVariables
  private let control: GrowthControl
  private let minSize: Int
  private var node: NodeRows
  private var tester: InstabilityTester
  private var nodes: [TreeNode] = []

  init(
    model: any NodeModel, variables: consuming SortedVariables, control: GrowthControl,
    threads: Int
  ) {
    node = NodeRows(&variables, readsEveryRow: control.ties == .rows)
    self.model = model
    self.variables = variables
    self.control = control
    minSize = control.resolvedMinSize(parameters: model.parameterCount)
    tester = InstabilityTester(
      variables: self.variables, control: control, minSize: minSize, threads: threads)
  }

  /// Takes nodes from a stack, the first child on top, so that ids come in pre-order.
  mutating func run() -> Tree {
    var stack = [Pending(parent: nil, depth: 0, range: 0..<node.rows.count)]
    while let next = stack.popLast() {
      let id = nodes.count + 1
      if let parent = next.parent { nodes[parent - 1].children.append(id) }
      guard let split = add(next, id: id) else { continue }
      for range in divide(next, by: split).reversed() {
        stack.append(Pending(parent: id, depth: next.depth + 1, range: range))
      }
    }
    return Tree(nodes: nodes).pruned(
      by: control.prune, objective: model.objectiveKind, parameters: model.parameterCount
    ) { participants(in: $0.rows[...]) }
  }

  /// Fits, tests and records a node; returns its split where it is to be divided.
  private mutating func add(_ pending: Pending, id: Int) -> Split? {
    let rows = Array(node.rows[pending.range])
    let local = model.local(to: rows)
    var (entry, verdict) = fitAndTest(pending, id: id, rows: rows, by: local)
    if case .split(let variable) = verdict {
      entry.split = bestSplit(of: variable, by: local, rows: entry.rows, range: pending.range)
      if entry.split == nil { verdict = .stop(.noSplit) }
    }
    if case .stop(let reason) = verdict { entry.stop = reason }
    nodes.append(entry)
    return entry.split
  }

  /// A node with its estimates and tests; the scores are gone when its split is searched.
  private mutating func fitAndTest(
    _ pending: Pending, id: Int, rows: [Int32], by model: any NodeModel
  ) -> (TreeNode, Verdict) {
    let fit = model.fit(rows)
    var entry = TreeNode(
      id: id, parent: pending.parent, depth: pending.depth, rows: rows,
      coefficients: fit.coefficients, objective: fit.objective)
    let verdict = judge(&entry, by: model, fit: fit, range: pending.range)
    return (entry, verdict)
  }

  /// The participants of some rows, counted by their weights.
  private func participants(in rows: ArraySlice<Int32>) -> Double {
    guard let weights = variables.strata?.weights else { return Double(rows.count) }
    return rows.reduce(0) { $0 + weights[Int($1)] }
  }

  /// Whether a node is too small or too deep to be tested.
  private func limit(participants: Double, depth: Int) -> StopReason? {
    if !ChildSizes.reaches(participants, 2 * minSize) { return .minSize }
    if let maxDepth = control.maxDepth, depth + 1 >= maxDepth { return .maxDepth }
    return nil
  }

  /// Tests a node; it is to be split where a test is significant.
  private mutating func judge(
    _ entry: inout TreeNode, by model: any NodeModel, fit: NodeFit, range: Range<Int>
  ) -> Verdict {
    let participants = participants(in: node.rows[range])
    if let reason = limit(participants: participants, depth: entry.depth) { return .stop(reason) }
    guard fit.coefficients.effect != nil, !fit.isSeparated else { return .stop(.notEstimable) }
    let outcome = ScoreProcess.whiten(
      fit.scores, control: control,
      information: control.vcov == .opg ? nil : model.information(of: entry.rows))
    entry.notTested = outcome.notTested
    guard let process = outcome.process,
      control.fallback == .drop || !outcome.notTested.contains(where: \.isTrialIntercept)
    else { return .stop(.notEstimable) }
    entry.tests = tester.tests(process, scores: fit.scores, node: node, range: range)
    guard let best = entry.tests.strongest, let p = best.adjustedPValue, p <= control.alpha
    else { return .stop(.notSignificant) }
    entry.effectTest =
      control.testParameters == .treatment
      ? best
      : tester.effectTest(
        of: best.variable, process.effectAlone, node: node, range: range, among: entry.tests)
    return .split(variable: best.variable)
  }

  private func bestSplit(
    of variable: Int, by model: any NodeModel, rows: [Int32], range: Range<Int>
  ) -> Split? {
    let search = SplitSearch(
      model: model, minSize: minSize, control: control, strata: variables.strata)
    return switch variables.columns[variable] {
    case .numeric(_, _, let distinct?):
      search.numeric(variable, distinct, rows: rows)
    case .numeric(let values, _, nil):
      search.numeric(variable, values: values, order: Array(node.orders[variable][range]))
    case .nominal(let codes, let levels):
      search.nominal(variable, codes: codes, levels: levels, rows: rows)
    case .ordered(let codes, let levels):
      search.ordered(variable, codes: codes, levels: levels, rows: rows)
    }
  }

  /// Divides the rows of a node; returns the ranges of its children.
  private mutating func divide(_ pending: Pending, by split: Split) -> [Range<Int>] {
    // No child of a split in two can be larger; one child a level has no smallest size.
    let largest =
      participants(in: node.rows[pending.range])
      - (control.categorical == .multiway ? 0 : Double(minSize))
    return node.divide(
      pending.range, by: split, of: variables.columns[split.variable],
      keepsOrders: limit(participants: largest, depth: pending.depth + 1) == nil)
  }
}

extension ScoreParameter {
  /// Whether this is the intercept of a trial.
  fileprivate var isTrialIntercept: Bool {
    if case .trialIntercept = self { true } else { false }
  }
}
