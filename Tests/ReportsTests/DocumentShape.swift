import JSON
import Testing

/// Every key that a fit document promises: what must have a value, and what may be null.
indirect enum DocumentShape: Sendable {
  case value
  case nullable
  case object([String: DocumentShape])
  case maybe(DocumentShape)
  case list(DocumentShape)

  func check(_ value: JSONValue?, at path: String) {
    guard let value else {
      Issue.record("\(path) is missing")
      return
    }
    switch self {
    case .value: #expect(value != .null, "\(path)")
    case .nullable: break
    case .maybe(let inner): if value != .null { inner.check(value, at: path) }
    case .object(let members):
      for (key, inner) in members { inner.check(value[key], at: "\(path).\(key)") }
    case .list(let inner):
      #expect(value.array?.isEmpty == false, "\(path) is no list, or empty")
      for (place, element) in (value.array ?? []).enumerated() {
        inner.check(element, at: "\(path)[\(place)]")
      }
    }
  }

  static func keys(_ text: String, _ shape: DocumentShape = .value) -> [String: DocumentShape] {
    Dictionary(uniqueKeysWithValues: text.split(separator: " ").map { (String($0), shape) })
  }

  static let posterior = DocumentShape.object(
    keys("mean sd median ci hdi mcse_mean rhat ess_bulk ess_tail"))
  static let timing = DocumentShape.object(keys("read grow estimate sample inner loo total"))

  static let node = DocumentShape.object(
    keys("id depth n rule leaf objective not_tested")
      .merging(keys("parent stop", .nullable)) { $1 }
      .merging([
        "trials": .object(keys("T1 T2 T3 T4")),
        "coefficients": .object(keys("effect intercept intercepts covariates", .nullable)),
        "tests": .list(
          .object(
            keys("variable kind").merging(
              keys("statistic p_value p_adjusted log_p_value effect_share", .nullable)
            ) { $1 })),
        "split": .maybe(
          .object(keys("variable kind children").merging(keys("robust_to_start", .nullable)) { $1 })
        ),
      ]) { $1 })

  static let tree = DocumentShape.object(
    keys("iterations converged log_likelihood").merging(["nodes": .list(node)]) { $1 })

  static let likelihood = DocumentShape.object(
    keys("criterion log_likelihood aic bic df singular").merging([
      "fixed": .list(
        .object(
          keys("name role estimate se df_satterthwaite p_satterthwaite").merging(
            keys(
              "node trial se_kenward_roger df_kenward_roger p_kenward_roger", .nullable)
          ) { $1 })),
      "subgroups": .list(.object(keys("node rule n estimate se df ci p"))),
      "inner_nodes": .list(.object(keys("node rule n estimate se df ci p"))),
      "heterogeneity": .object(
        keys("tau1 tau1_ci sigma").merging(keys("tau0 tau0_ci correlation", .nullable)) { $1 }),
      "trials": .list(.object(keys("trial effect").merging(keys("intercept", .nullable)) { $1 })),
    ]) { $1 })

  static let subgroup = DocumentShape.object(
    keys(
      "node rule n probability_below_zero probability_benefit probability_beyond_mcid "
        + "new_trial_probability_benefit new_trial_probability_beyond_mcid"
    ).merging(keys("probability_best heterogeneity", .nullable)) { $1 }
      .merging([
        "effect": posterior, "new_trial": posterior,
        "trials": .list(.object(["trial": .value, "effect": posterior])),
      ]) { $1 })

  static let bayesian = DocumentShape.object(
    keys("sampler chains warmup draws draws_files log_marginal_likelihood")
      .merging(keys("loo tree_draws", .nullable)) { $1 }
      .merging([
        "priors": .object(
          keys("effect intercept tau1 sigma").merging(keys("tau0 coefficient", .nullable)) { $1 }),
        "subgroups": .list(subgroup), "inner_nodes": .list(subgroup),
        "contrasts": .list(
          .object(["nodes": .value, "difference": posterior, "probability_below_zero": .value])),
        "heterogeneity": .object([
          "tau0": .nullable, "tau1": posterior, "sigma": posterior, "correlation": .nullable,
        ]),
        "parameters": .list(
          .object(
            keys("name label mean sd median ci hdi mcse_mean rhat ess_bulk ess_tail"))),
        "diagnostics": .object(
          keys(
            "converged max_rhat min_ess_bulk min_ess_tail divergences max_treedepth_hits min_ebfmi "
              + "problems")),
      ]) { $1 })

  static func run(_ fit: DocumentShape) -> DocumentShape {
    .object(["method": .value, "estimator": .value, "tree": tree, "fit": fit, "timing": timing])
  }

  static let document = DocumentShape.object([
    "schema": .value, "program": .object(keys("name version")),
    "call": .object(
      keys("command data data_sha256 formula family seed level control").merging(
        keys("event", .nullable)
      ) { $1 }),
    "data": .object([
      "rows": .value, "used": .value, "outcome": .value,
      "dropped": .list(.object(keys("column trial rows"))),
      "treatment": .object(keys("column reference active")),
      "trials": .list(.object(keys("trial n n_active"))),
    ]),
    "runs": .value,
    "agreement": .list(
      .object(
        keys(
          "runs adjusted_rand_index same_root_split splits_in_both splits_only_first "
            + "splits_only_second"))),
    "timing": timing, "warnings": .value,
  ])
}
