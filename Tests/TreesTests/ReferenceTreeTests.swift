import Designs
import TestSupport
import Testing

@testable import Trees

/// Trees of `mob` and `mob-si` as partykit 1.2-16 grew them (`Figures/<case>/reference.json`).
@Suite struct ReferenceTreeTests {
  /// A setting that R was run with: the name in the reference, and our control.
  struct Setting: CustomTestStringConvertible {
    var figure: String
    var variant: String?
    var control = GrowthControl(ties: .rows, fallback: .stop)
    var testDescription: String { "\(figure) \(variant ?? "default")" }

    init(
      _ figure: String, _ variant: String? = nil, _ change: (inout GrowthControl) -> Void = { _ in }
    ) {
      self.figure = figure
      self.variant = variant
      change(&control)
    }
  }

  static let settings: [Setting] =
    ["low-back-pain", "few-trials", "many-trials", "null"].map { Setting($0) }
    + ["few-trials", "many-trials"].flatMap { figure in
      [
        Setting(figure, "alpha0.1") { $0.alpha = 0.1 },
        Setting(figure, "no_bonferroni") { $0.bonferroni = false },
        Setting(figure, "maxdepth2") { $0.maxDepth = 2 },
        Setting(figure, "maxdepth3") {
          $0.maxDepth = 3
          $0.alpha = 0.5
        },
        Setting(figure, "minsize30") { $0.minSize = 30 },
        Setting(figure, "trim0.15") { $0.trim = 0.15 },
        Setting(figure, "trim20obs") { $0.trim = 20 },
      ]
    } + [
      Setting("few-trials", "alpha0.5") { $0.alpha = 0.5 },
      Setting("few-trials", "minsize30_alpha0.5") {
        $0.minSize = 30
        $0.alpha = 0.5
      },
    ]

  @Test("same nodes, splits, statistics and p-values as R", arguments: settings)
  func sameTree(_ setting: Setting) throws {
    let reference = try ReferenceCase(setting.figure)
    let variables = SortedVariables(reference.variables, rows: reference.outcome.count)
    for method in ["mob", "mob-si"] {
      let tree = grow(reference.model(method), on: variables, control: setting.control)
      let nodes = try reference.nodes(method, variant: setting.variant)
      try #require(tree.nodes.count == nodes.count, "\(method)")
      for (node, expected) in zip(tree.nodes, nodes) {
        #expect(node.id == expected.id)
        #expect(node.rows.count == expected.n)
        #expect(node.parent == expected.parent)
        #expect(node.children == expected.kids ?? [])
        if setting.variant == nil {
          let objective = try #require(expected.objfun)
          #expect(close(node.objective, objective, relative: 1e-9))
          let effect = try #require(expected.coef?["t"] ?? nil)
          #expect(close(node.coefficients.effect ?? .nan, effect, relative: 1e-7, absolute: 1e-9))
        }
        try expectSplit(node.split, expected.split, reference)
        expectTests(node, expected, reference, "\(method) node \(node.id)")
      }
    }
  }

  private func expectSplit(
    _ split: Split?, _ expected: Reference.Split?, _ reference: ReferenceCase
  ) throws {
    guard let expected else {
      #expect(split == nil)
      return
    }
    let variable = try #require(reference.variables.firstIndex { $0.name == expected.variable })
    let levels = SplitVariable(reference.variables[variable]).levels
    switch try #require(split) {
    case .numeric(let index, let breakpoint):
      #expect(index == variable && breakpoint == expected.breaks)
    case .nominal(let index, let groups):
      #expect(index == variable)
      #expect(groups.map { $0.map { levels[$0] } } == expected.groups)
    case .ordered(let index, let level):
      #expect(index == variable && levels[level] == expected.leftUpTo)
    }
  }

  private func expectTests(
    _ node: TreeNode, _ expected: Reference.Node, _ reference: ReferenceCase, _ place: String
  ) {
    guard expected.caution == nil else { return }
    #expect(node.tests.count == expected.test.byVariable.count, "\(place)")
    for test in node.tests {
      let name = reference.variables[test.variable].name
      let figure = expected.test.byVariable[name]
      guard let p = figure?.p else {
        #expect(test.statistic == nil && test.pValue == nil, "\(place) \(name)")
        continue
      }
      #expect(
        close(test.statistic ?? .nan, figure?.stat ?? .nan, relative: 1e-6), "\(place) \(name)")
      #expect(close(test.adjustedPValue ?? .nan, p, relative: 1e-6), "\(place) \(name)")
    }
  }
}
