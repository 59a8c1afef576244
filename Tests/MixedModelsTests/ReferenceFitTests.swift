import Designs
import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

@Suite struct ReferenceFitTests {
  static let names = ["low-back-pain", "few-trials", "many-trials"]
  static let methods = ["mob-ri", "metamob-ri", "metamob-ri-cor", "metamob-si"]

  // The optimiser of R stops at 1e-11 of the criterion, whose square root is what the deviations have;
  // a correlation is less well determined.
  @Test(arguments: names, methods) func agreesWithR(name: String, method: String) throws {
    let reference = try ReferenceFits.read(name)
    guard let found = reference.methods[method], let mixed = found.mixed else { return }
    let (design, leaf, ids) = try reference.leaves(name, found.nodes)
    let statistics = ModelStatistics(design, leaf: leaf, leaves: ids.count)
    let model = MarginalModel(statistics, ReferenceFits.terms(method), .restricted)
    let fit = try MixedModelFit(model)
    #expect(close(fit.estimate.logLikelihood, mixed.logLik, relative: 1e-9))
    let variances = fit.estimate.variances
    for deviation in mixed.varcorr {
      if deviation.var2 != nil {
        #expect(close(variances.correlation, deviation.sdcor, relative: 1e-5))
      } else if let term = deviation.var1 {
        let place = term == "(Intercept)" ? 0 : variances.tau.count - 1
        #expect(close(variances.tau[place], deviation.sdcor, relative: 1e-5, absolute: 1e-5))
      } else {
        #expect(close(variances.sigma, deviation.sdcor, relative: 1e-6))
      }
    }
    for (index, id) in ids.enumerated() {
      let name = ids.count == 1 ? "t" : ".tree\(id):t"
      try Self.check(try #require(fit.coefficient(.effect(leaf: index))), mixed.fixed[name])
    }
  }

  static func check(_ effect: FixedEffect, _ expected: ReferenceFits.Coefficient?) throws {
    let expected = try #require(expected)
    #expect(abs(try #require(effect.estimate) - expected.est) < 1e-5 * expected.se)
    #expect(close(try #require(effect.standardError), expected.se, relative: 1e-5))
    if let degrees = expected.satterthwaite {
      #expect(close(try #require(effect.satterthwaite), degrees, relative: 1e-3))
    }
    if let error = expected.kenwardRogerError, let degrees = expected.kenwardRogerDF {
      #expect(close(try #require(effect.kenwardRogerError), error, relative: 1e-5))
      #expect(close(try #require(effect.kenwardRogerDF), degrees, relative: 1e-3))
    }
  }

  @Test(arguments: names) func trialInterceptsAreThoseOfLm(name: String) throws {
    let reference = try ReferenceFits.read(name)
    let found = try #require(reference.methods["palmtree"])
    let linear = try #require(found.palm).coef
    let (design, leaf, ids) = try reference.leaves(name, found.nodes)
    let statistics = ModelStatistics(design, leaf: leaf, leaves: ids.count)
    let fit = try MixedModelFit(
      MarginalModel(statistics, ReferenceFits.terms("palmtree"), .restricted))
    let first = try #require(fit.coefficient(.intercept(leaf: nil, trial: 0)))
    let base = try #require(linear["(Intercept)"])
    #expect(abs(try #require(first.estimate) - base.est) < 1e-9 * base.se)
    #expect(close(try #require(first.standardError), base.se, relative: 1e-9))
    for (index, id) in ids.enumerated() {
      let pairs: [(FixedRole, String)] = [
        (.effect(leaf: index), ".tree\(id):t"), (.intercept(leaf: index, trial: nil), ".tree\(id)"),
      ]
      for (role, name) in pairs.prefix(index == 0 ? 1 : 2) {
        let effect = try #require(fit.coefficient(role))
        let expected = try #require(linear[name])
        #expect(abs(try #require(effect.estimate) - expected.est) < 1e-9 * expected.se)
        #expect(close(try #require(effect.standardError), expected.se, relative: 1e-9))
        #expect(effect.satterthwaite == Double(design.rows - linear.count))
        #expect(effect.kenwardRogerDF == effect.satterthwaite)
        #expect(effect.kenwardRogerError == effect.standardError)
      }
    }
    for (k, trial) in design.trials.enumerated().dropFirst() {
      let expected = try #require(linear["trial\(trial)"])
      let difference = try #require(
        fit.contrast([
          (.intercept(leaf: nil, trial: k), 1), (.intercept(leaf: nil, trial: 0), -1),
        ]))
      #expect(abs(difference.estimate - expected.est) < 1e-8 * expected.se)
      #expect(close(difference.standardError, expected.se, relative: 1e-8))
    }
    // lm's coefficients are those of the alternation's offset too.
    #expect(fit.fixed.count == linear.count)
  }
}
