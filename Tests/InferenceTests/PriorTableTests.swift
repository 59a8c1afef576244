import Designs
import Foundation
import Inference
import JSON
import TestSupport
import Testing

/// The sets that ship with the program.
@Suite("Prior sets that ship with the program")
struct PriorTableTests {
  private static let comparisons = [
    "A": "drug-control", "B": "drug-drug", "C": "other-control", "D": "other-drug",
    "E": "other-other", "N": "other",
  ]
  private static let areas = ["other": "", "resp": "-respiratory", "cancer": "-cancer"]

  /// The end of a row's name for a column of the printed table.
  private static func ending(_ column: String) -> String {
    let words = column.split(separator: " ").map(String.init)
    if column == "any" { return "any" }
    let comparison = "-" + (comparisons[words[0]] ?? "?")
    return words.count == 1 ? comparison : comparison + (areas[words[1]] ?? "?")
  }

  private func tau1(_ name: String, _ family: Family) throws -> PriorSet.HeterogeneityEntry {
    try #require(PriorSet.shipped(named: name).entries(family)?.tau1)
  }

  /// `empirical-priors.csv` is a transcription of the papers' tables of its own, in their order.
  @Test("Every row of Turner et al. and Rhodes et al.")
  func publishedTables() throws {
    let printed = try #require(FigureTable("nnhm/empirical-priors.csv"))
    let rows = try PriorSet.tables().flatMap { table in table.rows.map { (table, $0) } }
    #expect(printed.rows == 154 && rows.count == 154)
    for (index, (table, row)) in rows.enumerated() {
      func cell(_ column: String) -> String { printed.columns[column]?[index] ?? "" }
      #expect(cell("table") == table.name)
      #expect(row.name.hasPrefix("\(table.name)-"))
      #expect(row.name.hasSuffix(Self.ending(cell("column"))), "\(row.name), \(cell("column"))")
      let location = try #require(Double(cell("location")))
      let scale = try #require(Double(cell("scale")))
      let entry = try tau1(row.name, table.family)
      if table.name == "turner" {
        #expect(entry.prior == .logNormal(meanlog: location / 2, sdlog: scale / 2))
        #expect(entry.unit == .absolute && table.family == .binomial)
      } else {
        #expect(entry.prior == .logT(df: 5, location: location / 2, scale: scale / 2))
        #expect(entry.unit == .withinArmSD && table.family == .gaussian)
      }
    }
  }

  /// What bayesmeta 3.4 returns for 19 of the rows, with the quantiles of τ.
  @Test("Rows as bayesmeta has them")
  func packageTables() throws {
    let document = try JSONValue(data: #require(figure("nnhm/priors.json")))
    for table in try PriorSet.tables() {
      let known = try #require(document["tau_prior_tables"]?[table.name]?.array)
      #expect(known.count > 8)
      for row in known {
        let found = Self.name(row, in: table)
        let name = try #require(found)
        let prior = try tau1(name, table.family).prior
        for (percent, value) in try #require(row["tau_quantiles"]?.object) {
          let p = try #require(Double(percent)) / 100
          #expect(
            close(prior.quantile(p), value.number ?? .nan, relative: 1e-11), "\(name), \(percent)")
        }
      }
    }
  }

  /// The row of a table that has bayesmeta's words for outcome, comparison and area.
  private static func name(_ known: JSONValue, in table: PriorTable) -> String? {
    guard let outcome = known["outcome"]?.string else { return nil }
    if outcome == "any (general)" { return "\(table.name)-any" }
    let drug = known["comparator1"]?.string == "pharmacological"
    let control = known["comparator2"]?.string == "placebo / control"
    let comparison =
      drug
      ? (control ? "-drug-control" : "-drug-drug")
      : table.name == "rhodes" ? "-other" : "-other-control"
    let area = known["area"]?.string.map { $0 == "other" ? "" : "-\($0)" } ?? ""
    let words = outcome.split { !$0.isLetter }.prefix(1).joined()
    return table.rows.first { row in
      row.name.hasSuffix(comparison + area)
        && row.description.split { !$0.isLetter }.joined(separator: " ").hasPrefix(words)
    }?.name
  }

  @Test("Every name is one set, with a description and a source")
  func names() throws {
    let names = try PriorSet.single + PriorSet.tables().flatMap { $0.rows.map(\.name) }
    #expect(Set(names).count == names.count)
    #expect(PriorSet.single.count == 9)
    for name in names {
      let set = try PriorSet.shipped(named: name)
      #expect(set.name == name)
      #expect(!set.description.isEmpty && !set.source.isEmpty, "\(name)")
      for family in Family.allCases where set.entries(family) != nil {
        let priors = try ResolvedPriors(set, family, OutcomeScale(covariateSDs: []))
        #expect(priors.tau1.quantile(0.5) > 0)
      }
    }
  }

  /// The scales of Friede and others (2017), and those that the unit-information SDs lead to.
  @Test("Scales of the half-normal sets")
  func scales() throws {
    #expect(try tau1("half-normal-0.5", .binomial).prior == .halfNormal(scale: 0.5))
    #expect(try tau1("half-normal-1.0", .binomial).prior == .halfNormal(scale: 1))
    for (name, fraction) in [("uisd-8", 8.0), ("uisd-4", 4.0)] {
      // u = 4 for log odds ratios at a risk of one half, twice the within-arm SD for differences.
      #expect(try tau1(name, .binomial).prior == .halfNormal(scale: 4 / fraction))
      #expect(try tau1(name, .gaussian).prior == .halfNormal(scale: 2 / fraction))
      #expect(try tau1(name, .gaussian).unit == .withinArmSD)
    }
    // Its median is that of weakly-informative, as its description says, to the digits of its rate.
    let median = try tau1("weakly-informative", .gaussian).prior.quantile(0.5)
    #expect(
      close(try tau1("exponential", .gaussian).prior.quantile(0.5), median, relative: 1e-3))
  }

  @Test("An unknown name is an error that knows all names")
  func unknown() throws {
    #expect {
      try PriorSet.shipped(named: "turner")
    } throws: { error in
      guard case PriorError.unknownSet("turner", let known, let tables)? = error as? PriorError
      else { return false }
      return known.count == 163 && tables == ["turner", "rhodes"]
    }
  }

  @Test(
    "A table that is wrong",
    arguments: [
      ("\"outcome\": \"binomial\"", "\"outcome\": \"poisson\"", "outcome"),
      ("\"name\", \"description\", \"meanlog\"", "\"name\", \"meanlog\"", "columns"),
      ("\"any\", 1, 2", "\"any\", 1", "rows[0]"), ("prior-table/1", "prior-table/2", "schema"),
      ("\"rows\": [", "\"row\": [", "row"),
      ("\"prior\": {\"family\": \"log-normal\"}", "\"prior\": 1", "rows"),
    ])
  func malformed(part: String, wrong: String, key: String) throws {
    let right = """
      {"schema": "metamob.prior-table/1", "name": "own", "description": "d", "source": [],
       "outcome": "binomial", "entry": "tau1", "prior": {"family": "log-normal"},
       "columns": ["name", "description", "meanlog", "sdlog"], "rows": [["own-any", "any", 1, 2]]}
      """
    let table = try PriorTable(data: Data(right.utf8), file: "own.json")
    #expect(
      try table.set(named: "own-any")?.entries(.binomial)?.tau1.prior
        == .logNormal(meanlog: 1, sdlog: 2))
    #expect(try table.set(named: "other") == nil)
    #expect {
      try PriorTable(
        data: Data(right.replacing(part, with: wrong).utf8), file: "own.json")
    } throws: { error in
      guard case PriorError.invalid("own.json", let found, _)? = error as? PriorError else {
        return false
      }
      return found == key
    }
  }

  @Test("A table in the place of a set is an error that names rows")
  func tableAsSet() throws {
    let data = Data(#"{"schema": "metamob.prior-table/1", "rows": []}"#.utf8)
    #expect {
      try PriorSet(data: data, file: "turner.json")
    } throws: { error in
      guard case PriorError.invalid("turner.json", "schema", let problem)? = error as? PriorError
      else { return false }
      return problem.contains("a row's name")
    }
  }
}
