import JSON
import TestSupport
import Testing

@testable import HTMLReport

/// What the report computes itself.
@Suite("Figures of the report")
struct ReportFiguresTests {
  private func document(
    family: String = "gaussian", trials: [(String, Int, Int)], leaf: JSONValue, nodes: JSONValue,
    outcomes: JSONValue
  ) -> JSONValue {
    [
      "call": [
        "family": .string(family), "level": JSONValue(0.95),
        "control": ["alpha": JSONValue(0.05), "no_bonferroni": false, "subgroups": nil],
      ],
      "data": [
        "used": JSONValue(trials.reduce(0) { $0 + $1.1 }), "outcome": "y", "trial": "trial",
        "treatment": ["column": "t", "reference": "c", "active": "a"],
        "trials": .array(
          trials.map {
            ["trial": .string($0.0), "n": JSONValue($0.1), "n_active": JSONValue($0.2)]
          }),
      ],
      "variables": [["name": "x"], ["name": "z"]],
      "runs": [
        [
          "method": "metamob-si", "estimator": "reml", "tree": ["nodes": nodes],
          "fit": ["subgroups": leaf, "heterogeneity": ["sigma": JSONValue(2.0)]],
          "figures": ["outcomes": outcomes],
        ]
      ],
    ]
  }

  private let root: JSONValue = [
    ["id": JSONValue(1), "n": JSONValue(180), "leaf": true, "rule": "", "split": nil]
  ]

  /// From R: the standard error of the interaction in the design matrix of y ~ trial:half + t + t:half with
  /// σ = 2 and equal halves, times qnorm(1 − 0.05 / 4) + qnorm(0.8).
  @Test("The detectable difference is that of the linear model")
  func detectable() throws {
    let fit = ReportFit(
      document(
        trials: [("A", 80, 44), ("B", 60, 20), ("C", 40, 30)], leaf: [], nodes: root, outcomes: []),
      run: nil)
    let run = try #require(fit.groups.first?.main)
    let found = try #require(DetectableDifference(fit, run))
    #expect(relativeDifference(found.difference, 1.93461996778845) < 1e-12)
    #expect(found.level == 0.025)
  }

  /// From R: `uniroot` of the power of a z test at level 0.05 / 2 less 0.8, information Σ n₀ n₁ / n · p (1 − p).
  @Test("Of events it follows from their shares in the trials")
  func detectableOfEvents() throws {
    let outcomes: JSONValue = [
      [
        "node": JSONValue(1),
        "by_trial": [
          ["trial": "A", "n": JSONValue(80), "events": JSONValue(24)],
          ["trial": "B", "n": JSONValue(60), "events": JSONValue(30)],
          ["trial": "C", "n": JSONValue(40), "events": JSONValue(8)],
        ],
      ]
    ]
    let fit = ReportFit(
      document(
        family: "binomial", trials: [("A", 80, 44), ("B", 60, 20), ("C", 40, 30)], leaf: [],
        nodes: root, outcomes: outcomes), run: nil)
    let run = try #require(fit.groups.first?.main)
    let found = try #require(DetectableDifference(fit, run))
    #expect(relativeDifference(found.difference, 2.09152804569808) < 1e-9)
  }

  private func split(_ cells: [(String, [Int])]) -> (nodes: JSONValue, outcomes: JSONValue) {
    let nodes: JSONValue = [
      [
        "id": JSONValue(1), "n": JSONValue(1), "leaf": false, "rule": "",
        "split": ["variable": "x", "children": [JSONValue(2), JSONValue(3)]],
      ],
      [
        "id": JSONValue(2), "parent": JSONValue(1), "n": JSONValue(1), "leaf": true,
        "rule": "x <= 0", "split": nil,
      ],
      [
        "id": JSONValue(3), "parent": JSONValue(1), "n": JSONValue(1), "leaf": true,
        "rule": "x > 0", "split": nil,
      ],
    ]
    func leaf(_ id: Int, _ place: Int) -> JSONValue {
      [
        "node": JSONValue(id),
        "by_trial_and_arm": .array(
          cells.flatMap { trial, sizes in
            [("c", sizes[place]), ("a", sizes[place + 1])].map {
              ["trial": .string(trial), "arm": .string($0.0), "n": JSONValue($0.1)]
            }
          }),
      ]
    }
    return (nodes, [leaf(2, 0), leaf(3, 2)])
  }

  private func share(_ cells: [(String, [Int])]) throws -> Double? {
    let (nodes, outcomes) = split(cells)
    let fit = ReportFit(
      document(
        trials: cells.map { ($0.0, $0.1.reduce(0, +), $0.1[1] + $0.1[3]) }, leaf: [], nodes: nodes,
        outcomes: outcomes), run: nil)
    let run = try #require(fit.groups.first?.main)
    #expect(DetectableDifference(fit, run) == nil)
    return WithinTrialShare(fit, run)?.share
  }

  /// From R: the variances of the interaction in two design matrices, with one treatment effect and with one
  /// for each trial.
  @Test("The share from within trials is the ratio of two linear models' variances")
  func withinTrials() throws {
    let found = try share([
      ("A", [30, 35, 10, 12]), ("B", [20, 10, 25, 15]), ("C", [5, 8, 40, 38]),
    ])
    #expect(relativeDifference(try #require(found), 0.720302485484928) < 1e-12)
    let same = try share([("A", [10, 20, 30, 60]), ("B", [5, 10, 15, 30])])
    #expect(relativeDifference(try #require(same), 1) < 1e-12)
    #expect(try share([("A", [10, 20, 0, 0]), ("B", [0, 0, 15, 30])]) == 0)
    #expect(try share([("A", [10, 20, 0, 0]), ("B", [10, 3, 0, 0])]) == nil)
  }
}
