import Designs
public import Inference
import Numerics
import Words

extension ReportContent {
  /// The list of the prior sets that ship with the program: single ones, then the rows of tables.
  ///
  /// Throws where a row of a table is no prior.
  public init(_ sets: [PriorSet], _ tables: [PriorTable]) throws(PriorError) {
    var blocks: [ReportBlock] = [
      .title("metamob priors: sets"),
      .facts(sets.map { set in .init(set.name, [set.heterogeneityWords, set.purpose]) }),
    ]
    for table in tables {
      blocks += [
        .heading("\(table.name): \(counted(table.rows.count, "set"))"),
        .paragraph(table.description), .table(try Self.rows(of: table)),
      ]
    }
    self.init(blocks: blocks)
  }

  /// Rows under what their descriptions begin with, up to the first semicolon.
  private static func rows(of table: PriorTable) throws(PriorError) -> ReportTable {
    var groups: [(heading: String, rows: [ReportTable.Row])] = []
    for row in table.rows {
      guard let entries = try table.set(named: row.name)?.entries(table.family) else { continue }
      let prior = entries.tau1.prior
      let heading = row.description.prefix { $0 != ";" }
      if groups.last?.heading != String(heading) { groups.append((String(heading), [])) }
      groups[groups.count - 1].rows.append(
        .init(
          row.name,
          [
            [
              NumberStyle.significant(prior.quantile(0.5)),
              NumberStyle.significant(prior.quantile(0.95)),
            ]
          ]))
    }
    let measure = try table.rows.first.flatMap { (row) throws(PriorError) in
      try table.set(named: row.name)?.entries(table.family)?.tau1.unit
    }.map { PriorMeasure($0, table.family) }
    return ReportTable(
      labelTitle: "",
      panels: [.init("τ1 in \((measure ?? .outcome).words)", ["median", "95% below"])],
      sections: groups.map { .init($0.heading, $0.rows) })
  }

  /// A prior set: its entries, and what its τ1 says.
  public init(_ set: PriorSet) {
    var blocks: [ReportBlock] = [.title("metamob priors: \(shown(set.name))")]
    if !set.description.isEmpty { blocks.append(.paragraph(set.description)) }
    for family in Family.allCases {
      guard let entries = set.entries(family) else { continue }
      blocks += [
        .heading(family.outcomeWords), .facts(Self.facts(entries, family, set.defaulted(family))),
      ]
      let measure = PriorMeasure(entries.tau1.unit, family)
      if let meaning = try? PriorMeaning(entries.tau1.prior) {
        blocks += Self.meaning(meaning, measure)
      }
    }
    if !set.source.isEmpty { blocks += [.heading("Sources"), .list(set.source)] }
    self.init(blocks: blocks)
  }

  private static func facts(
    _ entries: PriorSet.Entries, _ family: Family, _ defaulted: [String]
  ) -> [ReportBlock.Fact] {
    var facts = [
      ("effect", "effect", entries.effect.words(family)),
      ("intercept", "intercept", entries.intercept.words(family)),
      ("coefficient", "coefficient", entries.coefficient.words(family)),
      ("tau0", "τ0", entries.tau0.words(family)), ("tau1", "τ1", entries.tau1.words(family)),
    ]
    if family == .gaussian { facts.append(("sigma", "σ", entries.sigma.words(family))) }
    facts.append(
      ("correlation", "correlation", "lkj(\(NumberStyle.significant(entries.correlation.eta)))"))
    return facts.map { key, name, words in
      let isDefault = defaulted.contains("\(family.rawValue).\(key)")
      return .init(name, [words + (isDefault ? ", as in weakly-informative" : "")])
    }
  }

  private static func meaning(_ meaning: PriorMeaning, _ measure: PriorMeasure) -> [ReportBlock] {
    let prior = meaning.prior
    let titles = PriorMeaning.probabilities.map { NumberStyle.percent($0) }
    var blocks: [ReportBlock] = [
      .table(
        ReportTable(
          labelTitle: "",
          panels: [.init("quantiles", titles), .init("", ["mean", "SD"])],
          sections: [
            .init(
              "τ1 in \(measure.words)",
              [
                .init(
                  "τ1",
                  [
                    meaning.quantiles.map { NumberStyle.significant($0) },
                    [prior.mean, prior.standardDeviation].map { NumberStyle.significant($0) },
                  ])
              ])
          ])),
      .list([measure.range(meaning) + "."]),
    ]
    if !measure.classes.isEmpty {
      blocks.append(
        .table(
          ReportTable(
            labelTitle: "heterogeneity", panels: [.init("", ["τ1", "probability"])],
            sections: [.init("", measure.classes.map { row($0, meaning) })])))
    }
    return blocks
  }

  private static func row(
    _ range: HeterogeneityClass, _ meaning: PriorMeaning
  ) -> ReportTable.Row {
    let (lower, upper) = (
      NumberStyle.significant(range.lower), NumberStyle.significant(range.upper)
    )
    let limits =
      range.lower < 0
      ? "up to \(upper)" : range.upper.isFinite ? "\(lower) to \(upper)" : "above \(lower)"
    return .init(
      range.name, [[limits, NumberStyle.probability(meaning.probability(of: range))]])
  }
}

extension PriorSet {
  /// The priors of τ1, family by family.
  fileprivate var heterogeneityWords: String {
    Family.allCases.compactMap { family in
      entries(family).map { "\(family.rawValue): τ1 \($0.tau1.words(family))" }
    }.joined(separator: "; ")
  }
}
