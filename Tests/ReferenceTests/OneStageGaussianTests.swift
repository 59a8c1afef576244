import Designs
import Foundation
import Inference
import JSON
import MixedModels
import Numerics
import TestSupport
import Testing

/// The one-stage Gaussian reference: exact posteriors by quadrature in R.
struct OneStage {
  let figures: JSONValue
  let statistics: ModelStatistics
  let terms: [String: ModelTerms] = [
    "RI": ModelTerms(intercepts: .perLeaf, randomIntercept: true, randomEffect: true),
    "SI": ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true),
  ]
  let design: Design
  let leaf: [Int32]

  init() throws {
    figures = try ReferenceCase("onestage-gaussian").figures
    let table = try Require.value(FigureTable("onestage-gaussian/data.csv"), "data.csv")
    let trial = table.codes("trial")
    leaf = table.codes("leaf").codes
    design = Design(
      formula: "y ~ t | trial | leaf", outcomeName: "y", family: .gaussian,
      outcome: table.numbers("y"),
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: table.numbers("t").map { UInt8($0) }, trialName: "trial", trials: trial.levels,
      trial: trial.codes,
      exclusions: Exclusions(rows: table.rows, used: table.rows, counts: []))
    statistics = ModelStatistics(design, leaf: leaf, leaves: 3)
  }

  /// The reference's absolute priors as a prior file.
  func priors() throws -> ResolvedPriors {
    let scale = try ["s_gamma", "s_beta", "s_tau0", "s_tau1", "s_sigma"].map {
      try figures.number("prior", $0)
    }
    let file = """
      {"schema": "metamob.priors/1", "name": "reference", "gaussian": {
        "intercept": {"family": "normal", "mean": 0, "sd": \(scale[0])},
        "effect": {"family": "normal", "mean": 0, "sd": \(scale[1])},
        "tau0": {"family": "half-normal", "scale": \(scale[2])},
        "tau1": {"family": "half-normal", "scale": \(scale[3])},
        "sigma": {"family": "half-normal", "scale": \(scale[4])}}}
      """
    return try ResolvedPriors(PriorSet(data: Data(file.utf8), file: "reference"), for: design)
  }

  func model(_ name: String) throws -> (MarginalModel, VariancePriors) {
    let terms = try Require.value(terms[name], name)
    let priors = try priors()
    return (
      MarginalModel(statistics, terms, .integrated(priors.coefficients)),
      VariancePriors(priors, terms)
    )
  }
}

@Suite struct OneStageGaussianTests {
  @Test(arguments: ["RI", "SI"])
  func densityGivenTheVariances(name: String) throws {
    let reference = try OneStage()
    let (model, _) = try reference.model(name)
    let density = MarginalDensity(model)
    let points = try #require(try reference.figures.at("log_density_points", name).array)
    #expect(points.count == 3)
    for point in points {
      let at = try point.at("at")
      let tau = [at["tau0"]?.number, at["tau1"]?.number].compactMap(\.self)
      let variances = Variances(sigma: try at.number("sigma"), tau: tau)
      // The reference prints twelve significant digits.
      #expect(
        close(
          density.evaluate(variances), try point.number("log_p_y_given_variances"),
          relative: 1e-11))
      let effects = density.conditionalEffects(at: variances)
      for (leaf, exact) in try #require(point["beta_given_variances"]?.array).enumerated() {
        let index = try #require(model.columns.index(of: .effect(leaf: leaf)))
        #expect(close(effects.columns[index], try exact.number("mean"), relative: 1e-10))
      }
    }
  }

  @Test(arguments: ["RI", "SI"])
  func quadrature(name: String) throws {
    let reference = try OneStage()
    let (model, priors) = try reference.model(name)
    let quadrature = try VarianceQuadrature(model, priors)
    let exact = try reference.figures.at("models", name, "exact")
    #expect(
      close(
        quadrature.logMarginalLikelihood, try exact.number("log_marginal_likelihood"),
        relative: 1e-9))
    #expect(quadrature.edgeMass < 1e-12)
    let effects = quadrature.trialEffects(model)
    let q = model.terms.randomTerms
    for trial in 0..<4 {
      let mean = try exact.number("params", "b1[\(trial + 1)]", "mean")
      let sd = try exact.number("params", "b1[\(trial + 1)]", "sd")
      #expect(abs(effects[trial * q + q - 1] - mean) < 1e-7 * sd)
    }
  }
}
