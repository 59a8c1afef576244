import Foundation
import Inference
import JSON
import MixedModels
import Pooling
import TestSupport
import Testing

/// One fit of `Figures/nnhm`: data, priors, and its figures by quadrature in R.
struct ReferenceFit: CustomTestStringConvertible, Sendable {
  let name: String
  /// The name of its data set.
  let dataSet: String
  let estimates: [StudyEstimate]
  let priors: PoolingPriors
  let exact: JSONValue

  var testDescription: String { name }

  /// All fits of the file.
  static let all: [ReferenceFit] = {
    guard let data = figure("nnhm/reference.json"), let document = try? fastDocument(data),
      let sets = document["data_sets"]?.object
    else { return [] }
    return sets.sorted { $0.key < $1.key }.flatMap { name, set in
      let estimates = estimates(set)
      return (set["fits"]?.array ?? []).compactMap { (fit: JSONValue) -> ReferenceFit? in
        guard let priors = priors(fit), let exact = fit["exact"] else { return nil }
        let words =
          "\(name), \(fit["tau_prior"]?["family"]?.string ?? ""), "
          + (fit["mu_prior"]?["family"]?.string ?? "")
        return ReferenceFit(
          name: words, dataSet: name, estimates: estimates, priors: priors, exact: exact)
      }
    }
  }()

  private static func estimates(_ set: JSONValue) -> [StudyEstimate] {
    let y = numbers(set["y"])
    let names = set["labels"]?.array?.compactMap(\.string) ?? []
    return zip(names, zip(y, numbers(set["sigma"]))).map {
      StudyEstimate(study: $0, estimate: $1.0, se: $1.1)
    }
  }

  static func numbers(_ value: JSONValue?) -> [Double] {
    value?.array?.compactMap(\.number) ?? []
  }

  private static func priors(_ fit: JSONValue) -> PoolingPriors? {
    guard let mean = fit["mu_prior"], let tau = fit["tau_prior"] else { return nil }
    let normal = CoefficientPrior.Normal(
      mean: mean["mean"]?.number ?? 0, sd: mean["sd"]?.number ?? .infinity)
    func value(_ key: String) -> Double { tau[key]?.number ?? .nan }
    let heterogeneity: HeterogeneityPrior?
    switch tau["family"]?.string {
    case "half-normal": heterogeneity = .halfNormal(scale: value("scale"))
    case "half-cauchy": heterogeneity = .halfCauchy(scale: value("scale"))
    case "half-student-t": heterogeneity = .halfT(df: value("df"), scale: value("scale"))
    case "exponential": heterogeneity = .exponential(rate: value("rate"))
    case "uniform": heterogeneity = .uniform(lower: value("lower"), upper: value("upper"))
    case "half-logistic": heterogeneity = .halfLogistic(scale: value("scale"))
    case "lomax": heterogeneity = .lomax(shape: value("shape"), scale: value("scale"))
    case "log-normal":
      heterogeneity = .logNormal(meanlog: value("meanlog"), sdlog: value("sdlog"))
    case "log-student-t":
      heterogeneity = .logT(df: value("df"), location: value("location"), scale: value("scale"))
    case "uniform-improper": heterogeneity = nil
    default: return nil
    }
    return PoolingPriors(mean: normal, heterogeneity: heterogeneity)
  }
}

/// The figures of a case.
func referenceDocument(_ name: String) throws -> JSONValue {
  let data = try #require(figure("\(name)/reference.json"))
  return try fastDocument(data)
}

/// A document in which every scalar but a text is a number: `JSONValue`'s own reader throws an error for
/// each number that is no truth value, and the test library takes a picture of the stack at each.
private func fastDocument(_ data: Data) throws -> JSONValue {
  func value(_ any: Any) -> JSONValue {
    switch any {
    case let text as String: .string(text)
    case let list as [Any]: .array(list.map(value))
    case let members as [String: Any]: .object(members.mapValues(value))
    case let number as NSNumber: .number(number.doubleValue)
    default: .null
    }
  }
  return value(try JSONSerialization.jsonObject(with: data))
}
