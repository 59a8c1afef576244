import Inference
import JSON
import Posterior
import Reports
import Subgroups

/// What figures read of one run of a saved fit.
struct FigureRun: Sendable {
  /// An effect with its uncertainty.
  struct Effect: Sendable, Equatable {
    /// The estimate, or the posterior mean (of log odds ratios the median, which is that of the odds ratio as
    /// well); nil where there is none.
    var estimate: Double?
    /// The confidence interval, or the central posterior one.
    var interval: Interval?
    /// The interval of the effect in a new trial; nil where the model has none.
    var newTrial: Interval?
  }

  /// The effect of one trial in a subgroup.
  struct TrialEffect: Sendable, Equatable {
    let trial: String
    /// From the trial's participants alone.
    var raw: (estimate: Double, se: Double)?
    /// In the model, drawn towards the mean of the subgroup.
    var shrunken: Double?
    /// The central interval of the shrunken effect; nil by likelihood.
    var interval: Interval?

    static func == (a: TrialEffect, b: TrialEffect) -> Bool {
      a.trial == b.trial && a.shrunken == b.shrunken && a.interval == b.interval
        && a.raw?.estimate == b.raw?.estimate && a.raw?.se == b.raw?.se
    }
  }

  /// The method.
  let method: Subgroups.Method
  /// The estimator.
  let estimator: Estimator
  /// The nodes in pre-order.
  let nodes: [FigureNode]
  /// The effect of each node, by id.
  let effects: [Int: Effect]
  /// The effects of the trials in each leaf, by id.
  let trialEffects: [Int: [TrialEffect]]
  /// The SDs between trials that REML or ML found; nil by Bayes or where the model has none.
  let tau: (intercepts: Double?, effects: Double?)
  /// The run of the document.
  let saved: JSONCursor

  /// The name by which the run is chosen.
  var name: String { "\(method.rawValue):\(estimator.rawValue)" }

  /// Whether the run is a posterior.
  var isBayesian: Bool { estimator == .bayes }

  /// The estimator in a figure's words.
  var estimatorWord: String { isBayesian ? "Bayes" : estimator.rawValue.uppercased() }

  /// The leaves in node order.
  var leaves: [FigureNode] { nodes.filter(\.isLeaf) }

  /// A part of the fit by its key; nil where the run has none, or it is null.
  func part(_ key: String) -> JSONCursor? {
    guard let value = saved.value["fit"]?[key], value != .null else { return nil }
    return JSONCursor(value: value, path: "\(saved.path).fit.\(key)")
  }

  /// The node with an id.
  func node(_ id: Int) -> FigureNode? { nodes.first { $0.id == id } }

  init(saved: JSONCursor, isBinomial: Bool) throws(SavedFitError) {
    self.saved = saved
    let center = Self.center(isBinomial)
    method = try saved.member("method").word()
    estimator = try saved.member("estimator").word()
    var nodes: [FigureNode] = []
    for node in try saved.member("tree").member("nodes").elements() {
      nodes.append(try FigureNode(saved: node))
    }
    guard !nodes.isEmpty else { throw try saved.member("tree").invalid("it has no nodes") }
    let fit = try saved.member("fit")
    let isBayesian = estimator == .bayes
    var effects: [Int: Effect] = [:]
    for list in ["subgroups", "inner_nodes"] {
      for element in try fit.member(list).elements() {
        effects[try element.member("node").integer()] = try Effect(
          saved: element, isBayesian ? center : nil)
      }
    }
    self.effects = effects
    let figures = saved.value["figures"] == nil ? nil : try saved.member("figures")
    if let figures { try FigureNode.addOutcomes(to: &nodes, figures) }
    self.nodes = nodes
    tau = isBayesian ? (nil, nil) : try Self.tau(fit)
    trialEffects = try Self.trialEffects(fit, figures, effects, isBayesian ? center : nil)
  }

  /// Which figure of a posterior is its effect: the median where the effect goes through the exponential.
  static func center(_ isBinomial: Bool) -> String { isBinomial ? "median" : "mean" }

  private static func tau(
    _ fit: JSONCursor
  ) throws(SavedFitError) -> (intercepts: Double?, effects: Double?) {
    let found = try fit.member("heterogeneity")
    return (
      try found.member("tau0").unlessNull?.number(), try found.member("tau1").unlessNull?.number()
    )
  }

  private static func trialEffects(
    _ fit: JSONCursor, _ figures: JSONCursor?, _ effects: [Int: Effect], _ center: String?
  ) throws(SavedFitError) -> [Int: [TrialEffect]] {
    var result: [Int: [TrialEffect]] = [:]
    for subgroup in try fit.member("subgroups").elements() {
      let node = try subgroup.member("node").integer()
      var trials: [TrialEffect] = []
      for trial in try (center == nil ? fit : subgroup).member("trials").elements() {
        var effect = TrialEffect(trial: try trial.member("trial").string())
        let found = try trial.member("effect").unlessNull
        if let center {
          effect.shrunken = try found?.member(center).unlessNull?.number()
          effect.interval = try found?.member("ci").interval()
        } else if let mean = effects[node]?.estimate, let deviation = try found?.number() {
          effect.shrunken = mean + deviation
        }
        trials.append(effect)
      }
      result[node] = trials
    }
    for leaf in try figures?.member("trial_effects").elements() ?? [] {
      let node = try leaf.member("node").integer()
      for trial in try leaf.member("trials").elements() {
        let name = try trial.member("trial").string()
        guard let place = result[node]?.firstIndex(where: { $0.trial == name }),
          let estimate = try trial.member("estimate").unlessNull?.number(),
          let se = try trial.member("se").unlessNull?.number()
        else { continue }
        result[node]?[place].raw = (estimate, se)
      }
    }
    return result
  }
}

extension FigureRun.Effect {
  /// `center` is the posterior figure that stands for the effect, nil by likelihood.
  fileprivate init(saved: JSONCursor, _ center: String?) throws(SavedFitError) {
    guard let center else {
      estimate = try saved.member("estimate").unlessNull?.number()
      interval = try saved.member("ci").interval()
      newTrial = try saved.member("new_trial_ci").interval()
      return
    }
    let effect = try saved.member("effect")
    estimate = try effect.member(center).unlessNull?.number()
    interval = try effect.member("ci").interval()
    newTrial = try saved.member("new_trial").unlessNull?.member("ci").interval()
  }
}

extension JSONCursor {
  /// A list of two limits; nil where it, or one of them, is null.
  func interval() throws(SavedFitError) -> Interval? {
    guard unlessNull != nil else { return nil }
    let limits = try elements()
    guard limits.count == 2 else { throw invalid("a list of two numbers is wanted here") }
    guard let lower = try limits[0].unlessNull?.number(),
      let upper = try limits[1].unlessNull?.number()
    else { return nil }
    return Interval(lower: lower, upper: upper)
  }

  /// The elements of a list of numbers; a null is not-a-number.
  func numbers() throws(SavedFitError) -> [Double] {
    var result: [Double] = []
    for element in try elements() { result.append(try element.unlessNull?.number() ?? .nan) }
    return result
  }
}
