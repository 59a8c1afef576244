public import Designs
public import JSON
import MixedModels

extension PriorSet {
  /// The set behind priors that a fit was saved with, in absolute numbers.
  ///
  /// `saved` is the entry `priors` of a run; `file` names its document in errors. Entries of parameters
  /// that the model lacks are those of the default set.
  public init(saved: JSONValue, for family: Family, file: String) throws(PriorError) {
    let keys = ["effect", "intercept", "tau0", "tau1", "sigma", "correlation"]
    var members: [String: JSONValue] = [:]
    for key in keys {
      if let entry = saved[key], entry != .null { members[key] = entry }
    }
    let (entries, _) = try PriorReader(file: file).entries(
      .object(members), at: family.rawValue)
    self.init(
      name: saved["name"]?.string ?? "", file: file, entries: entries, of: family,
      missing: saved["defaulted"]?.array?.compactMap(\.string) ?? [])
  }
}

extension ResolvedPriors {
  /// The priors that a fit was saved with, for its design.
  public init(saved: JSONValue, for design: Design, file: String) throws(PriorError) {
    let set = try PriorSet(saved: saved, for: design.family, file: file)
    let plain = try ResolvedPriors(set, for: design)
    let reader = PriorReader(file: file)
    var coefficients: [CoefficientPrior.Normal] = []
    for name in design.covariates.names {
      let entry = try reader.coefficient(
        saved["coefficient"]?[name] ?? .null, at: "priors.coefficient.\(name)")
      coefficients.append(plain.scale.normal(entry))
    }
    self.init(plain, coefficients: coefficients)
  }

  private init(_ other: ResolvedPriors, coefficients: [CoefficientPrior.Normal]) {
    name = other.name
    self.coefficients = CoefficientPrior(
      intercept: other.coefficients.intercept, effect: other.coefficients.effect,
      coefficients: coefficients)
    tau0 = other.tau0
    tau1 = other.tau1
    sigma = other.sigma
    correlation = other.correlation
    scale = other.scale
  }
}
