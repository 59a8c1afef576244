import JSON
import Posterior
import Reports
import Subgroups

/// What a report reads of a saved fit.
struct ReportFit {
  /// A trial with its arms.
  struct Trial {
    let name: String
    let participants: Int
    let active: Int
    var reference: Int { participants - active }
  }

  let document: JSONValue
  let groups: [ReportGroup]
  let trials: [Trial]
  /// The columns that were searched for splits.
  let variables: [String]
  let outcome: String
  let treatment: String
  let active: String
  let reference: String
  let trialColumn: String
  /// Of every interval.
  let level: Double
  /// Quantities on the scale of effects.
  let style: NumberStyle

  /// Reads a document; `run` keeps one method, or one run, alone.
  init(_ document: JSONValue, run wanted: String?) {
    self.document = document
    let runs = document.list("runs").compactMap(ReportRun.init)
      .filter { run in wanted.map { $0 == run.name || $0 == run.method.rawValue } ?? true }
    var methods: [Subgroups.Method] = []
    for run in runs where !methods.contains(run.method) { methods.append(run.method) }
    groups = methods.map { method in
      let own = runs.filter { $0.method == method }
      return ReportGroup(
        method: method, likelihood: own.first { !$0.isBayesian },
        bayesian: own.first { $0.isBayesian })
    }
    let data = document.at("data") ?? .null
    trials = data.list("trials").map {
      Trial(
        name: $0.text("trial") ?? "", participants: $0.integer("n") ?? 0,
        active: $0.integer("n_active") ?? 0)
    }
    variables = document.list("variables").compactMap { $0.text("name") }
    outcome = data.text("outcome") ?? ""
    let arms = data.at("treatment") ?? .null
    (treatment, active) = (arms.text("column") ?? "", arms.text("active") ?? "")
    reference = arms.text("reference") ?? ""
    trialColumn = data.text("trial") ?? "trial"
    level = document.at("call")?.number("level") ?? 0.95
    style = NumberStyle(
      precisions: groups.flatMap(\.runs).flatMap { run in
        run.leaves.compactMap { run.error($0.id) }
      })
  }

  var call: JSONValue { document.at("call") ?? .null }
  var control: JSONValue { document.at("call", "control") ?? .null }
  var data: JSONValue { document.at("data") ?? .null }
  var isBinomial: Bool { call.text("family") == "binomial" }
  var benefit: String? { control.text("benefit") }
  var mcid: Double? { control.number("mcid") }
  var alpha: Double { control.number("alpha") ?? 0.05 }
  var usesBonferroni: Bool { control.flag("no_bonferroni") != true }
  /// The column of pre-specified subgroups.
  var prespecified: String? { control.text("subgroups") }
  /// The number of used rows.
  var participants: Int { data.integer("used") ?? trials.reduce(0) { $0 + $1.participants } }
  /// The level of every interval as a percentage.
  var levelWord: String { NumberStyle.percent(level) }
  /// What effects are: the difference of which arms.
  var direction: String { "\(active) minus \(reference)" }

  /// How two runs of the fit agree.
  func agreement(_ group: ReportGroup) -> JSONValue? {
    let runs = document.list("runs").compactMap(ReportRun.init).map(\.name)
    guard let a = group.likelihood.flatMap({ runs.firstIndex(of: $0.name) }),
      let b = group.bayesian.flatMap({ runs.firstIndex(of: $0.name) })
    else { return nil }
    return document.list("agreement").first {
      $0.integers("runs").sorted() == [a, b].sorted()
    }
  }

  /// Which figure of a posterior is shown as the effect: the median where it goes through the exponential.
  var center: String { isBinomial ? "median" : "mean" }

  /// The title of a column with probabilities of an effect below none.
  var belowNone: String { isBinomial ? "P(<1)" : "P(<0)" }

  /// The estimate, or the posterior mean or median, of a node's effect.
  func estimate(_ run: ReportRun, _ node: Int) -> Double? {
    let subgroup = run.subgroups[node]
    return run.isBayesian
      ? subgroup?.at("effect")?.number(center) : subgroup?.number("estimate")
  }

  /// An effect for people: the difference, or the odds ratio of a log odds ratio.
  func effect(_ value: Double?) -> String {
    isBinomial ? NumberStyle.oddsRatio(value) : style.quantity(value)
  }

  /// The interval of an effect for people.
  func interval(_ interval: Interval?) -> String {
    isBinomial ? NumberStyle.oddsRatioInterval(interval) : style.interval(interval)
  }
}
