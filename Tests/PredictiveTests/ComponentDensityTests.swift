import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Testing

@testable import Predictive

/// The parts of the log posterior density, row by row.
@Suite("Parts of the posterior density") struct ComponentDensityTests {
  static let models = [
    KnownModel(), KnownModel(covariates: 2), KnownModel(family: .binomial),
    KnownModel(covariates: 2, family: .binomial),
  ]

  private static func priors(_ design: Design) throws -> ResolvedPriors {
    try ResolvedPriors(.weaklyInformative(), for: design)
  }

  /// The linear predictor of a row in one draw.
  private static func eta(
    _ row: Int, _ draw: Int, _ design: Design, _ leaf: Int, _ posterior: GivenPosterior
  ) throws -> Double {
    func value(_ role: FixedRole) throws -> Double {
      try #require(posterior.draws(of: role))[draw]
    }
    let trial = Int(design.trial[row])
    var sum = try value(.intercept(leaf: leaf, trial: trial))
    for (i, column) in design.covariates.columns.enumerated() {
      sum += try value(.covariate(i)) * column[row]
    }
    guard design.arm[row] == 1 else { return sum }
    return try sum + value(.effect(leaf: leaf)) + posterior.trialEffect(trial, term: 0)[draw]
  }

  @Test(
    "The likelihood is the sum over participants", arguments: models.indices, [false, true])
  func likelihood(index: Int, weighted: Bool) throws {
    let model = Self.models[index]
    let (design, leaf) = model.design(weighted: weighted)
    let posterior = model.posterior(draws: 7, spread: 0.2)
    let densities = ComponentDensities(
      design, model.models(leaf, posterior), try Self.priors(design))
    for draw in 0..<7 {
      var expected = 0.0
      for row in 0..<design.rows {
        let eta = try Self.eta(row, draw, design, Int(leaf[row]), posterior)
        let w = design.weights?[row] ?? 1
        if let sigma = posterior.residualDraws?[draw] {
          expected += Distributions.logNormal(
            design.outcome[row], mean: eta, sd: sigma / w.squareRoot())
        } else {
          let risk = 1 / (1 + exp(-eta))
          expected += w * log(design.outcome[row] == 1 ? risk : 1 - risk)
        }
      }
      #expect(abs(densities.likelihood[draw] - expected) < 1e-9 * abs(expected))
    }
  }

  @Test("The priors are those of all parameters, the trial effects' distribution not among them")
  func priors() throws {
    let model = KnownModel(covariates: 1)
    let (design, leaf) = model.design()
    let posterior = model.posterior(draws: 5, spread: 0.3)
    let priors = try Self.priors(design)
    let densities = ComponentDensities(design, model.models(leaf, posterior), priors)
    let expected = (0..<5).map { draw -> Double in
      var sum = priors.tau1.logDensity(posterior.tau[0][draw]).value
      sum += priors.sigma.logDensity(posterior.residualDraws?[draw] ?? 0).value
      for (role, draws) in zip(posterior.roles, posterior.effects) {
        let normal =
          switch role {
          case .effect: priors.coefficients.effect
          case .covariate(let i): priors.coefficients.coefficients[i]
          default: priors.coefficients.intercept
          }
        sum += Distributions.logNormal(draws[draw], mean: normal.mean, sd: normal.sd)
      }
      return sum
    }
    for draw in 1..<5 {
      let difference = densities.priors[draw] - densities.priors[0]
      #expect(abs(difference - (expected[draw] - expected[0])) < 1e-9)
    }
    let tau = posterior.tau[0].map { priors.tau1.logDensity($0).value }
    #expect(densities.heterogeneity == tau)
  }

  @Test("A fixed SD and a method without one have no part of their own")
  func fixed() throws {
    let model = KnownModel()
    let (design, leaf) = model.design()
    var priors = try Self.priors(design)
    priors.tau1 = .fixed(0.9)
    let posterior = model.posterior(draws: 3)
    #expect(
      ComponentDensities(design, model.models(leaf, posterior), priors).heterogeneity == nil)
  }
}
