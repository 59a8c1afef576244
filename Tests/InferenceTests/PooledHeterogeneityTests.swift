import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling
import TestSupport
import Testing

@testable import Inference

@Suite("Partially pooled τ1")
struct PooledHeterogeneityTests {
  static let families: [HeterogeneityPrior] = [
    .halfNormal(scale: 0.7), .halfT(df: 4, scale: 0.5), .halfCauchy(scale: 0.5),
    .exponential(rate: 2), .uniform(lower: 0.1, upper: 2), .halfLogistic(scale: 0.5),
    .lomax(shape: 3, scale: 1), .logNormal(meanlog: -1, sdlog: 0.8),
    .logT(df: 4, location: -1, scale: 0.8),
  ]
  private static let terms = ModelTerms(
    intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)

  // φ(u) = f(τ) dτ/du to rounding; quantile functions are good to 1e-10 or so.
  @Test("Coordinates on which a prior is standard normal", arguments: families)
  func coordinates(_ prior: HeterogeneityPrior) {
    let coordinate = VarianceCoordinate(quantileOf: prior)
    for u in [-4.0, -1.3, -0.2, 0.4, 1.7, 4] {
      let image = coordinate.image(u)
      let density = prior.logDensity(image.value)
      #expect(
        close(
          density.value + image.logJacobian, -0.5 * u * u - 0.5 * log(2 * Double.pi),
          relative: 1e-9, absolute: 1e-9))
      #expect(
        close(
          density.slope * image.slope + image.logJacobianSlope, -u, relative: 1e-7, absolute: 1e-7))
      let h = 1e-5
      let slope = (coordinate.image(u + h).value - coordinate.image(u - h).value) / (2 * h)
      #expect(close(image.slope, slope, relative: 1e-5, absolute: 1e-9))
      #expect(close(coordinate.position(of: image.value), u, relative: 1e-7, absolute: 1e-7))
    }
  }

  // The laws of total expectation and variance over g and w; the rules are exact to 1e-6.
  @Test("A subgroup's τ1 by itself has the prior of the set")
  func marginal() throws {
    let prior = HeterogeneityPrior.halfNormal(scale: 0.7)
    let pooling = try #require(HeterogeneityPooling(prior))
    let rule = try QuadratureRule.gaussHermite(points: 40)
    var (mean, square, variance) = (0.0, 0.0, 0.0)
    for (x, a) in zip(rule.nodes, rule.weights) {
      for (y, b) in zip(rule.nodes, rule.weights) {
        let found = pooling.summary(2.squareRoot() * x, 2.squareRoot() * y)
        mean += a * b / Double.pi * found.location
        square += a * b / Double.pi * found.location * found.location
        variance += a * b / Double.pi * found.spread * found.spread
      }
    }
    #expect(abs(mean - 0.7 * (2 / Double.pi).squareRoot()) < 1e-5)
    let sd = try #require(prior.standardDeviation)
    #expect(abs(variance + square - mean * mean - sd * sd) < 1e-4)
    #expect(HeterogeneityPooling(.fixed(0.3)) == nil)
  }

  private func checkGradient<Leaf>(_ target: PooledTarget<Leaf>) {
    for shift in 0..<3 {
      let place = (0..<target.dimension).map { sin(Double(3 * $0 + 7 * shift) + 0.4) * 1.2 }
      var gradient = [Double](repeating: 0, count: target.dimension)
      var unused = gradient
      _ = target.evaluate(at: place, gradient: &gradient)
      for i in place.indices {
        func at(_ step: Double) -> Double {
          var moved = place
          moved[i] += step
          return target.evaluate(at: moved, gradient: &unused)
        }
        let h = 1e-3
        let slope = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h)
        #expect(close(gradient[i], slope, relative: 1e-6, absolute: 1e-6), "\(shift), \(i)")
      }
    }
  }

  // Central differences of the fourth order: errors of about 1e-9.
  @Test("The gradient of the joint density")
  func gradient() throws {
    let priors = VariancePriors([.halfT(df: 4, scale: 0.6)])
    let models = [3, 4].map { SampleTrials(leaves: 1, size: 4, seed: $0).model(Self.terms) }
    let gaussian = try #require(PooledGaussian(models, priors, parts: [0, 1]))
    checkGradient(PooledTarget(gaussian.targets(), places: gaussian.places))
    let binomial = try BinomialModel(
      BinomialCells().statistics, BinomialCells.terms[4], BinomialCells.priors,
      heterogeneity: [.halfNormal(scale: 1), .halfLogistic(scale: 0.3)])
    let leaf = { BinomialTarget(binomial, BinomialCoordinates(binomial, quantileOfLast: true)) }
    let leaves = [leaf(), leaf()]
    checkGradient(PooledTarget(leaves, places: leaves.map { $0.dimension - 1 }))
  }

  /// Posterior means of both τ1 and of the τ1 of a further subgroup: over a grid of u_1, u_2 and the
  /// correlation ρ of their normal scores, σ summed over leaf by leaf.
  private func exact(
    _ models: [MarginalModel], scale: Double, _ priors: VariancePriors
  ) throws -> [Double] {
    let grid = (0..<64).map { (i: Int) -> Double in -4.2 + 8.4 * (Double(i) + 0.5) / 64 }
    let tau = grid.map {
      scale * Distributions.normalQuantile(0.5 + 0.5 * Distributions.normalCDF($0))
    }
    let residual = try QuadratureRule.gaussLegendre(points: 24, from: -0.8, to: 0.9)
    let likelihood = models.map { model in
      let density = MarginalDensity(model)
      let shift = density.evaluate(Variances(sigma: 1, tau: [0.5]))
      return tau.map { tau in
        zip(residual.nodes, residual.weights).reduce(0.0) { sum, node in
          let sigma = exp(node.0)
          let prior = priors.components[0].logDensity(sigma).value
          let value = density.evaluate(Variances(sigma: sigma, tau: [tau]))
          return sum + node.1 * sigma * exp(value + prior - shift)
        }
      }
    }
    let correlations = try QuadratureRule.gaussLegendre(points: 24, from: 0, to: 1)
    let scores = try QuadratureRule.gaussHermite(points: 16)
    var sums = [0.0, 0.0, 0.0]
    var total = 0.0
    for (rho, weight) in zip(correlations.nodes, correlations.weights) {
      for (i, a) in grid.enumerated() {
        for (j, b) in grid.enumerated() {
          let rest = 1 - rho * rho
          let exponent = -0.5 * (a * a - 2 * rho * a * b + b * b) / rest
          let mass =
            weight * exp(exponent) / rest.squareRoot() * likelihood[0][i] * likelihood[1][j]
          guard mass > 1e-14 else { continue }
          total += mass
          sums[0] += mass * tau[i]
          sums[1] += mass * tau[j]
          // The score of a further subgroup given those two.
          let mean = rho / (1 + rho) * (a + b)
          let sd = (1 - 2 * rho * rho / (1 + rho)).squareRoot()
          for (x, own) in zip(scores.nodes, scores.weights) {
            let u = mean + sd * 2.squareRoot() * x
            sums[2] +=
              mass * own / Double.pi.squareRoot() * scale
              * Distributions.normalQuantile(0.5 + 0.5 * Distributions.normalCDF(min(u, 7)))
          }
        }
      }
    }
    return sums.map { $0 / total }
  }

  // Three means by two samplers at 4 Monte-Carlo errors: 6 comparisons, a false alarm in 0.04 % of
  // seeds; of the grid 2e-4 is allowed for, ρ next to 1 being its rough part.
  @Test("Samplers against a grid", arguments: PosteriorSampler.allCases)
  func grid(_ sampler: PosteriorSampler) throws {
    let scale = 0.6
    let priors = VariancePriors([.halfNormal(scale: scale)])
    let models = [(0.1, 3), (1.6, 4)].map { heterogeneity, seed in
      SampleTrials(leaves: 1, size: 12, heterogeneity: heterogeneity, seed: UInt64(seed))
        .model(Self.terms)
    }
    let exact = try exact(models, scale: scale, priors)
    var plan = SamplerPlan(chains: 4, warmup: 500, draws: 3000, seed: 2)
    plan.threads = 2
    let pooled = try #require(
      try PooledPosterior(models, priors, parts: [3, 5], plan: plan, sampler: sampler))
    #expect(pooled.records.allSatisfy { !$0.divergent.contains(true) })
    let draws = [pooled.leaves[0].tau[0], pooled.leaves[1].tau[0], pooled.location]
    for (name, (values, known)) in zip(["τ_1", "τ_2", "mean"], zip(draws, exact)) {
      let summary = Summariser(chains: 4, iterations: 3000, level: 0.95).summary(of: values)
      let error = try #require(summary.mcseMean)
      #expect(abs(summary.mean - known) < 4 * error + 2e-4, "\(name): \(summary.mean) \(known)")
      #expect(try #require(summary.essBulk) > 1500, "\(name)")
    }
    // Pooling draws the two together.
    plan.draws = 500
    let alone = try models.map { try GaussianPosterior($0, priors, plan: plan).tau[0] }.map(mean)
    #expect(mean(draws[0]) > alone[0] && mean(draws[1]) < alone[1])
  }

  @Test("The same draws on one thread and on two")
  func threads() throws {
    let priors = VariancePriors([.halfNormal(scale: 0.6)])
    let models = [3, 4].map { SampleTrials(leaves: 1, seed: $0).model(Self.terms) }
    let draws = try [1, 2].map { threads in
      var plan = SamplerPlan(chains: 2, warmup: 100, draws: 50, seed: 2)
      plan.threads = threads
      let pooled = try #require(try PooledPosterior(models, priors, parts: [3, 5], plan: plan))
      return pooled.location + pooled.leaves.flatMap { $0.effects.flatMap { $0 } }
    }
    #expect(draws[0] == draws[1])
  }

  // Two equal leaves: their posteriors are the same, so that the difference of means is noise, within 4
  // Monte-Carlo errors in all but 1 of 8,000 seeds.
  @Test("Binomial leaves", arguments: PosteriorSampler.allCases)
  func binomial(sampler: PosteriorSampler) throws {
    let model = try Self.binomialLeaf(5, .halfNormal(scale: 0.5))
    var plan = SamplerPlan(chains: 4, warmup: 500, draws: 2000, seed: 5)
    plan.threads = 2
    let pooled = try #require(
      try PooledPosterior([model, model], parts: [3, 5], plan: plan, sampler: sampler))
    #expect(pooled.records.allSatisfy { !$0.divergent.contains(true) })
    let summaries = pooled.leaves.map {
      Summariser(chains: 4, iterations: 2000, level: 0.95).summary(of: $0.tau[0])
    }
    let errors = try summaries.map { try #require($0.mcseMean) }
    let error = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    #expect(abs(summaries[0].mean - summaries[1].mean) < 4 * error)
    #expect(summaries.allSatisfy { ($0.essBulk ?? 0) > 1000 })
  }

  private static func binomialLeaf(
    _ terms: Int, _ prior: HeterogeneityPrior, rows: Int = 480, shift: Int = 0
  ) throws -> BinomialModel {
    let data = BinomialCells(rows: rows)
    let outcome = data.design.outcome.indices.map { i in
      data.design.outcome[(i * (1 + 2 * shift)) % rows]
    }
    let statistics = BinomialStatistics(
      data.withOutcome(outcome).design, leaf: [Int32](repeating: 0, count: rows), leaves: 1)
    let terms = BinomialCells.terms[terms]
    return try BinomialModel(
      statistics, terms, BinomialCells.priors,
      heterogeneity: [HeterogeneityPrior](repeating: prior, count: terms.randomTerms),
      correlation: BinomialCells.correlation)
  }

  private func compare(_ one: [Double], _ other: [Double], _ what: String) throws {
    let chains = [one, other].map { OrderedChains(ChainValues(values: $0, chains: 4)) }
    let errors = try chains.map { try #require($0.mcseMean, "\(what)") }
    let bound = 4 * (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    #expect(abs(chains[0].mean - chains[1].mean) < bound, "\(what)")
  }

  private func compare(_ pooled: [PooledPosterior], _ what: String) throws {
    let (one, other) = (pooled[0], pooled[1])
    func bounded(_ draws: [Double]) -> [Double] { draws.map { $0 / (1 + $0) } }
    try compare(bounded(one.location), bounded(other.location), "location, \(what)")
    try compare(bounded(one.spread), bounded(other.spread), "spread, \(what)")
    for (j, leaves) in zip(one.leaves, other.leaves).enumerated() {
      for (r, tau) in zip(leaves.0.tau, leaves.1.tau).enumerated() {
        try compare(bounded(tau.0), bounded(tau.1), "τ\(r) of leaf \(j), \(what)")
      }
      for (i, draws) in zip(leaves.0.effects, leaves.1.effects).enumerated() {
        try compare(draws.0, draws.1, "quantity \(i) of leaf \(j), \(what)")
      }
    }
  }

  // Some 20 comparisons for each of four models at 4 Monte-Carlo errors: 5e-3 of seeds.
  @Test(
    "Both samplers agree on binomial leaves",
    arguments: [
      (4, HeterogeneityPrior.halfNormal(scale: 0.5)), (5, .halfT(df: 4, scale: 0.4)),
      (5, .halfCauchy(scale: 0.3)), (6, .halfNormal(scale: 0.5)),
    ])
  func binomialAgreement(terms: Int, prior: HeterogeneityPrior) throws {
    let models = try [
      Self.binomialLeaf(terms, prior), Self.binomialLeaf(terms, prior, rows: 240, shift: 1),
    ]
    var plan = SamplerPlan(chains: 4, warmup: 300, draws: 1000, seed: 6)
    plan.threads = 2
    let pooled = try PosteriorSampler.allCases.map { sampler in
      try #require(try PooledPosterior(models, parts: [3, 5], plan: plan, sampler: sampler))
    }
    #expect(pooled[0].records.allSatisfy { !$0.divergent.contains(true) })
    try compare(pooled, "\(terms), \(prior)")
  }

  // Priors without an SD; 8 comparisons of bounded functions a prior at 4 Monte-Carlo errors: 2e-3 of seeds.
  @Test(
    "Priors without a standard deviation",
    arguments: [
      HeterogeneityPrior.halfCauchy(scale: 0.4), .halfT(df: 2, scale: 0.4),
      .lomax(shape: 1.5, scale: 0.5), .logT(df: 4, location: -1, scale: 0.8),
    ])
  func heavyTails(prior: HeterogeneityPrior) throws {
    let priors = VariancePriors([prior])
    let models = [(0.1, 3), (0.9, 4)].map { heterogeneity, seed in
      SampleTrials(leaves: 1, size: 12, heterogeneity: heterogeneity, seed: UInt64(seed))
        .model(Self.terms)
    }
    var plan = SamplerPlan(chains: 4, warmup: 300, draws: 1500, seed: 7)
    plan.threads = 2
    let pooled = try PosteriorSampler.allCases.map { sampler in
      try #require(
        try PooledPosterior(models, priors, parts: [3, 5], plan: plan, sampler: sampler))
    }
    #expect(pooled.allSatisfy { $0.figures == .quartiles })
    #expect(pooled[0].records.allSatisfy { !$0.divergent.contains(true) })
    try compare(pooled, "\(prior)")
    // Median and interquartile range of the distribution, at two places, by bisection of its distribution
    // function Φ((Φ⁻¹(F(x)) − √ρ g) / √(1 − ρ)).
    let pooling = try #require(HeterogeneityPooling(prior))
    for (g, w) in [(0.3, -0.5), (-1.2, 1.1)] {
      let rho = Distributions.normalCDF(w)
      func quantile(_ p: Double) -> Double {
        var (lower, upper) = (0.0, 1e9)
        for _ in 0..<200 {
          let middle = (lower + upper) / 2
          let score = Distributions.normalQuantile(prior.cumulative(middle))
          let below = Distributions.normalCDF(
            (score - rho.squareRoot() * g) / (1 - rho).squareRoot())
          if below < p { lower = middle } else { upper = middle }
        }
        return lower
      }
      let found = pooling.summary(g, w)
      #expect(close(found.location, quantile(0.5), relative: 1e-8))
      #expect(close(found.spread, quantile(0.75) - quantile(0.25), relative: 1e-7))
    }
  }
}
