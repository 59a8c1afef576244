import Foundation
import Numerics

/// The evidence in every tested node of a tree, given the model and the control that it was grown by.
///
/// Nodes are fitted again, one after another; O(rows × variables followed) a node, after growth and
/// for one tree alone, so that growing costs no more.
public func evidence(
  in tree: Tree, _ model: some NodeModel, on variables: SortedVariables, control: GrowthControl
) -> [NodeEvidence] {
  let search = EvidenceSearch(model: model, variables: variables, control: control)
  return tree.nodes.filter { !$0.tests.isEmpty }.compactMap(search.evidence)
}

/// Follows the strongest variables of one node after another.
private struct EvidenceSearch {
  let model: any NodeModel
  let variables: SortedVariables
  let control: GrowthControl
  private let minSize: Int

  init(model: any NodeModel, variables: SortedVariables, control: GrowthControl) {
    (self.model, self.variables, self.control) = (model, variables, control)
    minSize = control.resolvedMinSize(parameters: model.parameterCount)
  }

  func evidence(_ node: TreeNode) -> NodeEvidence? {
    let local = model.local(to: node.rows)
    let fit = local.fit(node.rows)
    let outcome = ScoreProcess.whiten(
      fit.scores, control: control,
      information: control.vcov == .opg ? nil : local.information(of: node.rows))
    guard let process = outcome.process else { return nil }
    let rows = NodeScores(node.rows, fit.scores, dataRows: variables.dataRows)
    let level = level(tests: node.tests.count { $0.pValue != nil })
    let followed = node.strongestVariables(node.isLeaf ? 1 : NodeEvidence.variables).enumerated()
    let processes = followed.compactMap { place, variable in
      curve(variable, process, rows, level: level)?.thinned(to: Self.points(place))
    }
    let profiles =
      node.isLeaf
      ? []
      : followed.compactMap { place, variable in
        profile(variable, local, node, undivided: fit.objective, points: Self.points(place))
      }
    return NodeEvidence(node: node.id, processes: processes, profiles: profiles)
  }

  /// The largest number of points of the curve at a place.
  private static func points(_ place: Int) -> Int {
    place == 0 ? NodeEvidence.mostPoints : NodeEvidence.mostPointsOfOthers
  }

  /// The p-value before adjustment that comes to alpha after it.
  private func level(tests: Int) -> Double {
    guard control.bonferroni, tests > 0 else { return control.alpha }
    let exact = -expm1(log1p(-control.alpha) / Double(tests))
    return exact > 0.001 ? exact : control.alpha / Double(tests)
  }

  // MARK: Processes

  private func curve(
    _ variable: Int, _ process: ScoreProcess, _ node: NodeScores, level: Double
  ) -> ScoreCurve? {
    switch variables.columns[variable] {
    case .numeric(let values, let hasTies, _):
      let from = control.firstCandidate(total: process.total, minSize: minSize)
      let points = node.points(
        process, values: values, order: variables.orders[variable].filter { node.holds($0) },
        from: from, readsEveryRow: !hasTies || control.ties == .rows)
      let null = SupremumLM(parameters: process.parameters, from: from, of: process.total)
      return ScoreCurve(
        variable: variable, reading: .values, points: points,
        critical: criticalValue(level, null.logUpperTail))
    case .nominal(let codes, let levels):
      return contributions(variable, process, node, codes, levels, level: level)
    case .ordered(let codes, let levels):
      guard control.ordinal == .l2 else {
        return control.ordinal == .chisq
          ? contributions(variable, process, node, codes, levels, level: level) : nil
      }
      let sums = node.sums(codes, levels)
      let null = OrderedMaximum(parameters: process.parameters, counts: sums.sums.counts)
      return ScoreCurve(
        variable: variable, reading: .thresholds, points: sums.thresholds(process.tested),
        critical: criticalValue(level, null.logUpperTail))
    }
  }

  private func contributions(
    _ variable: Int, _ process: ScoreProcess, _ node: NodeScores, _ codes: [Int32], _ levels: Int,
    level: Double
  ) -> ScoreCurve {
    let sums = node.sums(codes, levels)
    let df = Double(process.parameters * (sums.levels.count - 1))
    return ScoreCurve(
      variable: variable, reading: .levels, points: sums.contributions(process.tested),
      critical: df > 0
        ? criticalValue(level) { Distributions.logChiSquaredUpperTail($0, df: df) } : nil)
  }

  // MARK: Profiles

  private func profile(
    _ variable: Int, _ model: any NodeModel, _ node: TreeNode, undivided: Double,
    points: Int
  ) -> CutProfile? {
    let search = SplitSearch(
      model: model, minSize: minSize, control: control, strata: variables.strata)
    let all: [CutProfile.Candidate]
    var kept: [CutProfile.Candidate]
    switch variables.columns[variable] {
    case .numeric(let values, _, _):
      let isMember = Membership(node.rows, dataRows: variables.dataRows)
      all = search.numericProfile(
        variable, values: values, order: variables.orders[variable].filter { isMember.holds($0) })
      kept = all.thinned(to: points) { $0.objective < $1.objective }
    case .ordered(let codes, let levels):
      all = search.orderedProfile(variable, codes: codes, levels: levels, rows: node.rows)
      kept = all.thinned(to: points) { $0.objective < $1.objective }
    case .nominal(let codes, let levels):
      all = search.nominalProfile(variable, codes: codes, levels: levels, rows: node.rows)
      kept = Array(all.sorted { $0.objective < $1.objective }.prefix(20))
    }
    kept.removeAll { !$0.objective.isFinite }
    guard !kept.isEmpty else { return nil }
    return CutProfile(
      variable: variable, undivided: undivided, candidates: kept, tried: all.count)
  }
}

extension TreeNode {
  /// The variables with the smallest p-values, the one that split the node first.
  fileprivate func strongestVariables(_ count: Int) -> [Int] {
    let tested = tests.filter { $0.logPValue != nil }
    let chosen = split?.variable ?? tested.strongest?.variable
    let others = tested.enumerated().filter { $0.element.variable != chosen }.sorted {
      ($0.element.logPValue ?? 0, $0.offset) < ($1.element.logPValue ?? 0, $1.offset)
    }
    return (chosen.map { [$0] } ?? []) + others.prefix(count - 1).map(\.element.variable)
  }
}

/// The statistic whose upper tail is a p-value, by bisection; nil where none below 10⁶ is.
func criticalValue(_ p: Double, _ logUpperTail: (Double) -> Double) -> Double? {
  guard p > 0, p < 1 else { return nil }
  let target = log(p)
  var (low, high) = (0.0, 1.0)
  while logUpperTail(high) > target {
    low = high
    high *= 2
    guard high < 1e6 else { return nil }
  }
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if logUpperTail(middle) > target { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
