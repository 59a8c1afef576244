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
    /// How far R's p-values of ordered variables may be from the truth.
    ///
    /// 10,000 simulations of `L2`;
    /// for `max` the quasi-Monte-Carlo error of `pmvnorm`, up to 0.001 a component, and adjustment
    /// for up to ten variables on top. OrderedMaximumTests has exact figures.
    var orderedError = 0.0
    /// The relative error of R's statistics: that of its iterations for logistic models.
    var relative: Double { figure.hasSuffix("binary") || figure == "binary-outcome" ? 1e-5 : 1e-6 }
    var testDescription: String { "\(figure) \(variant ?? "default")" }

    init(
      _ figure: String, _ variant: String? = nil, orderedError: Double = 0,
      _ change: (inout GrowthControl) -> Void = { _ in }
    ) {
      self.figure = figure
      self.variant = variant
      self.orderedError = orderedError
      change(&control)
    }
  }

  static let settings: [Setting] =
    ["low-back-pain", "few-trials", "many-trials", "null"].map { Setting($0) }
    + [
      Setting("rank-deficient"),
      Setting("rank-deficient", "minsize20_alpha0.5") {
        $0.minSize = 20
        $0.alpha = 0.5
      },
    ]
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
        Setting(figure, "numsplit_center") { $0.breakpoints = .midpoint },
        Setting(figure, "parm_t") { $0.testParameters = .partykit },
        Setting(figure, "prune_AIC") {
          $0.prune = .aic
          $0.alpha = 0.5
          $0.minSize = 30
        },
        Setting(figure, "prune_BIC") {
          $0.prune = .bic
          $0.alpha = 0.5
          $0.minSize = 30
        },
        Setting(figure, "catsplit_multiway") {
          $0.categorical = .multiway
          $0.alpha = 0.5
          $0.minSize = 20
        },
        Setting(figure, "ordinal_max", orderedError: 5e-3) { $0.ordinal = .max },
        Setting(figure, "ordinal_L2", orderedError: 0.02) { $0.ordinal = .l2 },
      ]
    } + [
      Setting("few-trials", "ordinal_L2_alpha0.9", orderedError: 0.02) {
        $0.ordinal = .l2
        $0.alpha = 0.9
        $0.bonferroni = false
        $0.minSize = 20
      },
      Setting("few-trials", "alpha0.5") { $0.alpha = 0.5 },
      Setting("few-trials", "minsize30_alpha0.5") {
        $0.minSize = 30
        $0.alpha = 0.5
      },
    ]

  static let binarySettings = [
    Setting("rank-deficient-binary"),
    Setting("rank-deficient-binary", "minsize20_alpha0.5") {
      $0.minSize = 20
      $0.alpha = 0.5
    },
    Setting("binary-outcome"),
    Setting("binary-outcome", "no_bonferroni") { $0.bonferroni = false },
    Setting("binary-outcome", "alpha0.5") { $0.alpha = 0.5 },
    Setting("binary-outcome", "vcov_info") { $0.vcov = .info },
    Setting("binary-outcome", "vcov_sandwich") { $0.vcov = .sandwich },
    Setting("binary-outcome", "prune_AIC") {
      $0.prune = .aic
      $0.alpha = 0.5
      $0.minSize = 30
    },
    Setting("binary-outcome", "prune_BIC") {
      $0.prune = .bic
      $0.alpha = 0.5
      $0.minSize = 30
    },
    Setting("binary-outcome", "catsplit_multiway") {
      $0.categorical = .multiway
      $0.alpha = 0.9
      $0.minSize = 20
    },
  ]

  @Test("same nodes, splits, statistics and p-values as R", arguments: settings)
  func sameTree(_ setting: Setting) throws {
    let reference = try ReferenceCase(setting.figure)
    for method in ["mob", "mob-si"] {
      try expectTree(reference.model(method), reference, method, setting)
    }
  }

  @Test("logistic trees as R", arguments: binarySettings)
  func sameLogisticTree(_ setting: Setting) throws {
    let reference = try ReferenceCase(setting.figure)
    let model = LogisticModel(outcome: reference.outcome, arm: reference.arm)
    try expectTree(model, reference, "mob", setting)
  }

  private func expectTree(
    _ model: some NodeModel, _ reference: ReferenceCase, _ method: String, _ setting: Setting
  ) throws {
    let variables = SortedVariables(reference.variables, rows: reference.outcome.count)
    let tree = grow(model, on: variables, control: setting.control)
    let nodes = try reference.nodes(method, variant: setting.variant)
    try #require(tree.nodes.count == nodes.count, "\(method)")
    for (node, expected) in zip(tree.nodes, nodes) {
      #expect(node.id == expected.id)
      #expect(node.rows.count == expected.n)
      #expect(node.parent == expected.parent)
      #expect(node.children == expected.kids ?? [])
      if setting.variant == nil, expected.caution == nil {
        let objective = try #require(expected.objfun)
        #expect(close(node.objective, objective, relative: 1e-9))
        let effect = try #require(expected.coef?["t"] ?? nil)
        #expect(close(node.coefficients.effect ?? .nan, effect, relative: 1e-7, absolute: 1e-9))
      }
      try expectSplit(node.split, expected.split, reference)
      expectTests(node, expected, reference, setting, "\(method) node \(node.id)")
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
      #expect(
        index == variable && close(breakpoint, expected.breaks ?? .nan, relative: 1e-12))
    case .nominal(let index, let groups):
      #expect(index == variable)
      #expect(groups.map { $0.map { levels[$0] } } == expected.groups)
    case .ordered(let index, let level):
      #expect(index == variable && levels[level] == expected.leftUpTo)
    }
  }

  private func expectTests(
    _ node: TreeNode, _ expected: Reference.Node, _ reference: ReferenceCase,
    _ setting: Setting, _ place: String
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
        close(test.statistic ?? .nan, figure?.stat ?? .nan, relative: setting.relative),
        "\(place) \(name)")
      let isOrdered =
        if case .ordered = reference.variables[test.variable].values { true } else { false }
      #expect(
        close(
          test.adjustedPValue ?? .nan, p, relative: setting.relative,
          absolute: isOrdered ? setting.orderedError : 0), "\(place) \(name)")
    }
  }
}
