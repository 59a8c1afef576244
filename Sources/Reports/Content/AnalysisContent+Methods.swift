import CrossValidation
import Designs
import Evidence
import Posterior
import Subgroups
import Trees
import Words

/// Several methods side by side.
extension AnalysisContent {
  /// Splits that send this share of the participants to the same side are one split with two cuts, and
  /// subgroups that share so many of the participants of either are one subgroup.
  static var matching: Double { 0.8 }

  private var names: [String] {
    analysis.runs.map { "\($0.method.rawValue) \($0.estimator.word)".unbroken }
  }

  /// What the methods find, side by side; nothing for one method.
  var methods: [ReportBlock] {
    guard groups.count > 1, !isPrespecified else { return [] }
    let splits = matchedSplits
    return [
      .heading("Methods side by side"), .paragraph(agreementWords(splits)), .table(overview),
    ] + splitTable(splits) + effectTable + randMatrix + crossTables + [.notes(methodNotes)]
  }

  private var overview: ReportTable {
    let rows = analysis.runs.enumerated().map { position, run in
      let tree = run.tree.tree
      let root = tree.root.split.map { $0.condition(child: 0, variables: variables).description }
      return ReportTable.Row(
        names[position],
        [
          ["\(tree.leaves.count)", root?.unbroken ?? "no split"],
          [style.quantity(run.tau1)] + run.criteria + (hasLOO ? [leaveOneOut(position)] : []),
        ])
    }
    return ReportTable(
      labelTitle: "method",
      panels: [
        .init("", ["subgroups", "root"]),
        .init("", ["τ1", "AIC", "BIC"] + (hasLOO ? ["LOO"] : [])),
      ],
      sections: [.init("", rows)])
  }

  /// Whether leave-one-out by participant was computed for a run.
  private var hasLOO: Bool {
    supplements.evidence.runs.values.contains { $0.participants != nil }
  }

  /// elpd by PSIS-LOO of a Bayesian run, with its standard error.
  private func leaveOneOut(_ position: Int) -> String {
    guard let found = supplements.evidence.runs[position]?.participants else { return "" }
    let error = found.standardError.map { " (\(Self.nats($0)))" } ?? ""
    return (Self.nats(found.elpd) + error).unbroken
  }

  // MARK: Splits

  /// One split as several trees have it.
  private struct MatchedSplit {
    let split: Split
    /// The splits of each run that match.
    var found: [Int: [(node: Int, split: Split)]]
  }

  private func value(_ variable: Int, _ row: Int32) -> SplitValue {
    switch design.partitioning[variable].values {
    case .numeric(let numbers): .number(numbers[checked: Int(row)] ?? .nan)
    case .nominal(let codes, _), .ordered(let codes, _):
      .level(Int(codes[checked: Int(row)] ?? -1))
    }
  }

  private var matchedSplits: [MatchedSplit] {
    var matched: [MatchedSplit] = []
    for (position, run) in analysis.runs.enumerated() {
      for node in run.tree.tree.innerNodes {
        guard let split = node.split else { continue }
        let place = matched.firstIndex { known in
          run.tree.tree.overlap(known.split, split, value: value) >= Self.matching
        }
        if let place {
          matched[place].found[position, default: []].append((node.id, split))
        } else {
          matched.append(MatchedSplit(split: split, found: [position: [(node.id, split)]]))
        }
      }
    }
    return matched.sorted { $0.found.count > $1.found.count }
  }

  private func words(_ split: Split) -> String {
    split.condition(child: 0, variables: variables).description.unbroken
  }

  private func splitTable(_ splits: [MatchedSplit]) -> [ReportBlock] {
    guard !splits.isEmpty else { return [] }
    let rows = splits.map { matched in
      ReportTable.Row(
        variables[matched.split.variable].name,
        names.indices.map { position in
          [
            matched.found[position].map { found in
              found.map { "[\($0.node)] \(cut($0.split))" }.joined(separator: ", ").unbroken
            } ?? NumberStyle.absent
          ]
        })
    }
    return [
      .table(
        ReportTable(
          labelTitle: "split on", panels: names.map { .init("", [$0]) },
          sections: [.init("", rows)]))
    ]
  }

  /// The cut of a split without its variable.
  private func cut(_ split: Split) -> String {
    let words = split.condition(child: 0, variables: variables).description
    return String(words.dropFirst(variables[split.variable].name.count + 1))
  }

  // MARK: Subgroups

  private var effectTable: [ReportBlock] {
    struct Matched {
      let node: TreeNode
      let rule: String
      var effects: [Int: String]
    }
    var matched: [Matched] = []
    for (position, run) in analysis.runs.enumerated() {
      for leaf in run.tree.tree.leaves {
        let effect = run.effectWords(leaf.id, style)
        let place = matched.firstIndex {
          $0.effects[position] == nil && $0.node.overlap(with: leaf) >= Self.matching
        }
        if let place {
          matched[place].effects[position] = effect
        } else {
          let rule = run.tree.tree.rule(of: leaf.id, variables: variables)
          matched.append(
            Matched(
              node: leaf,
              rule: rule.conditions.isEmpty
                ? "all participants"
                : rule.conditions.map(\.unbroken).joined(separator: " & "),
              effects: [position: effect]))
        }
      }
    }
    let rows = matched.map { subgroup in
      ReportTable.Row(
        subgroup.rule + ", " + "n = \(subgroup.node.rows.count)".unbroken,
        names.indices.map { [subgroup.effects[$0] ?? NumberStyle.absent] })
    }
    return [
      .table(
        ReportTable(
          labelTitle: "subgroup, or one like it",
          panels: names.map { .init("", ["\($0), \(level)"]) }, sections: [.init("", rows)]))
    ]
  }

  // MARK: Partitions

  private var randMatrix: [ReportBlock] {
    func index(_ a: Int, _ b: Int) -> Double? {
      a == b
        ? 1
        : analysis.agreement.first { $0.runs == [min(a, b), max(a, b)] }?.adjustedRandIndex
    }
    let rows = names.indices.map { a in
      ReportTable.Row(names[a], names.indices.map { [NumberStyle.ratio(index(a, $0))] })
    }
    return [
      .table(
        ReportTable(
          labelTitle: "adjusted Rand index", panels: names.map { .init("", [$0]) },
          sections: [.init("", rows)]))
    ]
  }

  /// The partitions of the first runs of any two methods, where they differ.
  private var crossTables: [ReportBlock] {
    let firsts = groups.compactMap { $0.likelihood?.position ?? $0.bayesian?.position }
    let pairs = firsts.indices.flatMap { a in
      firsts.indices.dropFirst(a + 1).map { (firsts[a], firsts[$0]) }
    }
    return pairs.compactMap { a, b -> ReportBlock? in
      let table = CrossTable(analysis.runs[a].tree.tree, analysis.runs[b].tree.tree)
      guard table.first.count > 1, table.second.count > 1,
        analysis.agreement.first(where: { $0.runs == [a, b] })?.adjustedRandIndex != 1
      else { return nil }
      let rows = table.first.indices.map { row in
        ReportTable.Row(
          "[\(table.first[row])]", [table.counts[row].map { $0 == 0 ? "" : "\($0)" }])
      }
      return .table(
        ReportTable(
          labelTitle: names[a],
          panels: [.init("participants of \(names[b])", table.second.map { "[\($0)]" })],
          sections: [.init("", rows)]))
    }
  }

  // MARK: Words

  private func agreementWords(_ splits: [MatchedSplit]) -> String {
    let runs = analysis.runs
    let split = runs.filter { $0.tree.tree.leaves.count > 1 }.count
    guard split > 0 else { return "No method finds a subgroup." }
    var sentences = [
      split == runs.count
        ? "All \(runs.count) trees have a split."
        : "\(split) of \(runs.count) trees have a split; "
          + "\(enumeration(missing { $0.tree.tree.leaves.count > 1 })) \(runs.count - split == 1 ? "has" : "have") "
          + "none."
    ]
    let roots = Set(runs.compactMap { $0.tree.tree.root.split?.variable })
    if split > 1 {
      sentences.append(
        roots.count == 1
          ? "Those with one split the root on \(variables[roots.first ?? 0].name)."
          : "Their roots split on \(enumeration(roots.sorted().map { variables[$0].name })).")
    }
    for matched in splits.prefix(5) {
      let found = matched.found.count
      let who =
        found == runs.count
        ? "all trees" : enumeration(matched.found.keys.sorted().map { names[$0] }) + " alone"
      sentences.append("\(words(matched.split)), or a cut like it, is a split of \(who).")
    }
    if splits.count > 5 { sentences.append("\(splits.count - 5) further splits are below.") }
    return sentences.joined(separator: " ")
  }

  private func missing(_ has: (Run) -> Bool) -> [String] {
    analysis.runs.indices.filter { !has(analysis.runs[$0]) }.map { names[$0] }
  }

  private var methodNotes: [String] {
    let share = NumberStyle.share(Self.matching)
    return [
      "A split stands in one row with others on its variable that send \(share) of all participants to the "
        + "same side; a subgroup with others that have \(share) of the participants of either in common. "
        + "Effects: estimate or posterior mean with its interval, each tree taken as given.",
      "AIC and BIC by maximum likelihood; the search is in neither, so that larger trees look better than "
        + "they are.",
    ]
      + (hasLOO
        ? [
          "LOO: elpd of a new participant of the same trials by PSIS-LOO, with its SE, of the Bayesian "
            + "runs; higher is better. It takes the tree as given, which has seen the outcomes that it "
            + "is to predict: larger trees look better than they are"
            + (supplements.crossValidation == .none
              ? " (--cross-validate N grows them again)." : ".")
        ] : [])
  }
}

extension Run {
  /// The estimate of τ1, or its posterior median.
  fileprivate var tau1: Double? {
    switch fit {
    case .likelihood(let result): result.tau(method.terms.effectPosition)
    case .bayesian(let result): result.tau1?.median
    }
  }

  /// AIC and BIC by maximum likelihood; empty cells by Bayes.
  fileprivate var criteria: [String] {
    guard case .likelihood(let result) = fit, let ml = result.byLikelihood else { return ["", ""] }
    let number = NumberStyle(decimals: 1)
    return [number.quantity(ml.aic), number.quantity(ml.bic)]
  }

  /// The effect of a leaf with its interval.
  fileprivate func effectWords(_ leaf: Int, _ style: NumberStyle) -> String {
    switch fit {
    case .likelihood(let result):
      let effect = result.subgroups.first { $0.node == leaf }?.effect
      return "\(style.quantity(effect?.estimate)) \(style.interval(effect?.interval))"
    case .bayesian(let result):
      let effect = result.subgroups.first { $0.node == leaf }?.effect
      return "\(style.quantity(effect?.mean)) \(style.interval(effect?.central))"
    }
  }
}
