import Designs
import MixedModels
import Posterior
import Reports
import Testing
import Trees

@testable import Subgroups

/// The text of a report, and the text as one line, in which sentences can be sought.
struct Printed {
  let text: String
  let lines: [String]
  let flowing: String

  init(_ analysis: Analysis, width: Int = 80) {
    text = TextRenderer(width: width).text(ReportContent(analysis, call: Fixture.call))
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    flowing = text.split { $0 == "\n" || $0 == " " }.joined(separator: " ")
  }

  /// The line after the first one that begins with a text.
  func line(after start: String) -> String? {
    guard let place = lines.firstIndex(where: { $0.hasPrefix(start) }),
      lines.indices.contains(place + 1)
    else { return nil }
    return lines[place + 1]
  }
}

@Suite struct AnalysisContentTests {
  private func same(_ fixture: Fixture = Fixture()) throws -> Printed {
    let tree = fixture.data.tree(.lowBackPain)
    return Printed(try fixture.comparison(tree, tree))
  }

  private func different(_ fixture: Fixture = Fixture()) throws -> Printed {
    Printed(
      try fixture.comparison(
        fixture.data.tree(.lowBackPain), fixture.data.tree(.withoutAge)))
  }

  // MARK: Opening

  @Test func theHeaderSaysWhatWasDoneWithWhat() throws {
    let printed = try same()
    for words in [
      "data.csv: 1548 rows, 1512 used, 36 left out",
      "left out without rmdq: 20 (T1 15, T2 5)",
      "a row counts under each column that it misses",
      "Formula rmdq ~ treatment | trial | age + sex + rmdq_0",
      "rmdq, gaussian; lower is better; smallest worthwhile effect (MCID) 1.5",
      "treatment: intervention minus control, difference in mean rmdq",
      "metamob-si: an intercept for each trial in each subgroup, treatment effects varying between",
      "searched over 3 variables (age, sex, rmdq_0); a node is split where p <= 0.05 after "
        + "Bonferroni adjustment",
      "weakly-informative, on the outcome's scale: effect normal(0, ",
      "all trials 1512 504 1008",
    ] { #expect(printed.flowing.contains(words), "\(words)") }
    #expect(!printed.flowing.contains("τ0 half-normal"))
  }

  @Test func manyTrialsAreAParagraph() throws {
    var fixture = Fixture()
    fixture.data.trials = (1...13).map { "S\($0)" }
    let printed = try same(fixture)
    #expect(printed.flowing.contains("13 trials (control + intervention): S1 "))
    #expect(printed.flowing.contains("in all 504 + 1008."))
  }

  // MARK: Trees

  @Test func treesAreDrawnAsPartykitDoes() throws {
    let printed = try different()
    #expect(printed.lines.contains("[1] root                   1512  <0.001    0.54 ="))
    #expect(printed.lines.contains("|   |   [6] rmdq_0 <= 17    360  0.0214   -1.01 ≠"))
    #expect(printed.lines.contains("|   |   |   [8] age > 50    100   0.842   -1.63"))
    #expect(printed.flowing.contains("= split in both trees, ≠ split in this tree only."))
    #expect(
      printed.flowing.contains(
        "REML finds 5 subgroups, Bayes finds 4 subgroups; 3 splits in both trees, 1 only by REML, "
          + "0 only by Bayes; adjusted Rand index 0."))
    #expect(printed.flowing.contains("Bayes: [7] not split: too few participants."))
  }

  @Test func theSentenceOnPValuesStandsUnderABayesianTree() throws {
    let sentence =
      "Frequentist instability p-value, trial effects fixed at their posterior mean; a stopping "
      + "rule, not posterior evidence."
    #expect(try same().flowing.contains(sentence))
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    #expect(
      Printed(try fixture.analysis([try fixture.bayesian(tree)])).flowing.contains(sentence))
    #expect(
      !Printed(try fixture.analysis([fixture.likelihood(tree)])).flowing.contains("Frequentist"))
  }

  @Test func aSplitOfTheZeroStartAloneIsMarked() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    var analysis = try fixture.comparison(tree, tree)
    #expect(!Printed(analysis).flowing.contains("zero start"))
    analysis.runs[1].tree.robustToStart = [1: true, 2: true, 5: true, 6: false]
    let printed = Printed(analysis)
    #expect(printed.lines.contains("|   |   [6] rmdq_0 <= 17    360  0.0214   -0.90 =!"))
    #expect(
      printed.flowing.contains(
        "rests on differences between trials, which cannot be told from heterogeneity with 4 trials"
      ))
  }

  @Test func columnsLeftOutOfTheTestsAndTheAlternationAreReported() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    var analysis = try fixture.comparison(fixture.data.tree(.withoutAge), tree)
    analysis.runs[0].tree.tree.nodes[6].notTested = [.trialIntercept(trial: 2, participants: 1)]
    analysis.runs[0].tree.converged = false
    analysis.runs[0].tree.iterations = 100
    analysis.runs[1].tree.converged = false
    analysis.runs[1].tree.cycle = [tree, fixture.data.tree(.withoutAge)]
    let printed = Printed(analysis)
    for words in [
      "REML: left out of the tests (not estimable): [7] intercept of T3.",
      "REML: the alternation did not converge within 100 rounds.",
      "Bayes: the alternation did not converge, it ended in a cycle of 2 trees",
      "Bayes: another tree of the cycle: 4 subgroups, split at [1] rmdq_0 <= 11, [2] rmdq_0 <= 4, "
        + "[5] rmdq_0 <= 17.",
    ] { #expect(printed.flowing.contains(words), "\(words)") }
  }

  // MARK: Effects

  static let taken =
    "Intervals and probabilities take the tree as given. It was chosen from the same data by "
    + "searching 3 variables, so differences between subgroups are exaggerated: 'metamob stability' "
    + "with the same DATA, FORMULA and options says by how much."

  @Test func aSubgroupOfBothTreesHasOneRow() throws {
    let printed = try different()
    #expect(
      printed.line(after: "[9|7] rmdq_0 > 17, n = 161")?.split(separator: " ").map(String.init) == [
        "-1.94", "[-3.33,", "-0.55]", "8.9", "0.0214", "-1.20", "[-2.70,", "0.30]", "0.931",
      ])
    #expect(
      printed.line(after: "[7|–] rmdq_0 > 11 & rmdq_0 <= 17 & age <= 50, n = 260")?
        .split(separator: " ").map(String.init) == ["-1.32", "[-2.71,", "0.07]", "8.9", "0.0214"])
    #expect(printed.lines.contains("[6*|6] rmdq_0 > 11 & rmdq_0 <= 17, n = 360"))
    #expect(printed.flowing.contains("* inner node of that tree, which is collapsed there."))
    #expect(printed.lines.contains("Only in the REML tree"))
    #expect(printed.lines.contains("Only in the Bayesian tree"))
    #expect(printed.lines.contains("[1|1] all participants, n = 1512"))
  }

  /// The order of a rule's conditions depends on the order of splits; the subgroup does not.
  @Test func rulesThatDifferInOrderAloneAreTheSameSubgroup() throws {
    let fixture = Fixture()
    let first = fixture.data.tree(
      .numeric(2, 11, p: 0.01, .numeric(0, 50, p: 0.01, .leaf(300), .leaf(400)), .leaf(812)))
    let second = fixture.data.tree(
      .numeric(0, 50, p: 0.01, .numeric(2, 11, p: 0.01, .leaf(300), .leaf(512)), .leaf(700)))
    let printed = Printed(try fixture.comparison(first, second))
    #expect(printed.lines.contains("[3|3] rmdq_0 <= 11 & age <= 50, n = 300"))
    #expect(printed.flowing.contains("the roots differ"))
  }

  @Test func theSentenceOnTheSearchStandsUnderEveryTableOfEffects() throws {
    let printed = try same()
    #expect(printed.flowing.occurrences(of: Self.taken) == 2)
    var fixture = Fixture()
    fixture.data.variables = [.init(name: "age", values: .numeric([]))]
    let tree = fixture.data.tree(.numeric(0, 50, p: 0.01, .leaf(700), .leaf(812)))
    #expect(
      Printed(try fixture.comparison(tree, tree)).flowing.contains("by searching 1 variable, so"))
  }

  @Test func probabilitiesAreNeverCertain() throws {
    let printed = try same()
    #expect(printed.line(after: "[9|9] rmdq_0 > 17, n = 161")?.hasSuffix(">0.999") == true)
    #expect(printed.flowing.contains("[3|3] 0.931 0.248 <0.001"))
    #expect(!printed.flowing.contains("1.000 "))
  }

  @Test func benefitIsExplainedAndLeftOutWhereItWasNotAsked() throws {
    let printed = try same()
    #expect(
      printed.flowing.contains(
        "benefit: an effect below 0, > MCID: below -1.5; best: the largest benefit of all subgroups"
      ))
    var fixture = Fixture()
    fixture.benefit = .higher
    #expect(
      try same(fixture).flowing.contains("benefit: an effect above 0, > MCID: above 1.5"))
    fixture.benefit = nil
    fixture.mcid = nil
    let plain = try same(fixture)
    #expect(!plain.text.contains("benefit"))
    #expect(!plain.text.contains("MCID"))
    #expect(plain.flowing.contains("in a new trial"))
  }

  @Test func noSubgroupIsAPlainStatement() throws {
    let fixture = Fixture()
    let root = fixture.data.tree(.root)
    let printed = Printed(try fixture.comparison(root, root))
    #expect(printed.flowing.contains("No subgroup found by REML or by Bayes."))
    #expect(printed.lines.contains("Overall treatment effect (intervention minus control)"))
    #expect(
      printed.flowing.contains(
        "No subgroup found by Bayes: no instability test is significant (smallest p = 0.351, age)."
      ))
    #expect(printed.flowing.contains("[1|1] all participants, n = 1512 0.54 [-0.85, 1.93]"))
    #expect(!printed.flowing.contains("exaggerated"))
    #expect(!printed.flowing.contains("best"))
    #expect(!printed.flowing.contains("split in both trees"))
    let mixed = Printed(try fixture.comparison(fixture.data.tree(.lowBackPain), root))
    #expect(mixed.flowing.contains("REML finds 5 subgroups, Bayes finds no subgroup;"))
    #expect(mixed.flowing.contains(Self.taken))
  }

  @Test func prespecifiedSubgroupsAreNotSearched() throws {
    var fixture = Fixture()
    fixture.data.variables = []
    fixture.data.subgroups = SubgroupColumn(
      name: "region", codes: [Int32](repeating: 0, count: 1512), levels: ["EU", "US"])
    let tree = fixture.data.tree(
      .split(
        .nominal(variable: 0, groups: [[0], [1]]), p: nil,
        [.leaf(600, stop: nil), .leaf(912, stop: nil)]))
    let printed = Printed(try fixture.comparison(tree, tree))
    #expect(printed.flowing.contains("2 pre-specified subgroups."))
    #expect(printed.flowing.contains("the levels of region, specified in advance"))
    #expect(printed.lines.contains("[2|2] region in {EU}, n = 600"))
    #expect(!printed.flowing.contains("exaggerated"))
    #expect(!printed.lines.contains("Trees"))
  }

  @Test func pairsOfManySubgroupsAreNotPrinted() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.chain(leaves: 7, of: 1512))
    let printed = Printed(try fixture.comparison(tree, tree))
    #expect(printed.flowing.contains("All 21 pairwise differences stand in the JSON output"))
  }
}

extension String {
  /// How often a text occurs.
  func occurrences(of text: String) -> Int {
    ranges(of: text).count
  }
}

extension Outline {
  /// A tree that splits off one leaf after the other.
  static func chain(leaves: Int, of rows: Int) -> Outline {
    let size = rows / leaves
    return (1..<leaves).reduce(.leaf(rows - size * (leaves - 1), p: 0.4)) { tree, step in
      .numeric(step % 3 == 1 ? 0 : 2, Double(100 - step), p: 0.001, tree, .leaf(size, p: 0.5))
    }
  }
}
