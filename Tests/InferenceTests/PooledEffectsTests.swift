import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling
import TestSupport
import Testing

@testable import Inference

/// The Gaussian model with pooled effects by dense algebra: the outcome's covariance, row by row.
private struct DensePooling {
  let data: SampleTrials
  let terms: ModelTerms
  let prior: CoefficientPrior

  /// log p(y | variances), and with it E[β_1], …, E[β_J], E[β].
  func posterior(_ variances: Variances) throws -> (logDensity: Double, means: [Double]) {
    let design = data.design
    let n = design.rows
    let meanEffect = prior.effect.mean
    var rest = [Double](repeating: 0, count: n)
    var covariance = Matrix(rows: n, columns: n)
    // Cov(β_j, y) in row j, Cov(β, y) last.
    var across = Matrix(rows: data.leaves + 1, columns: n)
    let (wide, own) = (
      prior.effect.sd * prior.effect.sd, variances.omega * variances.omega
    )
    for a in 0..<n {
      let t = Double(design.arm[a])
      rest[a] = design.outcome[a] - prior.intercept.mean - meanEffect * t
      for j in 0..<data.leaves { across[j, a] = t * (wide + (data.leaf[a] == j ? own : 0)) }
      across[data.leaves, a] = t * wide
      for b in 0..<n {
        let both = t * Double(design.arm[b])
        let sameLeaf = data.leaf[a] == data.leaf[b]
        let sameTrial = design.trial[a] == design.trial[b]
        var value = both * (wide + (sameLeaf ? own : 0))
        let sameIntercept = sameLeaf && (terms.intercepts == .perLeaf || sameTrial)
        if sameIntercept { value += prior.intercept.sd * prior.intercept.sd }
        if sameTrial, terms.randomIntercept { value += variances.tau[0] * variances.tau[0] }
        if sameTrial, terms.randomEffect, let tau = variances.tau.last { value += both * tau * tau }
        if a == b { value += variances.sigma * variances.sigma }
        covariance[a, b] = value
      }
    }
    let factor = try Cholesky(covariance)
    let solved = factor.solve(rest)
    return (
      -0.5 * (Double(n) * log(2 * Double.pi) + factor.logDeterminant + dot(rest, solved)),
      across.times(solved).map { meanEffect + $0 }
    )
  }
}

@Suite("Pooled effects of a Gaussian outcome")
struct PooledEffectsTests {
  static let terms: [ModelTerms] = [
    ModelTerms(
      intercepts: .perLeaf, randomIntercept: false, randomEffect: false, poolsEffects: true),
    ModelTerms(
      intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true, poolsEffects: true),
    ModelTerms(
      intercepts: .perLeaf, randomIntercept: true, randomEffect: true, poolsEffects: true),
  ]

  private func priors(_ terms: ModelTerms, omega: HeterogeneityPrior = .halfNormal(scale: 0.6))
    -> VariancePriors
  {
    VariancePriors(
      components: [.halfNormal(scale: 2.5)]
        + [.halfNormal(scale: 1), .halfNormal(scale: 0.6)].suffix(terms.randomTerms),
      residualScale: 1, omega: omega)
  }

  // Both are exact; 1e-9 is rounding.
  @Test("Density and conditional means against dense algebra", arguments: terms.indices)
  func density(_ index: Int) throws {
    let terms = Self.terms[index]
    let data = SampleTrials(leaves: 3, size: 3, oneArm: true, seed: 5)
    let dense = DensePooling(data: data, terms: terms, prior: data.coefficients())
    let density = MarginalDensity(data.model(terms))
    for (sigma, omega) in [(1.1, 0.7), (0.8, 0.0), (1.5, 1e-7), (0.9, 12.0)] {
      let tau = [Double](repeating: 0.4, count: terms.randomTerms)
      let variances = Variances(sigma: sigma, tau: tau, omega: omega)
      let expected = try dense.posterior(variances)
      let value = density.evaluate(variances)
      #expect(close(value, expected.logDensity, relative: 1e-9, absolute: 1e-9))
      let effects = density.conditionalEffects(at: variances)
      let roles: [GlobalColumns.Role] =
        (0..<data.leaves).map { .effect(leaf: $0) } + [.meanEffect]
      for (role, mean) in zip(roles, expected.means) {
        let place = try #require(density.model.columns.index(of: role))
        #expect(close(effects.columns[place], mean, relative: 1e-8, absolute: 1e-8))
      }
    }
  }

  // Central differences of the fourth order with a step of 1e-3: errors of about 1e-9.
  @Test("The gradient on the sampler's coordinates", arguments: terms.indices, [false, true])
  func gradient(_ index: Int, flat: Bool) {
    let terms = Self.terms[index]
    let data = SampleTrials(leaves: 3, covariates: 1, seed: 8)
    let target = VarianceTarget(data.model(terms, flat: flat), priors(terms))
    #expect(target.dimension == 2 + terms.randomTerms)
    for shift in 0..<4 {
      // The last one is next to ω = 0.
      let place = (0..<target.dimension).map { (i: Int) -> Double in
        shift == 3 && i == target.dimension - 1 ? -5 : sin(Double(3 * i + 7 * shift) + 0.4)
      }
      var gradient = place
      let value = target.evaluate(at: place, gradient: &gradient)
      #expect(abs(value - target.value(at: place)) < 1e-11)
      for i in place.indices {
        func at(_ step: Double) -> Double {
          var moved = place
          moved[i] += step
          return target.value(at: moved)
        }
        let h = 1e-3
        let slope = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h)
        #expect(close(gradient[i], slope, relative: 1e-6, absolute: 1e-7), "\(shift), \(i)")
      }
    }
  }

  // Six means by two samplers at 4 Monte-Carlo errors: 12 comparisons, a false alarm in 0.08 % of
  // seeds; halving the grid's steps changes its figures by less than 1e-5.
  @Test("Samplers against a grid", arguments: PosteriorSampler.allCases)
  func grid(_ sampler: PosteriorSampler) throws {
    let terms = Self.terms[1]
    let data = SampleTrials(trials: 3, leaves: 2, size: 3, seed: 3)
    let model = data.model(terms)
    let priors = priors(terms)
    let exact = try exactMeans(data, terms, priors)
    var plan = SamplerPlan(chains: 4, warmup: 1000, draws: 10_000, seed: 12)
    plan.threads = 2
    let posterior = try GaussianPosterior(model, priors, plan: plan, sampler: sampler)
    #expect(posterior.records.allSatisfy { !$0.divergent.contains(true) })
    let draws = [
      posterior.sigma, posterior.tau[0], try #require(posterior.omegaDraws),
      try #require(posterior.draws(of: .effect(leaf: 0))),
      try #require(posterior.draws(of: .effect(leaf: 1))),
      try #require(posterior.draws(of: .meanEffect)),
    ]
    for (name, (values, known)) in zip(["σ", "τ", "ω", "β1", "β2", "β"], zip(draws, exact)) {
      let summary = Summariser(chains: 4, iterations: 10_000, level: 0.95).summary(of: values)
      let error = try #require(summary.mcseMean)
      #expect(abs(summary.mean - known) < 4 * error + 1e-5, "\(name): \(summary.mean) \(known)")
      #expect(try #require(summary.essBulk) > 2000, "\(name)")
    }
  }

  /// Posterior means of σ, τ, ω, β_1, β_2 and β over a grid of the three.
  private func exactMeans(
    _ data: SampleTrials, _ terms: ModelTerms, _ priors: VariancePriors
  ) throws -> [Double] {
    let dense = DensePooling(data: data, terms: terms, prior: data.coefficients())
    let residual = try QuadratureRule.gaussLegendre(points: 16, from: -0.6, to: 0.9)
    let positive = try QuadratureRule.gaussLegendre(points: 20, from: 0, to: 3.6)
    let shift = try dense.posterior(Variances(sigma: 1, tau: [0.5], omega: 0.5)).logDensity
    var sums = [Double](repeating: 0, count: 6)
    var total = 0.0
    for (logSigma, a) in zip(residual.nodes, residual.weights) {
      for (tau, b) in zip(positive.nodes, positive.weights) {
        for (omega, c) in zip(positive.nodes, positive.weights) {
          let variances = Variances(sigma: exp(logSigma), tau: [tau], omega: omega)
          let found = try dense.posterior(variances)
          let mass =
            a * b * c * variances.sigma
            * exp(found.logDensity - shift + priors.logDensity(variances))
          total += mass
          for (i, value) in ([variances.sigma, tau, omega] + found.means).enumerated() {
            sums[i] += mass * value
          }
        }
      }
    }
    return sums.map { $0 / total }
  }

  // With ω at a value the conditional means are exact; what is left of the other limit is of the order
  // of the precision 1/ω² = 1e-12, or of ω² = 1e-12.
  @Test("Between no pooling and one effect", arguments: terms.indices)
  func limits(_ index: Int) throws {
    let terms = Self.terms[index]
    let data = SampleTrials(leaves: 3, size: 4, seed: 6)
    let tau = [Double](repeating: 0.5, count: terms.randomTerms)
    func effects(_ terms: ModelTerms, _ omega: Double, flat: Bool) throws -> [Double] {
      let prior = CoefficientPrior(
        intercept: data.coefficients().intercept,
        effect: .init(mean: 0, sd: flat ? .infinity : 3))
      let model = MarginalModel(data.statistics, terms, .integrated(prior))
      let found = MarginalDensity(model).conditionalEffects(
        at: Variances(sigma: 1, tau: tau, omega: omega))
      return try (0..<data.leaves).map {
        found.columns[try #require(model.columns.index(of: .effect(leaf: $0)))]
      }
    }
    let wide = try effects(terms, 1e6, flat: true)
    let free = try effects(terms.poolingEffects(false), 0, flat: true)
    for (a, b) in zip(wide, free) { #expect(abs(a - b) < 1e-8) }
    let narrow = try effects(terms, 1e-6, flat: false)
    #expect(narrow.allSatisfy { abs($0 - narrow[0]) < 1e-8 })
    #expect(abs(wide[0] - wide[1]) > 0.1)
  }

  // The fixed value is not sampled, and the others are.
  @Test("A known ω", arguments: PosteriorSampler.allCases)
  func known(_ sampler: PosteriorSampler) throws {
    let terms = Self.terms[1]
    let data = SampleTrials(leaves: 3, seed: 6)
    let plan = SamplerPlan(chains: 2, warmup: 200, draws: 100, seed: 4)
    let posterior = try GaussianPosterior(
      data.model(terms), priors(terms, omega: .fixed(0)), plan: plan, sampler: sampler)
    #expect(posterior.omegaDraws?.allSatisfy { $0 == 0 } == true)
    let effects = try (0..<3).map { try #require(posterior.draws(of: .effect(leaf: $0))) }
    #expect(effects[0] == effects[1] && effects[1] == effects[2])
    #expect(Set(posterior.tau[0]).count > 50)
  }
}
