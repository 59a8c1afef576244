import Designs
import Inference
import Testing
import Trees

@testable import Subgroups

@Suite struct SplitMatchingTests {
  static func node(_ id: Int, _ rows: [Int32], parent: Int? = 1, split: Split? = nil) -> TreeNode {
    TreeNode(
      id: id, parent: parent, depth: parent == nil ? 0 : 1, rows: rows,
      coefficients: NodeCoefficients(effect: nil, intercept: nil), objective: 0, split: split,
      children: split == nil ? [] : [2, 3])
  }

  /// Ten participants, x = 1 … 10; the tree divides them at a cut.
  static func tree(cut: Int32) -> Tree {
    Tree(nodes: [
      node(1, Array(0..<10), parent: nil, split: .numeric(variable: 0, breakpoint: Double(cut))),
      node(2, Array(0..<cut)), node(3, Array(cut..<10)),
    ])
  }

  @Test func cutsOverlapByTheParticipantsBetweenThem() {
    let tree = Self.tree(cut: 4)
    func overlap(_ first: Split, _ second: Split) -> Double {
      tree.overlap(first, second) { variable, row in
        variable == 2 ? .level(Int(row) % 3) : .number(Double(row + 1))
      }
    }
    let four = Split.numeric(variable: 0, breakpoint: 4)
    #expect(overlap(four, four) == 1)
    // Participants 5 to 7 change sides.
    #expect(overlap(four, .numeric(variable: 0, breakpoint: 7)) == 0.7)
    #expect(overlap(four, .numeric(variable: 1, breakpoint: 4)) == 0)
    // The same groups the other way round.
    #expect(
      overlap(
        .nominal(variable: 2, groups: [[0], [1, 2]]), .nominal(variable: 2, groups: [[1, 2], [0]]))
        == 1)
  }

  @Test func nodesOverlapByTheParticipantsOfEither() {
    #expect(Self.node(2, [0, 1, 2, 3]).overlap(with: Self.node(2, [2, 3, 4])) == 0.4)
    #expect(Self.node(2, [0, 1]).overlap(with: Self.node(2, [0, 1])) == 1)
    #expect(Self.node(2, [0]).overlap(with: Self.node(2, [1])) == 0)
  }

  @Test func crossTableByHand() {
    let table = CrossTable(Self.tree(cut: 4), Self.tree(cut: 7))
    #expect(table.first == [2, 3] && table.second == [2, 3])
    #expect(table.counts == [[4, 0], [3, 3]])
  }

  /// R: `(qnorm(1 - 0.05/6) + qnorm(0.8)) * 2 * 2 / sqrt(50*50/100 + 20*60/80)` is 2.04637377, and
  /// `(qnorm(1 - 0.025) + qnorm(0.8)) * 2 / sqrt(25 * 0.4 * 0.6 + 15 * 0.5 * 0.5)` is 1.79445067.
  @Test(arguments: [
    (Family.gaussian, true, 2.04637377), (Family.binomial, false, 1.79445067),
  ])
  func detectableDifferenceByFormula(family: Family, bonferroni: Bool, expected: Double) throws {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.growth.bonferroni = bonferroni
    let arms = [(0, 50), (1, 50), (0, 20), (1, 60)]
    var (arm, trial, outcome): ([UInt8], [Int32], [Double]) = ([], [], [])
    for (cell, (code, size)) in arms.enumerated() {
      for i in 0..<size {
        arm.append(UInt8(code))
        trial.append(Int32(cell / 2))
        // 40 and 40 events of 100 and 80.
        outcome.append(i < (cell < 2 ? 20 : cell == 2 ? 10 : 30) ? 1 : 0)
      }
    }
    let n = arm.count
    let design = Design(
      formula: "y ~ t | k | a + b + c", outcomeName: "y", family: family, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "k", trials: ["A", "B"], trial: trial,
      partitioning: ["a", "b", "c"].map {
        PartitioningVariable(name: $0, values: .numeric([Double](repeating: 0, count: n)))
      }, exclusions: Exclusions(rows: n, used: n, counts: []))
    let found = try #require(DetectableDifference(design, plan, sigma: 2))
    #expect(abs(found.difference - expected) < 1e-6)
    #expect(DetectableDifference(design, plan, sigma: nil) == nil || family == .binomial)
  }
}
