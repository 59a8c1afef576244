import JSON

/// What a value of a document must look like.
indirect enum Shape: Sendable {
  /// Any text.
  case text
  /// One of some texts.
  case words([String])
  /// Any number.
  case number
  /// A whole number.
  case integer
  /// True or false.
  case flag
  /// Null alone.
  case null
  /// Null, or what is named.
  case maybe(Shape)
  /// A list of equal shapes.
  case list(Shape)
  /// Two values of one shape.
  case pair(Shape)
  /// An object with any keys and values of one shape.
  case map(Shape)
  /// An object with these keys at least.
  case fields([String: Shape])

  /// Where a value differs from the shape, and how.
  func violations(_ value: JSONValue?, at path: String) -> [String] {
    guard let value else { return ["\(path) is missing"] }
    switch (self, value) {
    case (.text, .string), (.number, .number), (.flag, .bool), (.null, .null), (.maybe, .null):
      return []
    case (.words(let words), .string(let text)) where words.contains(text): return []
    case (.integer, .number(let number)) where number == number.rounded(): return []
    case (.maybe(let shape), _): return shape.violations(value, at: path)
    case (.pair(let shape), .array(let elements)) where elements.count == 2:
      return elements.flatMap { shape.violations($0, at: "\(path)[]") }
    case (.list(let shape), .array(let elements)):
      return elements.enumerated().flatMap { shape.violations($1, at: "\(path)[\($0)]") }
    case (.map(let shape), .object(let members)):
      return members.flatMap { shape.violations($1, at: "\(path).\($0)") }
    case (.fields(let shapes), .object(let members)):
      return shapes.flatMap { $1.violations(members[$0], at: "\(path).\($0)") }
    default: return ["\(path) is \(value), not \(self)"]
    }
  }
}

// MARK: The fit document

extension Shape {
  /// A fit document, key by key.
  static let fitDocument = Shape.fields([
    "schema": .words(["metamob.fit/1"]),
    "program": .fields(["name": .words(["metamob"]), "version": .text]),
    "call": .fields([
      "command": .words(["fit", "compare"]), "data": .text, "data_sha256": .text, "formula": .text,
      "family": .words(["gaussian", "binomial"]), "event": .maybe(.text), "seed": .integer,
      "level": .number,
      "control": .fields([:]),
    ]),
    "data": .fields([
      "rows": .integer, "used": .integer,
      "dropped": .list(.fields(["column": .text, "trial": .maybe(.text), "rows": .integer])),
      "outcome": .text,
      "treatment": .fields(["column": .text, "reference": .text, "active": .text]),
      "trials": .list(.fields(["trial": .text, "n": .integer, "n_active": .integer])),
    ]),
    "runs": .list(run),
    "agreement": .list(
      .fields([
        "runs": .pair(.integer), "adjusted_rand_index": .number, "same_root_split": .flag,
        "splits_in_both": .integer, "splits_only_first": .integer, "splits_only_second": .integer,
      ])),
    "timing": timing, "warnings": .list(.text),
  ])

  static let timing = Shape.fields(
    Dictionary(
      uniqueKeysWithValues: [
        "read", "grow", "estimate", "sample", "inner", "evidence", "loo", "total",
      ].map { ($0, Shape.number) }))

  static let run = Shape.fields([
    "method": .words(["mob-si", "mob-ri", "metamob-ri", "metamob-si"]),
    "estimator": .words(["reml", "bayes"]), "timing": timing,
    "tree": .fields([
      "iterations": .integer, "converged": .flag, "log_likelihood": .maybe(.number),
      "nodes": .list(node),
    ]),
  ])

  static let node = Shape.fields([
    "id": .integer, "parent": .maybe(.integer), "depth": .integer, "n": .integer,
    "trials": .map(.integer), "rule": .text, "leaf": .flag,
    "coefficients": .fields([
      "effect": .maybe(.number), "intercept": .maybe(.number),
      "intercepts": .maybe(.map(.number)), "covariates": .maybe(.map(.number)),
    ]),
    "objective": .number, "not_tested": .list(.text),
    "tests": .list(
      .fields([
        "variable": .text, "kind": .words(["numeric", "nominal", "ordered"]),
        "statistic": .maybe(.number), "p_value": .maybe(.number), "p_adjusted": .maybe(.number),
        "log_p_value": .maybe(.number), "effect_share": .maybe(.number),
      ])),
    "split": .maybe(
      .fields([
        "variable": .text, "kind": .words(["numeric", "nominal", "ordered"]),
        "children": .list(.integer), "robust_to_start": .maybe(.flag),
      ])),
    "stop": .maybe(
      .words(["not-significant", "min-size", "max-depth", "not-estimable", "no-split", "pruned"])),
  ])

  static let restrictedFit = Shape.fields([
    "criterion": .words(["reml"]), "log_likelihood": .number, "aic": .number, "bic": .number,
    "df": .integer, "singular": .flag,
    "fixed": .list(
      .fields([
        "name": .text, "role": .words(["effect", "intercept", "covariate"]),
        "node": .maybe(.integer), "trial": .maybe(.text), "estimate": .maybe(.number),
        "se": .maybe(.number), "df_satterthwaite": .maybe(.number),
        "p_satterthwaite": .maybe(.number), "se_kenward_roger": .maybe(.number),
        "df_kenward_roger": .maybe(.number), "p_kenward_roger": .maybe(.number),
      ])),
    "subgroups": .list(restrictedSubgroup), "inner_nodes": .list(restrictedSubgroup),
    "heterogeneity": .fields([
      "tau0": .maybe(.number), "tau0_ci": .maybe(.pair(.maybe(.number))), "tau1": .maybe(.number),
      "tau1_ci": .maybe(.pair(.maybe(.number))), "sigma": .number, "correlation": .null,
    ]),
    "trials": .list(
      .fields(["trial": .text, "intercept": .maybe(.number), "effect": .maybe(.number)])),
  ])

  static let restrictedSubgroup = Shape.fields([
    "node": .integer, "rule": .text, "n": .integer, "estimate": .maybe(.number),
    "se": .maybe(.number), "df": .maybe(.number), "ci": .maybe(.pair(.number)),
    "p": .maybe(.number),
  ])

  /// A posterior; of a single draw only the mean exists.
  static let posterior = Shape.fields([
    "mean": .number, "sd": .maybe(.number), "median": .number, "ci": .pair(.number),
    "hdi": .pair(.number), "mcse_mean": .maybe(.number), "rhat": .maybe(.number),
    "ess_bulk": .maybe(.number), "ess_tail": .maybe(.number),
  ])

  static let bayesianFit = Shape.fields([
    "sampler": .words(["hmc", "gibbs"]), "chains": .integer, "warmup": .integer, "draws": .integer,
    "draws_files": .maybe(.list(.text)),
    "priors": .fields([
      "effect": .fields(["family": .text]), "sigma": .maybe(.fields(["family": .text])),
    ]),
    "subgroups": .list(bayesianSubgroup), "inner_nodes": .list(bayesianSubgroup),
    "contrasts": .list(
      .fields([
        "nodes": .pair(.integer), "difference": posterior, "probability_below_zero": .number,
      ])),
    "heterogeneity": .fields([
      "tau0": .maybe(posterior), "tau1": .maybe(posterior), "sigma": .maybe(posterior),
      "correlation": .maybe(posterior),
    ]),
    "parameters": .list(.fields(["name": .text, "label": .text, "mean": .number])),
    "log_marginal_likelihood": .maybe(.number), "loo": .maybe(leaveOneOut),
    "leave_one_trial_out": .maybe(leaveOneTrialOut), "split_evidence": splitEvidence,
    "diagnostics": .fields([
      "converged": .flag, "max_rhat": .maybe(.number), "min_ess_bulk": .maybe(.number),
      "min_ess_tail": .maybe(.number), "divergences": .integer, "max_treedepth_hits": .integer,
      "min_ebfmi": .maybe(.number), "problems": .list(.text),
    ]),
    "tree_draws": .maybe(treeDraws), "sensitivity": .maybe(sensitivity),
    "posterior_predictive": .maybe(predictive),
  ])

  static let sensitivity = Shape.fields([
    "parameter": .maybe(.words(["tau0", "tau1"])), "prior": .maybe(.fields(["family": .text])),
    "conclusion": .maybe(.fields(["holds": .flag, "sentence": .text])),
    "refits": .list(
      .fields([
        "shape": .text, "factor": .number, "prior": .fields(["family": .text]),
        "same_tree": .maybe(refit), "regrown": .maybe(refit), "same_splits": .maybe(.flag),
        "adjusted_rand_index": .maybe(.number), "obstacle": .maybe(.text),
      ])),
    "power_scaling": .maybe(
      .fields([
        "threshold": .number,
        "quantities": .list(
          .fields([
            "quantity": .text, "heterogeneity_prior": .maybe(.number),
            "priors": .maybe(.number), "likelihood": .maybe(.number), "verdict": .text,
          ])),
      ])),
  ])

  static let refit = Shape.fields([
    "converged": .flag, "heterogeneity": .list(.fields(["mean": .number, "ci": .pair(.number)])),
    "subgroups": .list(
      .fields([
        "node": .integer, "rule": .text, "n": .integer, "mean": .number, "ci": .pair(.number),
        "probability_below_zero": .number, "quantiles": .list(.number),
      ])),
    "contrasts": .list(.fields(["nodes": .pair(.integer), "mean": .number])),
  ])

  static let predictive = Shape.fields([
    "replicates": .integer, "threshold": .number,
    "checks": .list(
      .fields([
        "statistic": .words(["mean", "sd", "floor", "ceiling", "events"]),
        "trial": .maybe(.text), "arm": .text, "n": .integer, "observed": .number,
        "replicated_mean": .number, "interval": .pair(.number), "p_value": .number,
        "missed": .flag,
      ])),
  ])

  static let leaveOneOut = Shape.fields([
    "elpd": .number, "se": .maybe(.number), "p": .number, "n": .integer,
    "pareto_k_above_0.7": .integer,
    "largest_pareto_k": .list(
      .fields(["trial": .text, "node": .integer, "k": .maybe(.number)])),
    "pareto_k_histogram": .fields(["limits": .list(.number), "counts": .list(.integer)]),
  ])

  static let leaveOneTrialOut = Shape.fields([
    "elpd": .maybe(.number), "se": .maybe(.number),
    "trials": .list(.fields(["trial": .text, "n_active": .integer, "elpd": .maybe(.number)])),
  ])

  static let splitEvidence = Shape.fields([
    "scale": .number, "factors": .list(.number),
    "splits": .list(
      .fields([
        "node": .integer, "log_bf10": .maybe(.list(.number)),
        "averaged": .maybe(
          .fields([
            "log_bf10": .list(.number), "variables": .integer, "splits": .integer,
          ])),
      ])),
  ])

  static let treeDraws = Shape.fields([
    "trees": .integer,
    "root_split": .list(.fields(["variable": .maybe(.text), "share": .number])),
    "root_cuts": .list(.fields(["variable": .text, "rule": .text, "share": .number])),
    "variables": .list(.fields(["variable": .text, "share": .number])),
    "leaves": .list(.fields(["count": .integer, "share": .number])),
    "splits": .list(.fields(["node": .integer, "share": .number])),
    "same_tree": .number, "adjusted_rand_index": .number,
    "co_membership": .list(.fields(["nodes": .pair(.integer), "share": .maybe(.number)])),
  ])

  static let bayesianSubgroup = Shape.fields([
    "node": .integer, "rule": .text, "n": .integer, "effect": posterior,
    "probability_below_zero": .number, "probability_benefit": .maybe(.number),
    "probability_beyond_mcid": .maybe(.number), "probability_best": .maybe(.number),
    "new_trial": .maybe(posterior), "new_trial_probability_benefit": .maybe(.number),
    "new_trial_probability_beyond_mcid": .maybe(.number),
    "trials": .list(.fields(["trial": .text, "effect": posterior])),
    "heterogeneity": .maybe(
      .fields([
        "tau0": .maybe(posterior), "tau1": .maybe(posterior), "sigma": .maybe(posterior),
        "correlation": .maybe(posterior),
      ])),
  ])
}
