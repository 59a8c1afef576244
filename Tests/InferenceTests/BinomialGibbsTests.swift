import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling
import TestSupport
import Testing

@testable import Inference

/// The Gibbs sampler of binomial posteriors against the other sampler, and against integration.
@Suite("Binomial Gibbs sampler")
struct BinomialGibbsTests {
  private static func plan(_ seed: UInt64, draws: Int = 800) -> SamplerPlan {
    var plan = SamplerPlan(chains: 4, warmup: 300, draws: draws, seed: seed)
    plan.threads = 2
    return plan
  }

  private func compare(
    _ one: [Double], _ other: [Double], _ what: String
  ) throws {
    let chains = [one, other].map { OrderedChains(ChainValues(values: $0, chains: 4)) }
    let errors = try chains.map { try #require($0.mcseMean, "\(what)") }
    let bound = 4 * (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    #expect(abs(chains[0].mean - chains[1].mean) < bound, "\(what)")
  }

  /// Returns what Gibbs drew.
  @discardableResult
  private func compare(
    _ model: BinomialModel, seed: UInt64, draws: Int = 800, _ what: String
  ) throws -> BinomialPosterior {
    let posteriors = try PosteriorSampler.allCases.map {
      try BinomialPosterior(model, plan: Self.plan(seed, draws: draws), sampler: $0)
    }
    let (hmc, gibbs) = (posteriors[0], posteriors[1])
    #expect(hmc.records.allSatisfy { !$0.divergent.contains(true) }, "\(what)")
    for (i, draws) in hmc.effects.enumerated() where Set(draws).count > 1 {
      try compare(draws, gibbs.effects[i], "quantity \(i), \(what)")
    }
    // Bounded functions, since some priors of SDs have no moments.
    for r in hmc.tau.indices where model.heterogeneity[r].fixedValue == nil {
      try compare(
        hmc.tau[r].map { $0 / (1 + $0) }, gibbs.tau[r].map { $0 / (1 + $0) }, "τ\(r), \(what)")
    }
    if let omega = hmc.omegaDraws, let other = gibbs.omegaDraws, Set(omega).count > 1 {
      try compare(omega, other, "ω, \(what)")
    }
    if let rho = hmc.correlationDraws, let other = gibbs.correlationDraws {
      try compare(rho, other, "ρ, \(what)")
      try compare(rho.map { $0 * $0 }, other.map { $0 * $0 }, "ρ², \(what)")
    }
    // Conditional means, which have less error than the draws.
    let (count, terms) = (hmc.roles.count, model.terms.randomTerms)
    for i in 0..<(model.trials * terms) where Set(hmc.effects[count + i]).count > 1 {
      let errors = try [hmc, gibbs].map { posterior in
        try #require(
          OrderedChains(ChainValues(values: posterior.effects[count + i], chains: 4)).mcseMean)
      }
      let bound = 4 * (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
      #expect(abs(hmc.meanTrialEffects[i] - gibbs.meanTrialEffects[i]) < bound, "b\(i), \(what)")
    }
    return gibbs
  }

  // At most 30 comparisons a model at 4 Monte-Carlo errors: 1.9e-3 of seeds a model.
  @Test("Every model", arguments: BinomialCells.terms.indices, [0, 1])
  func models(terms: Int, covariates: Int) throws {
    let model = try BinomialCells(covariates: covariates).model(
      BinomialCells.terms[terms], .halfNormal(scale: 0.6))
    try compare(model, seed: 21, "\(BinomialCells.terms[terms]), \(covariates)")
  }

  // At most 30 comparisons a model, as above; effects are pooled.
  @Test(
    "Pooled effects", arguments: BinomialCells.terms.indices,
    [HeterogeneityPrior.halfNormal(scale: 0.5), .fixed(0.3)])
  func pooledEffects(terms: Int, omega: HeterogeneityPrior) throws {
    let terms = BinomialCells.terms[terms].poolingEffects(true)
    let model = try BinomialModel(
      BinomialCells(covariates: 1).statistics, terms, BinomialCells.priors,
      heterogeneity: [HeterogeneityPrior](
        repeating: .halfNormal(scale: 0.6), count: terms.randomTerms),
      correlation: BinomialCells.correlation, omega: omega)
    try compare(model, seed: 24, "\(terms), \(omega)")
  }

  @Test("Every family of priors", arguments: SamplerAgreementTests.priorFamilies)
  func families(prior: HeterogeneityPrior) throws {
    try compare(
      BinomialCells().model(BinomialCells.terms[4], prior), seed: 22, "\(prior)")
  }

  @Test("What Gibbs says of its draws", arguments: [2, 4, 5])
  func record(terms: Int) throws {
    let data = BinomialCells(covariates: 1)
    let model = try data.model(BinomialCells.terms[terms], .halfNormal(scale: 0.5))
    let plan = SamplerPlan(chains: 2, warmup: 10, draws: 30, seed: 1)
    let posterior = try BinomialPosterior(model, plan: plan, sampler: .gibbs)
    for (chain, record) in posterior.records.enumerated() {
      #expect(record.acceptance == [Double](repeating: 1, count: 30))
      #expect(record.stepSize == 1 && record.inverseMetric.isEmpty)
      #expect(record.treeDepth == [Int](repeating: 0, count: 30))
      #expect(record.leapfrogSteps == [Int](repeating: 0, count: 30))
      #expect(record.divergent == [Bool](repeating: false, count: 30))
      #expect(record.energy == record.logDensity.map { -$0 })
      for s in 0..<30 {
        let place = chain * 30 + s
        let tau = posterior.tau.map { $0[place] }
        let plain = plainLogPosterior(
          data, model, BinomialCells.priors, posterior.effects.map { $0[place] }, tau)
        // The random terms count in units of their SDs.
        let jacobian = Double(model.trials) * tau.reduce(0) { $0 + log($1) }
        #expect(close(record.logDensity[s], plain + jacobian, relative: 1e-9))
      }
    }
  }

  @Test("A run is stopped from outside")
  func cancellation() throws {
    let model = try BinomialCells().model(BinomialCells.terms[4], .halfNormal(scale: 1))
    #expect(throws: SamplingError.cancelled) {
      try BinomialPosterior(
        model, plan: Self.plan(1), sampler: .gibbs, monitor: RunMonitor { true })
    }
  }

  // Events of 2 % in cells of hundreds, where a Pólya-Gamma sweep keeps 84 % of a deviation.
  @Test("Rare events")
  func rareEvents() throws {
    let data = BinomialCells(rows: 4800)
    let rare = data.design.outcome.indices.map { row in
      row % 50 == (row / 600) % 7 ? 1.0 : 0
    }
    let model = try BinomialModel(
      data.withOutcome(rare).statistics, BinomialCells.terms[4], BinomialCells.priors,
      heterogeneity: [.halfNormal(scale: 1), .halfNormal(scale: 0.5)])
    let posterior = try compare(model, seed: 23, draws: 1000, "rare events")
    let summariser = Summariser(chains: 4, iterations: 1000, level: 0.95)
    for draws in posterior.effects + posterior.tau {
      let ess = try #require(summariser.summary(of: draws).essBulk)
      #expect(ess > 1000)
    }
  }
}

/// Correlated random terms of three small trials against importance sampling, in which a trial's terms are
/// integrated by quadrature.
@Suite("Correlated trial effects of a binary outcome")
struct CorrelatedBinomialTests {
  /// Events and participants by trial, control arm first.
  static let cells: [[(events: Double, count: Double)]] = [
    [(3, 20), (9, 20)], [(9, 24), (8, 22)], [(12, 18), (15, 18)],
  ]
  static let tau: [HeterogeneityPrior] = [.halfNormal(scale: 1), .halfNormal(scale: 0.8)]
  static let (intercept, effect) = (
    CoefficientPrior.Normal(mean: 0, sd: 2), CoefficientPrior.Normal(mean: 0, sd: 1.5)
  )

  private static func logLikelihood(_ cell: (events: Double, count: Double), _ eta: Double)
    -> Double
  {
    cell.events * eta - cell.count * (max(eta, 0) + log1p(exp(-abs(eta))))
  }

  /// Self-normalised averages of γ, β, τ0, τ1, ρ, ρ² and the trials' b1, each with its standard error.
  private static func average(
    _ lkj: CorrelationPrior
  ) throws -> [(mean: Double, error: Double)] {
    let rule = try QuadratureRule.gaussHermite(points: 16)
    let nodes = rule.nodes.map { 2.squareRoot() * $0 }
    let weights = rule.weights.map { $0 / Double.pi.squareRoot() }
    var stream = RandomStream(seed: 7, purpose: "importance")
    let n = 20_000
    var draws: [[Double]] = []
    var logWeights: [Double] = []
    for _ in 0..<n {
      // The SDs from their priors, ρ uniform, the coefficients about the pooled log odds.
      let spread = [1.0, 0.8].map { $0 * abs(stream.normal()) }
      let rho = 2 * stream.uniform() - 1
      let (gamma, beta) = (-0.4 + 0.9 * stream.normal(), 0.6 + 0.8 * stream.normal())
      var logWeight =
        Distributions.logNormal(gamma, mean: 0, sd: 2)
        + Distributions.logNormal(beta, mean: 0, sd: 1.5)
        - Distributions.logNormal(gamma, mean: -0.4, sd: 0.9)
        - Distributions.logNormal(beta, mean: 0.6, sd: 0.8) + lkj.logDensity(rho).value
      var effects: [Double] = []
      for trial in cells {
        var (sum, moment) = (0.0, 0.0)
        for (x, u) in zip(nodes, weights) {
          let b0 = spread[0] * x
          let control = u * exp(logLikelihood(trial[0], gamma + b0))
          for (y, w) in zip(nodes, weights) {
            let b1 = spread[1] * (rho * x + (1 - rho * rho).squareRoot() * y)
            let mass = control * w * exp(logLikelihood(trial[1], gamma + b0 + beta + b1))
            sum += mass
            moment += mass * b1
          }
        }
        logWeight += log(sum)
        effects.append(moment / sum)
      }
      draws.append([gamma, beta, spread[0], spread[1], rho, rho * rho] + effects)
      logWeights.append(logWeight)
    }
    let total = logSumExp(logWeights)
    let shares = logWeights.map { exp($0 - total) }
    return draws[0].indices.map { i in
      let mean = zip(shares, draws).reduce(0) { $0 + $1.0 * $1.1[i] }
      let variance = zip(shares, draws).reduce(0.0) { sum, next in
        let deviation = next.0 * (next.1[i] - mean)
        return sum + deviation * deviation
      }
      return (mean, variance.squareRoot())
    }
  }

  /// The shapes of the prior of ρ.
  private static let shapes = [1.0, 3.0]
  /// The averages at each shape, made once for both samplers.
  private static let exact = Result {
    try shapes.map { try average(CorrelationPrior(eta: $0)) }
  }

  // Nine means by two samplers under two priors, at 4 errors: 36 comparisons, 2.3e-3 of seeds.
  @Test(arguments: PosteriorSampler.allCases, shapes.indices)
  func importanceSampling(sampler: PosteriorSampler, shape: Int) throws {
    let lkj = CorrelationPrior(eta: Self.shapes[shape])
    let exact = try Self.exact.get()[shape]
    let terms = ModelTerms(
      intercepts: .perLeaf, randomIntercept: true, randomEffect: true, isCorrelated: true)
    let model = try BinomialModel(
      BinomialCells.statistics(Self.cells), terms,
      CoefficientPrior(intercept: Self.intercept, effect: Self.effect), heterogeneity: Self.tau,
      correlation: lkj)
    var plan = SamplerPlan(chains: 4, warmup: 500, draws: 3000, seed: 41)
    plan.threads = 2
    let posterior = try BinomialPosterior(model, plan: plan, sampler: sampler)
    #expect(posterior.records.allSatisfy { !$0.divergent.contains(true) })
    let rho = try #require(posterior.correlationDraws)
    var draws: [[Double]] = Array(posterior.effects[..<2])
    draws += posterior.tau
    draws += [rho, rho.map { $0 * $0 }]
    for trial in 0..<3 { draws.append(posterior.trialEffect(trial, term: 1)) }
    for (i, (values, known)) in zip(draws, exact).enumerated() {
      let ordered = OrderedChains(ChainValues(values: values, chains: 4))
      let error = try #require(ordered.mcseMean)
      let bound = 4 * (error * error + known.error * known.error).squareRoot()
      #expect(abs(ordered.mean - known.mean) < bound, "quantity \(i)")
      if i >= 6 {
        #expect(abs(posterior.meanTrialEffects[2 * (i - 6) + 1] - known.mean) < bound)
      }
    }
  }
}
