import Commands
import Testing

@Suite("Option table")
struct OptionTableTests {
  @Test("A command has an option at most once", arguments: CommandName.allCases)
  func namesAreUnique(command: CommandName) {
    let names = OptionTable.options(of: command).map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test("Every option belongs to a command, and every default is allowed by its own rule")
  func rowsAreConsistent() {
    #expect(Set(OptionTable.rows.map(\.name)) == Set(OptionName.allCases))
    for row in OptionTable.rows {
      #expect(!row.commands.isEmpty)
      #expect((row.metavar == nil) == (row.validity == .flag), "\(row.name)")
      guard let value = row.value, row.validity != .flag else { continue }
      #expect(row.validity.value(of: typed(value)) == value, "\(row.name)")
    }
  }

  /// The options and defaults of the command-line contract, in its words.
  static let contract: [(name: String, value: String?)] = [
    ("method", "metamob-si"), ("family", nil), ("estimator", "bayes"), ("subgroups", nil),
    ("alpha", "0.05"), ("no-bonferroni", nil), ("min-size", nil), ("max-depth", nil),
    ("trim", "0.1"), ("correlated", nil), ("test-parameters", "all"), ("min-arm", "0"),
    ("min-trial", "0"), ("categorical", "binary"), ("ordinal", "chisq"),
    ("breakpoints", "observed"), ("vcov", "opg"), ("weights", nil), ("prune", "none"),
    ("quadrature-points", "1"), ("ties", "distinct"), ("start", "both"), ("tolerance", "0.001"),
    ("max-iterations", "100"), ("fallback", "drop"), ("priors", "weakly-informative"),
    ("sampler", "auto"), ("chains", "4"), ("warmup", "1000"), ("draws", "1000"), ("seed", "1"),
    ("target-accept", "0.8"), ("max-treedepth", "10"), ("allow-unconverged", nil),
    ("benefit", nil), ("mcid", nil), ("level", "0.95"), ("out", nil), ("force", nil),
    ("format", "text"), ("threads", nil), ("quiet", nil), ("timing", nil), ("arms", nil),
    ("reference", nil), ("ordered", nil), ("help", nil),
    ("heterogeneity", "shared"), ("pool-effects", nil), ("tree-draws", "0"),
    ("sensitivity", nil), ("loo", "auto"), ("permutations", "0"),
  ]

  @Test("fit has the options of the contract with its defaults, and no others")
  func fitFollowsTheContract() {
    let rows = OptionTable.options(of: .fit)
    #expect(Set(rows.map(\.name.rawValue)) == Set(Self.contract.map(\.name)))
    for (name, value) in Self.contract {
      let row = rows.first { $0.name.rawValue == name }
      #expect(row?.value.flatMap(shown) == value, "\(name)")
    }
  }

  @Test("compare has the options of fit but the estimator, and folds besides")
  func compareFollowsFit() {
    let fit = OptionTable.options(of: .fit).map(\.name).filter { $0 != .estimator }
    let compare = OptionTable.options(of: .compare).map(\.name)
    #expect(compare.filter { $0 != .crossValidate } == fit)
    #expect(compare.contains(.crossValidate))
  }

  @Test("diagnose has a run to choose, longer chains, a form, and a way to be content")
  func diagnoseFollowsTheContract() {
    let names = OptionTable.options(of: .diagnose).map(\.name)
    #expect(
      names == [
        .run, .allowUnconverged, .extend, .data, .format, .threads, .quiet, .help,
      ])
  }

  private func shown(_ value: OptionValue) -> String? {
    if case .flag = value { nil } else { typed(value) }
  }

  private func typed(_ value: OptionValue) -> String {
    switch value {
    case .flag(let isOn): "\(isOn)"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .text(let text): text
    case .list(let items): items.map(typed).joined(separator: ",")
    }
  }
}
