import Foundation
import Inference
import JSON
import TestSupport
import Testing

/// Densities, distribution functions, quantiles and moments of the families.
@Suite("Distributions of heterogeneity priors")
struct PriorDistributionTests {
  static let families: [HeterogeneityPrior] = [
    .halfNormal(scale: 0.5), .halfT(df: 3, scale: 0.5), .halfT(df: 0.7, scale: 2),
    .halfCauchy(scale: 0.5), .exponential(rate: 2), .uniform(lower: 0.5, upper: 4),
    .halfLogistic(scale: 0.4), .lomax(shape: 3, scale: 1), .lomax(shape: 0.5, scale: 2),
    .logNormal(meanlog: -1.975, sdlog: 0.67), .logT(df: 5, location: -2, scale: 1.2),
  ]

  private static func prior(_ entry: JSONValue) -> HeterogeneityPrior? {
    func value(_ key: String) -> Double { entry[key]?.number ?? .nan }
    return switch entry["family"]?.string {
    case "half-normal": .halfNormal(scale: value("scale"))
    case "half-cauchy": .halfCauchy(scale: value("scale"))
    case "half-student-t": .halfT(df: value("df"), scale: value("scale"))
    case "half-logistic": .halfLogistic(scale: value("scale"))
    case "lomax": .lomax(shape: value("shape"), scale: value("scale"))
    case "exponential": .exponential(rate: value("rate"))
    case "uniform": .uniform(lower: value("lower"), upper: value("upper"))
    case "log-normal": .logNormal(meanlog: value("meanlog"), sdlog: value("sdlog"))
    default: nil
    }
  }

  /// R's functions and bayesmeta's, printed to 13 digits.
  @Test("Against R and bayesmeta")
  func reference() throws {
    let document = try JSONValue(data: #require(figure("nnhm/priors.json")))["prior_functions"]
    func numbers(_ value: JSONValue?) -> [Double] { value?.array?.compactMap(\.number) ?? [] }
    let x = numbers(document?["x"])
    let p = numbers(document?["p"])
    var checked = 0
    for entry in document?["families"]?.array ?? [] {
      guard let prior = Self.prior(entry) else { continue }
      checked += 1
      for (place, x) in x.enumerated() {
        #expect(
          close(
            exp(prior.logDensity(x).value), numbers(entry["density"])[place], relative: 1e-11),
          "\(prior), density at \(x)")
        #expect(
          close(prior.cumulative(x), numbers(entry["cdf"])[place], relative: 1e-11),
          "\(prior), cdf at \(x)")
      }
      for (place, p) in p.enumerated() {
        #expect(
          close(prior.quantile(p), numbers(entry["quantile"])[place], relative: 1e-10),
          "\(prior), quantile at \(p)")
      }
      if let mean = entry["mean"]?.number {
        #expect(close(prior.mean ?? .nan, mean, relative: 1e-11), "\(prior)")
      }
      if let variance = entry["variance"]?.number {
        let sd = prior.standardDeviation ?? .nan
        #expect(close(sd * sd, variance, relative: 1e-11), "\(prior)")
      }
    }
    #expect(checked == 8)
  }

  /// Rounding of p near 1 bounds what can be asked of the upper tail.
  @Test("The quantile is the inverse of the distribution function", arguments: families)
  func inverse(prior: HeterogeneityPrior) {
    for p in [1e-9, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999] {
      #expect(close(prior.cumulative(prior.quantile(p)), p, relative: 1e-6), "\(prior), \(p)")
    }
    #expect(prior.cumulative(-1) == 0)
    #expect(prior.cumulative(0) == 0)
    #expect(close(prior.cumulative(1e300), 1, relative: 1e-2))
  }

  /// Simpson's rule on log τ between two quantiles is the difference of their probabilities.
  @Test("The distribution function is the integral of the density", arguments: families)
  func integral(prior: HeterogeneityPrior) {
    let (lower, upper) = (log(prior.quantile(0.1)), log(prior.quantile(0.9)))
    let step = (upper - lower) / 2000
    var sum = 0.0
    for i in 0...2000 {
      // The ends of a uniform prior lie outside; quantiles do not touch them.
      let u = lower + Double(i) * step
      let weight = i == 0 || i == 2000 ? 1.0 : i % 2 == 1 ? 4 : 2
      sum += weight * exp(prior.logDensity(exp(u)).value + u)
    }
    #expect(close(sum * step / 3, 0.8, relative: 1e-8))
  }

  @Test("Moments that do not exist are nil")
  func moments() {
    #expect(HeterogeneityPrior.halfCauchy(scale: 1).mean == nil)
    #expect(HeterogeneityPrior.halfT(df: 1, scale: 1).mean == nil)
    #expect(HeterogeneityPrior.lomax(shape: 1, scale: 1).mean == nil)
    #expect(HeterogeneityPrior.logT(df: 5, location: 0, scale: 1).mean == nil)
    #expect(HeterogeneityPrior.fixed(2).mean == 2)
    #expect(HeterogeneityPrior.fixed(2).quantile(0.1) == 2)
    #expect(HeterogeneityPrior.fixed(2).cumulative(1.9) == 0)
    #expect(HeterogeneityPrior.fixed(2).cumulative(2) == 1)
  }
}
