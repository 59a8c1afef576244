import JSON
public import MixedModels
import Words

/// Priors as they stand on a command line: a family, a colon, and its numbers with commas.
///
/// The numbers are those of a prior file's keys, in their order; of log-normal and log-t `tau` or
/// `tau-squared` may follow.
public enum PriorText {
  /// The prior of a standard deviation, as in `half-normal:0.5` or `log-normal:-3.95,1.34,tau-squared`.
  ///
  /// nil stands for `flat`, the improper uniform prior. Throws `invalid`, whose file is `source`.
  public static func heterogeneity(
    _ text: String, source: String
  ) throws(PriorError) -> HeterogeneityPrior? {
    let (family, values) = parts(text)
    if family == "flat", values.isEmpty { return nil }
    let families = PriorReader.deviationFamilies
    guard let keys = families[family] else {
      throw unknown(family, among: families.keys + ["flat"], source)
    }
    let numbers = keys.filter { $0 != "of" }
    let most = keys.count
    guard values.count >= numbers.count, values.count <= most else {
      throw .invalid(
        file: source, key: family,
        problem:
          "\(counted(values.count, "value")) given, wanted \(numbers.joined(separator: ", "))"
          + (most > numbers.count ? " and at most tau or tau-squared" : ""))
    }
    var members: [String: JSONValue] = ["family": .string(family)]
    for (key, value) in zip(keys, values) {
      members[key] = key == "of" ? .string(value) : JSONValue(Double(value))
    }
    return try PriorReader(file: source).deviation(.object(members), at: family).prior
  }

  /// The prior of a coefficient: `normal:mean,sd` or `flat`.
  ///
  /// Throws `invalid`, whose file is `source`.
  public static func coefficient(
    _ text: String, source: String
  ) throws(PriorError) -> CoefficientPrior.Normal {
    let (family, values) = parts(text)
    switch family {
    case "flat" where values.isEmpty: return .init(mean: 0, sd: .infinity)
    case "normal":
      let numbers = values.compactMap { Double($0) }.filter(\.isFinite)
      guard values.count == 2, numbers.count == 2, numbers[1] > 0 else {
        throw .invalid(
          file: source, key: family, problem: "two numbers are wanted, a mean and a positive SD")
      }
      return .init(mean: numbers[0], sd: numbers[1])
    case "flat":
      throw .invalid(file: source, key: family, problem: "it has no numbers")
    default: throw unknown(family, among: ["normal", "flat"], source)
    }
  }

  private static func parts(_ text: String) -> (family: String, values: [String]) {
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let values =
      halves.count < 2
      ? [] : halves[1].split(separator: ",", omittingEmptySubsequences: false)
    return (String(halves.first ?? ""), values.map { String($0.filter { $0 != " " }) })
  }

  private static func unknown(
    _ family: String, among known: [String], _ source: String
  ) -> PriorError {
    let hint =
      nearestName(to: family, among: known).map { "did you mean \"\($0)\"?" }
      ?? "known are \(known.sorted().joined(separator: ", "))"
    return .invalid(file: source, key: family, problem: "no family of priors; \(hint)")
  }
}
