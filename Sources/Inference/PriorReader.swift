import Designs
import Foundation
import JSON
import Words

/// Reads the entries of a prior set, naming file and key in every error.
struct PriorReader {
  let file: String

  /// The entries of the default set for a Gaussian outcome, for what a file leaves out.
  private static let gaussian = PriorSet.Entries(
    effect: .init(family: .normal(mean: 0, sd: 2.5), unit: .withinArmSD),
    intercept: .init(family: .normal(mean: nil, sd: 10), unit: .outcomeSD),
    coefficient: .init(family: .normal(mean: 0, sd: 2.5), unit: .withinArmSDPerCovariateSD),
    tau0: .init(prior: .halfNormal(scale: 1), unit: .withinArmSD),
    tau1: .init(prior: .halfNormal(scale: 0.5), unit: .withinArmSD),
    sigma: .init(prior: .halfNormal(scale: 2.5), unit: .withinArmSD),
    correlation: CorrelationPrior(eta: 2))

  /// The same for a binomial outcome, on the log odds scale, which has no residual SD.
  private static let binomial = PriorSet.Entries(
    effect: .init(family: .normal(mean: 0, sd: 2.5), unit: .absolute),
    intercept: .init(family: .normal(mean: 0, sd: 5), unit: .absolute),
    coefficient: .init(family: .normal(mean: 0, sd: 2.5), unit: .withinArmSDPerCovariateSD),
    tau0: .init(prior: .halfNormal(scale: 2), unit: .absolute),
    tau1: .init(prior: .halfNormal(scale: 0.5), unit: .absolute),
    sigma: .init(prior: .fixed(1), unit: .absolute), correlation: CorrelationPrior(eta: 2))

  /// The entries of the default set.
  static func defaults(_ family: Family) -> PriorSet.Entries {
    family == .binomial ? binomial : gaussian
  }

  func entries(
    _ value: JSONValue, at key: String
  ) throws(PriorError) -> (PriorSet.Entries, [String]) {
    let isBinomial = key == "binomial"
    let known =
      ["effect", "intercept", "coefficient", "tau0", "tau1"]
      + (isBinomial ? [] : ["sigma"]) + ["correlation"]
    let members = try object(value, at: key, keys: known)
    var entries = PriorReader.defaults(isBinomial ? .binomial : .gaussian)
    if let given = members["effect"] {
      entries.effect = try coefficient(given, at: "\(key).effect")
    }
    if let given = members["intercept"] {
      entries.intercept = try coefficient(given, at: "\(key).intercept")
    }
    if let given = members["coefficient"] {
      entries.coefficient = try coefficient(given, at: "\(key).coefficient")
    }
    if let given = members["tau0"] { entries.tau0 = try deviation(given, at: "\(key).tau0") }
    if let given = members["tau1"] { entries.tau1 = try deviation(given, at: "\(key).tau1") }
    if let given = members["sigma"] {
      entries.sigma = try deviation(given, at: "\(key).sigma")
      if entries.sigma.prior == .fixed(0) {
        throw invalid("\(key).sigma.value", "0 is given, a residual SD is positive")
      }
    }
    if let given = members["correlation"] {
      entries.correlation = try correlation(given, at: "\(key).correlation")
    }
    if isBinomial { try checkScale(entries, at: key) }
    let missing = known.filter { members[$0] == nil }
    return (entries, missing.map { "\(key).\($0)" })
  }

  /// A mean of the outcome is a probability, no log odds.
  private func checkScale(_ entries: PriorSet.Entries, at key: String) throws(PriorError) {
    let coefficients = [
      ("effect", entries.effect), ("intercept", entries.intercept),
      ("coefficient", entries.coefficient),
    ]
    for (name, entry) in coefficients {
      if case .normal(mean: nil, _) = entry.family {
        throw invalid(
          "\(key).\(name).mean", "\"outcome-mean\" is on no log odds scale; a number is wanted here"
        )
      }
    }
  }

  /// The content of a file.
  func document(_ data: Data) throws(PriorError) -> JSONValue {
    do {
      return try JSONValue(data: data)
    } catch {
      throw .notJSON(file: file, reason: error.reason)
    }
  }

  func object(
    _ value: JSONValue, at path: String, keys: [String]
  ) throws(PriorError) -> [String: JSONValue] {
    guard let members = value.object else {
      throw invalid(path.isEmpty ? "the document" : path, "an object is wanted here")
    }
    for key in members.keys.sorted() where !keys.contains(key) {
      throw invalid(
        path.isEmpty ? key : "\(path).\(key)", "unknown key; \(nearest(key, among: keys))")
    }
    return members
  }

  private func invalid(_ key: String, _ problem: String) -> PriorError {
    .invalid(file: file, key: key, problem: problem)
  }

  private func nearest(_ word: String, among words: [String]) -> String {
    nearestName(to: word, among: words).map { "did you mean \"\($0)\"?" }
      ?? "known are \(words.joined(separator: ", "))"
  }

  // MARK: Families

  private func family(
    _ value: JSONValue, at path: String, _ families: [String: [String]]
  ) throws(PriorError) -> (name: String, members: [String: JSONValue]) {
    guard let name = value["family"]?.string else {
      throw invalid("\(path).family", "the name of a family is wanted here")
    }
    guard let keys = families[name] else {
      throw invalid(
        "\(path).family",
        "unknown family \"\(name)\"; \(nearest(name, among: families.keys.sorted()))")
    }
    return (name, try object(value, at: path, keys: ["family", "unit"] + keys))
  }

  private func unit(
    _ members: [String: JSONValue], at path: String
  ) throws(PriorError) -> PriorSet.Unit {
    guard let given = members["unit"] else { return .absolute }
    guard let unit = given.string.flatMap(PriorSet.Unit.init) else {
      let units = PriorSet.Unit.allCases.map(\.rawValue)
      throw invalid(
        "\(path).unit", "unknown unit; \(nearest(given.string ?? "", among: units))")
    }
    return unit
  }

  private func number(
    _ members: [String: JSONValue], _ key: String, at path: String, positive: Bool = false
  ) throws(PriorError) -> Double {
    guard let value = members[key]?.number, value.isFinite else {
      throw invalid("\(path).\(key)", "a number is wanted here")
    }
    guard !positive || value > 0 else {
      throw invalid("\(path).\(key)", "\(plain(value)) is given, a positive number is wanted")
    }
    return value
  }

  func coefficient(
    _ value: JSONValue, at path: String
  ) throws(PriorError) -> PriorSet.CoefficientEntry {
    let (name, members) = try family(value, at: path, ["normal": ["mean", "sd"], "flat": []])
    let unit = try unit(members, at: path)
    guard name == "normal" else { return .init(family: .flat, unit: unit) }
    let sd = try number(members, "sd", at: path, positive: true)
    if let word = members["mean"]?.string {
      guard word == "outcome-mean" else {
        throw invalid("\(path).mean", "a number or \"outcome-mean\" is wanted here")
      }
      return .init(family: .normal(mean: nil, sd: sd), unit: unit)
    }
    let mean = try number(members, "mean", at: path)
    return .init(family: .normal(mean: mean, sd: sd), unit: unit)
  }

  private func correlation(
    _ value: JSONValue, at path: String
  ) throws(PriorError) -> CorrelationPrior {
    let (_, members) = try family(value, at: path, ["lkj": ["eta"]])
    guard members["unit"] == nil else {
      throw invalid("\(path).unit", "a correlation has no unit")
    }
    return CorrelationPrior(eta: try number(members, "eta", at: path, positive: true))
  }

  /// The families of a standard deviation's prior with their keys in order.
  static let deviationFamilies = [
    "half-normal": ["scale"], "half-t": ["df", "scale"], "half-cauchy": ["scale"],
    "exponential": ["rate"], "uniform": ["lower", "upper"], "half-logistic": ["scale"],
    "lomax": ["shape", "scale"], "log-normal": ["meanlog", "sdlog", "of"],
    "log-t": ["df", "location", "scale", "of"], "fixed": ["value"],
  ]

  func deviation(
    _ value: JSONValue, at path: String
  ) throws(PriorError) -> PriorSet.HeterogeneityEntry {
    let (name, members) = try family(value, at: path, PriorReader.deviationFamilies)
    let unit = try unit(members, at: path)
    let prior: HeterogeneityPrior
    switch name {
    case "half-normal", "half-cauchy", "half-logistic":
      let scale = try number(members, "scale", at: path, positive: true)
      prior =
        name == "half-normal"
        ? .halfNormal(scale: scale)
        : name == "half-cauchy" ? .halfCauchy(scale: scale) : .halfLogistic(scale: scale)
    case "half-t":
      prior = .halfT(
        df: try number(members, "df", at: path, positive: true),
        scale: try number(members, "scale", at: path, positive: true))
    case "exponential":
      prior = .exponential(rate: try number(members, "rate", at: path, positive: true))
    case "lomax":
      prior = .lomax(
        shape: try number(members, "shape", at: path, positive: true),
        scale: try number(members, "scale", at: path, positive: true))
    case "uniform": prior = try uniform(members, at: path)
    case "log-normal", "log-t": prior = try logarithmic(name, members, at: path)
    default:
      let known = try number(members, "value", at: path)
      guard known >= 0 else {
        throw invalid(
          "\(path).value", "\(plain(known)) is given, a standard deviation is not negative")
      }
      prior = .fixed(known)
    }
    return .init(prior: prior, unit: unit)
  }

  private func uniform(
    _ members: [String: JSONValue], at path: String
  ) throws(PriorError) -> HeterogeneityPrior {
    let lower = try number(members, "lower", at: path)
    let upper = try number(members, "upper", at: path, positive: true)
    guard lower >= 0, lower < upper else {
      throw invalid(
        "\(path).lower",
        "\(plain(lower)) is given, a number from 0 to below \(plain(upper)) is wanted")
    }
    return .uniform(lower: lower, upper: upper)
  }

  /// Families on log τ; those stated for τ² are halved, since log τ = ½ log τ².
  private func logarithmic(
    _ name: String, _ members: [String: JSONValue], at path: String
  ) throws(PriorError) -> HeterogeneityPrior {
    let word = members["of"]?.string ?? "tau"
    guard members["of"] == nil || ["tau", "tau-squared"].contains(word) else {
      throw invalid("\(path).of", "\"tau\" or \"tau-squared\" is wanted here")
    }
    let factor = word == "tau" ? 1.0 : 0.5
    if name == "log-normal" {
      return .logNormal(
        meanlog: factor * (try number(members, "meanlog", at: path)),
        sdlog: factor * (try number(members, "sdlog", at: path, positive: true)))
    }
    return .logT(
      df: try number(members, "df", at: path, positive: true),
      location: factor * (try number(members, "location", at: path)),
      scale: factor * (try number(members, "scale", at: path, positive: true)))
  }
}

/// A number without needless decimals.
func plain(_ number: Double) -> String {
  Int(exactly: number).map { "\($0)" } ?? "\(number)"
}
