import Designs
import Foundation
import Inference
import JSON
import MixedModels
import Numerics
import Posterior
import Sampling
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
    let agreement = AgreementNotes(.posteriors, "one-stage Gaussian, \(name)")
    let density = MarginalDensity(model)
    let points = try #require(try reference.figures.at("log_density_points", name).array)
    #expect(points.count == 3)
    for point in points {
      let at = try point.at("at")
      let tau = [at["tau0"]?.number, at["tau1"]?.number].compactMap(\.self)
      let variances = Variances(sigma: try at.number("sigma"), tau: tau)
      // The reference prints twelve significant digits.
      #expect(
        agreement.close(
          "log density given the variances", density.evaluate(variances),
          try point.number("log_p_y_given_variances"), relative: 1e-11))
      let effects = density.conditionalEffects(at: variances)
      for (leaf, exact) in try #require(point["beta_given_variances"]?.array).enumerated() {
        let index = try #require(model.columns.index(of: .effect(leaf: leaf)))
        #expect(
          agreement.close(
            "mean of β given the variances", effects.columns[index], try exact.number("mean"),
            relative: 1e-10))
      }
    }
  }

  @Test(arguments: ["RI", "SI"])
  func quadrature(name: String) throws {
    let reference = try OneStage()
    let (model, priors) = try reference.model(name)
    let quadrature = try VarianceQuadrature(model, priors)
    let exact = try reference.figures.at("models", name, "exact")
    let agreement = AgreementNotes(.posteriors, "one-stage Gaussian, \(name)")
    #expect(
      agreement.close(
        "log marginal likelihood by quadrature", quadrature.logMarginalLikelihood,
        try exact.number("log_marginal_likelihood"), relative: 1e-9))
    #expect(quadrature.edgeMass < 1e-12)
    let effects = quadrature.trialEffects(model)
    let q = model.terms.randomTerms
    for trial in 0..<4 {
      let mean = try exact.number("params", "b1[\(trial + 1)]", "mean")
      let sd = try exact.number("params", "b1[\(trial + 1)]", "sd")
      #expect(
        agreement.isWithin(
          "trial effects by quadrature", .standardErrors,
          abs(effects[trial * q + q - 1] - mean) / sd, limit: 1e-7))
    }
  }

  // 4 √MCSE² on 2 × 23 means, 46 standard deviations and 138 quantiles, errors close to normal:
  // 6e-5 each, so about 1.5 % of seeds would raise an alarm with each sampler; the seed is fixed.
  @Test(arguments: ["RI", "SI"], PosteriorSampler.allCases)
  func posterior(name: String, sampler: PosteriorSampler) throws {
    let reference = try OneStage()
    let (model, priors) = try reference.model(name)
    var plan = SamplerPlan(chains: 4, warmup: 1000, draws: 5000, seed: 20)
    plan.threads = 2
    let posterior = try GaussianPosterior(model, priors, plan: plan, sampler: sampler)
    #expect(posterior.records.allSatisfy { !$0.divergent.contains(true) })
    let exact = try reference.figures.at("models", name, "exact", "params")
    var named = ["sigma": posterior.sigma]
    let random = name == "RI" ? ["tau0", "tau1"] : ["tau1"]
    for (r, label) in random.enumerated() {
      named[label] = posterior.tau[r]
      for trial in 0..<4 {
        let prefix = label == "tau0" ? "b0" : "b1"
        named["\(prefix)[\(trial + 1)]"] = posterior.trialEffect(trial, term: r)
      }
    }
    for leaf in 0..<3 {
      let beta = try #require(posterior.column(.effect(leaf: leaf)))
      named["beta[\(leaf + 1)]"] = beta
      named["gamma[\(leaf + 1)]"] = posterior.column(.intercept(leaf: leaf))
    }
    if name == "SI" {
      for (index, cell) in reference.statistics.cells.enumerated() {
        named["gamma[\(cell.leaf + 1),\(cell.trial + 1)]"] =
          posterior.effects[model.order + index]
      }
    }
    for (parameter, draws) in named {
      try check(
        draws, against: try exact.at(parameter), parameter, chains: 4,
        AgreementNotes(.posteriors, "one-stage Gaussian, \(name), \(sampler)"))
      guard let stan = reference.figures["models"]?[name]?["stan"]?["params"]?[parameter] else {
        continue
      }
      try compareWithStan(
        draws, stan, AgreementNotes(.posteriors, "one-stage Gaussian, \(name), \(sampler)"))
    }
  }

  /// Stan is a witness: what it says is noted, and no test of ours.
  private func compareWithStan(
    _ draws: [Double], _ stan: JSONValue, _ agreement: AgreementNotes
  ) throws {
    let ordered = OrderedChains(ChainValues(values: draws, chains: 4))
    let (own, theirs) = (try #require(ordered.mcseMean), try stan.number("mcse_mean"))
    let error = (own * own + theirs * theirs).squareRoot()
    _ = agreement.isWithin(
      "means, Stan", .monteCarlo, abs(ordered.mean - (try stan.number("mean"))) / error, limit: 4)
  }

  private func check(
    _ draws: [Double], against exact: JSONValue, _ name: String, chains: Int,
    _ agreement: AgreementNotes
  ) throws {
    let ordered = OrderedChains(ChainValues(values: draws, chains: chains))
    let meanError = try #require(ordered.mcseMean)
    func isWithin(_ quantity: String, _ difference: Double, _ error: Double) -> Bool {
      agreement.isWithin(quantity, .monteCarlo, abs(difference) / error, limit: 4)
    }
    #expect(
      isWithin("means, exact", ordered.mean - (try exact.number("mean")), meanError),
      "mean of \(name)")
    let sdError = try #require(ordered.mcseSD)
    #expect(
      isWithin("SDs, exact", ordered.standardDeviation - (try exact.number("sd")), sdError),
      "sd of \(name)")
    for (percent, p) in [("5", 0.05), ("50", 0.5), ("95", 0.95)] {
      let error = try #require(ordered.mcseQuantile(p))
      let difference = ordered.quantile(p) - (try exact.number("q", percent))
      #expect(
        isWithin("quantiles, exact", difference, error), "\(percent) % quantile of \(name)")
    }
  }
}
