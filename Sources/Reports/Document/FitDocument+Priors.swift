import Designs
public import Inference
import JSON
import MixedModels
import Subgroups

extension FitDocument {
  /// The priors on the data's scale, in the words of a prior file with absolute numbers; null where
  /// the method has no such parameter.
  func priors(_ priors: ResolvedPriors, terms: ModelTerms, poolsEffects: Bool) -> JSONValue {
    let coefficients = zip(design.covariates.names, priors.coefficients.coefficients)
    return [
      "name": .string(priors.name),
      "effect": priors.coefficients.effect.json,
      "intercept": priors.coefficients.intercept.json,
      "coefficient": design.covariates.names.isEmpty
        ? nil
        : .object(
          Dictionary(
            coefficients.map { ($0, $1.json) }, uniquingKeysWith: { $1 })),
      "tau0": terms.randomIntercept ? priors.tau0.json : nil,
      "tau1": terms.randomEffect ? priors.tau1.json : nil,
      "sigma": design.family == .gaussian ? priors.sigma.json : nil,
      "correlation": terms.isCorrelated
        ? ["family": "lkj", "eta": JSONValue(priors.correlation.eta)] : nil,
      "omega": poolsEffects ? priors.omega.json : nil,
      "scale": [
        "within_arm_sd": JSONValue(priors.scale.withinArmSD),
        "outcome_sd": JSONValue(priors.scale.outcomeSD),
        "outcome_mean": JSONValue(priors.scale.outcomeMean),
      ],
      "says": terms.randomEffect
        ? PriorStatement(priors, design, terms)?.json ?? nil : nil,
      "defaulted": .array(
        analysis.plan.defaultedPriors(design.family).map(JSONValue.string)),
    ]
  }
}

extension CoefficientPrior.Normal {
  /// The prior in the words of a prior file.
  var json: JSONValue {
    sd.isFinite
      ? ["family": "normal", "mean": JSONValue(mean), "sd": JSONValue(sd)] : ["family": "flat"]
  }

  /// The prior as text.
  var words: String {
    sd.isFinite
      ? "normal(\(NumberStyle.significant(mean)), \(NumberStyle.significant(sd)))" : "flat"
  }
}

extension HeterogeneityPrior {
  /// The prior in the words of a prior file.
  var json: JSONValue {
    var members = Dictionary(
      numbers.map { ($0.key, JSONValue($0.value)) }, uniquingKeysWith: { $1 })
    members["family"] = .string(family)
    return .object(members)
  }

  /// The prior as text: `half-normal(0.5)`.
  public var words: String {
    "\(family)(\(numbers.map { NumberStyle.significant($0.value) }.joined(separator: ", ")))"
  }

  /// The family as prior files name it.
  var family: String {
    switch self {
    case .halfNormal: "half-normal"
    case .halfT: "half-t"
    case .halfCauchy: "half-cauchy"
    case .exponential: "exponential"
    case .uniform: "uniform"
    case .halfLogistic: "half-logistic"
    case .lomax: "lomax"
    case .logNormal: "log-normal"
    case .logT: "log-t"
    case .fixed: "fixed"
    }
  }

  /// The family's numbers under the keys of prior files, in their order.
  var numbers: [(key: String, value: Double)] {
    switch self {
    case .halfNormal(let scale), .halfCauchy(let scale), .halfLogistic(let scale):
      [("scale", scale)]
    case .halfT(let df, let scale): [("df", df), ("scale", scale)]
    case .exponential(let rate): [("rate", rate)]
    case .uniform(let lower, let upper): [("lower", lower), ("upper", upper)]
    case .lomax(let shape, let scale): [("shape", shape), ("scale", scale)]
    case .logNormal(let meanlog, let sdlog): [("meanlog", meanlog), ("sdlog", sdlog)]
    case .logT(let df, let location, let scale):
      [("df", df), ("location", location), ("scale", scale)]
    case .fixed(let value): [("value", value)]
    }
  }
}
