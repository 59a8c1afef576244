import Foundation
import Inference
import MixedModels
import Testing

/// Priors as options give them.
@Suite("Priors on a command line")
struct PriorTextTests {
  static let families: [(String, HeterogeneityPrior)] = [
    ("half-normal:0.5", .halfNormal(scale: 0.5)), ("half-t:3,0.5", .halfT(df: 3, scale: 0.5)),
    ("half-cauchy:2", .halfCauchy(scale: 2)), ("exponential:2", .exponential(rate: 2)),
    ("uniform:0,4", .uniform(lower: 0, upper: 4)), ("half-logistic:1", .halfLogistic(scale: 1)),
    ("lomax:3,1", .lomax(shape: 3, scale: 1)),
    ("log-normal:-2,0.7", .logNormal(meanlog: -2, sdlog: 0.7)),
    ("log-normal:-2,0.7,tau", .logNormal(meanlog: -2, sdlog: 0.7)),
    ("log-normal:-4,1.4,tau-squared", .logNormal(meanlog: -2, sdlog: 0.7)),
    ("log-t:5, -4, 2, tau-squared", .logT(df: 5, location: -2, scale: 1)),
    ("fixed:0", .fixed(0)),
  ]

  @Test("Every family of the contract, keys in their order", arguments: families)
  func family(_ text: String, _ prior: HeterogeneityPrior) throws {
    #expect(try PriorText.heterogeneity(text, source: "--tau-prior") == prior)
  }

  @Test("flat is the improper prior")
  func flat() throws {
    #expect(try PriorText.heterogeneity("flat", source: "--tau-prior") == nil)
    #expect(try PriorText.coefficient("flat", source: "--mu-prior").sd == .infinity)
    let normal = try PriorText.coefficient("normal:-1,4", source: "--mu-prior")
    #expect(normal.mean == -1 && normal.sd == 4)
  }

  @Test(
    "Anything else is refused",
    arguments: [
      "", "half-normal", "half-normal:", "half-normal:a", "half-normal:1,2", "half-normal:inf",
      "uniform:2,1", "fixed:-1", "flat:1", "lkj:2", "half-t:0,1", "normal:0,1",
    ])
  func refused(_ text: String) {
    #expect(throws: PriorError.self) {
      try PriorText.heterogeneity(text, source: "--tau-prior")
    }
  }

  @Test(
    "A mean needs two numbers", arguments: ["normal", "normal:0", "normal:0,0", "half-normal:1"])
  func refusedMean(_ text: String) {
    #expect(throws: PriorError.self) { try PriorText.coefficient(text, source: "--mu-prior") }
  }
}
