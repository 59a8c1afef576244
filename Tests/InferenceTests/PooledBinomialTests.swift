import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling
import TestSupport
import Testing

@testable import Inference

@Suite("Pooled effects of a binomial outcome")
struct PooledBinomialTests {
  private func model(
    _ terms: ModelTerms, _ data: BinomialCells, omega: HeterogeneityPrior = .halfNormal(scale: 0.5)
  ) throws -> BinomialModel {
    try BinomialModel(
      data.statistics, terms.poolingEffects(true), BinomialCells.priors,
      heterogeneity: [HeterogeneityPrior](
        repeating: .halfNormal(scale: 0.7), count: terms.randomTerms),
      correlation: terms.isCorrelated ? BinomialCells.correlation : nil, omega: omega)
  }

  private func position(_ target: BinomialTarget, _ shift: Int) -> [Double] {
    (0..<target.dimension).map { sin(Double(3 * $0 + 7 * shift) + 0.4) * 1.3 }
  }

  private func slopes(
    _ place: [Double], step: Double, _ value: ([Double]) -> Double
  ) -> [Double] {
    place.indices.map { i in
      func at(_ shift: Double) -> Double {
        var moved = place
        moved[i] += shift
        return value(moved)
      }
      return (at(-2 * step) - 8 * at(-step) + 8 * at(step) - at(2 * step)) / (12 * step)
    }
  }

  /// The normal density of the effects with the covariance ω² I + s² 11', by elimination.
  private func logPrior(_ effects: [Double], _ omega: Double) -> Double {
    let (mean, sd) = (BinomialCells.priors.effect.mean, BinomialCells.priors.effect.sd)
    var covariance = Matrix(rows: effects.count, columns: effects.count)
    for i in effects.indices {
      for j in effects.indices { covariance[i, j] = sd * sd + (i == j ? omega * omega : 0) }
    }
    guard let factor = try? Cholesky(covariance) else { return .nan }
    let rest = effects.map { $0 - mean }
    return -0.5
      * (factor.logDeterminant + dot(rest, factor.solve(rest))
        + Double(effects.count) * log(2 * Double.pi))
  }

  @Test(arguments: BinomialCells.terms.indices)
  func densityIsThatOfTheParameters(index: Int) throws {
    let data = BinomialCells(covariates: 1)
    let target = BinomialTarget(try model(BinomialCells.terms[index], data))
    var unused = [Double](repeating: 0, count: target.dimension)
    for shift in 0..<3 {
      let place = position(target, shift)
      func parameters(_ place: [Double]) -> [Double] {
        target.allParameters(place) + [target.omega(at: place) ?? .nan]
      }
      let all = parameters(place)
      let (q, omega) = (target.model.deviations, all[all.count - 1])
      let tau = Array(all.dropLast().suffix(q))
      let values = Array(all.dropLast(q + 1))
      // The plain density has independent effects.
      let flat = CoefficientPrior(
        intercept: BinomialCells.priors.intercept, effect: .init(mean: 0, sd: 1),
        coefficients: BinomialCells.priors.coefficients)
      let effects = target.model.roles.indices.filter {
        if case .effect = target.model.roles[$0] { true } else { false }
      }.map { values[$0] }
      let plain =
        plainLogPosterior(data, target.model, flat, values, tau)
        + effects.reduce(0) { $0 + 0.5 * $1 * $1 + 0.5 * log(2 * Double.pi) }
        + logPrior(effects, omega)
        + HeterogeneityPrior.halfNormal(scale: 0.5).logDensity(omega).value
      let jacobian = logDeterminant(
        place.indices.map { i in
          parameters(place).indices.map { k in
            slopes(place, step: 1e-4) { parameters($0)[k] }[i]
          }
        })
      let value = target.evaluate(at: place, gradient: &unused)
      #expect(abs(value - plain - jacobian) < 1e-6)
    }
  }

  @Test(
    arguments: BinomialCells.terms.indices,
    [HeterogeneityPrior.halfNormal(scale: 0.5), .fixed(0.2)])
  func gradient(index: Int, omega: HeterogeneityPrior) throws {
    let target = BinomialTarget(
      try model(BinomialCells.terms[index], BinomialCells(covariates: 1), omega: omega))
    for shift in 0..<2 {
      var place = position(target, shift)
      // Next to ω = 0.
      if shift == 1, omega.fixedValue == nil { place[place.count - 1] = -5 }
      var gradient = [Double](repeating: 0, count: target.dimension)
      var unused = gradient
      _ = target.evaluate(at: place, gradient: &gradient)
      let slopes = slopes(place, step: 1e-4) { target.evaluate(at: $0, gradient: &unused) }
      for (i, (a, b)) in zip(gradient, slopes).enumerated() {
        #expect(close(a, b, relative: 1e-6, absolute: 1e-6), "coordinate \(i)")
      }
    }
  }

  @Test(arguments: BinomialCells.terms.indices)
  func positionIsTheInverse(index: Int) throws {
    let target = BinomialTarget(try model(BinomialCells.terms[index], BinomialCells(covariates: 1)))
    let place = position(target, 2)
    let all = target.allParameters(place)
    let q = target.model.deviations
    let found = target.position(
      of: Array(all.dropLast(q)), deviations: Array(all.suffix(q)),
      omega: try #require(target.omega(at: place)))
    for (a, b) in zip(found, place) { #expect(close(a, b, relative: 1e-7, absolute: 1e-7)) }
  }

  /// log ∫ L(γ, β) p(γ) dγ of one leaf on a grid of β.
  private func profile(
    _ cells: [(events: Double, count: Double, active: Double)], _ grid: [Double]
  ) -> [Double] {
    let prior = BinomialCells.priors.intercept
    return grid.map { beta in
      let values = (-600...600).map { step -> Double in
        let gamma = Double(step) * 0.01
        let z = (gamma - prior.mean) / prior.sd
        return cells.reduce(-0.5 * z * z) { sum, cell in
          let eta = gamma + cell.active * beta
          return sum + cell.events * eta - cell.count * log1p(exp(eta))
        }
      }
      let top = values.max() ?? 0
      return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }
  }

  // Four means by two samplers at 4 Monte-Carlo errors: a false alarm in 0.05 % of seeds. Two leaves without random
  // terms have five parameters; the intercepts are summed over leaf by leaf.
  @Test(arguments: PosteriorSampler.allCases)
  func posteriorAgainstAGrid(sampler: PosteriorSampler) throws {
    let cells: [[(events: Double, count: Double, active: Double)]] = [
      [(4, 20, 0), (11, 22, 1)], [(9, 25, 0), (7, 24, 1)],
    ]
    let grid = (-60...60).map { Double($0) * 0.07 }
    let profiles = cells.map { profile($0, grid) }
    let scale = 0.5
    var sums = [Double](repeating: 0, count: 4)
    var total = 0.0
    for step in 0..<60 {
      let omega = (Double(step) + 0.5) * 0.045
      for (i, first) in grid.enumerated() {
        for (j, second) in grid.enumerated() {
          let log =
            profiles[0][i] + profiles[1][j] + closedPrior(first, second, omega)
            - 0.5 * omega * omega / (scale * scale) - profiles[0][60] - profiles[1][60]
          let mass = exp(log)
          total += mass
          let mean = conditionalMean(first, second, omega)
          for (k, value) in [first, second, omega, mean].enumerated() { sums[k] += mass * value }
        }
      }
    }
    let exact = sums.map { $0 / total }
    let posterior = try sampled(cells, sampler)
    #expect(posterior.records.allSatisfy { !$0.divergent.contains(true) })
    let draws = [
      try #require(posterior.draws(of: .effect(leaf: 0))),
      try #require(posterior.draws(of: .effect(leaf: 1))), try #require(posterior.omegaDraws),
      try #require(posterior.draws(of: .meanEffect)),
    ]
    for (name, (values, known)) in zip(["β1", "β2", "ω", "β"], zip(draws, exact)) {
      let summary = Summariser(chains: 4, iterations: 5000, level: 0.95).summary(of: values)
      let error = try #require(summary.mcseMean)
      #expect(abs(summary.mean - known) < 4 * error + 1e-4, "\(name): \(summary.mean) \(known)")
      #expect(try #require(summary.essBulk) > 2000, "\(name)")
    }
  }

  /// The bivariate normal density of both effects up to a constant.
  private func closedPrior(_ a: Double, _ b: Double, _ omega: Double) -> Double {
    let (mean, sd) = (BinomialCells.priors.effect.mean, BinomialCells.priors.effect.sd)
    let (sum, difference) = ((a + b - 2 * mean), a - b)
    let (wide, narrow) = (2 * (omega * omega + 2 * sd * sd), 2 * omega * omega)
    return -0.5 * (sum * sum / wide + difference * difference / narrow) - 0.5 * log(wide * narrow)
  }

  private func conditionalMean(_ a: Double, _ b: Double, _ omega: Double) -> Double {
    let (mean, sd) = (BinomialCells.priors.effect.mean, BinomialCells.priors.effect.sd)
    let (data, prior) = (2 / (omega * omega), 1 / (sd * sd))
    return (data * (a + b) / 2 + prior * mean) / (data + prior)
  }

  private func sampled(
    _ cells: [[(events: Double, count: Double, active: Double)]], _ sampler: PosteriorSampler
  ) throws -> BinomialPosterior {
    var (outcome, arm, leaf): ([Double], [UInt8], [Int32]) = ([], [], [])
    for (j, own) in cells.enumerated() {
      for cell in own {
        for i in 0..<Int(cell.count) {
          outcome.append(Double(i) < cell.events ? 1 : 0)
          arm.append(UInt8(cell.active))
          leaf.append(Int32(j))
        }
      }
    }
    let design = Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: .binomial, outcome: outcome,
      weights: nil, treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: ["a"], trial: [Int32](repeating: 0, count: arm.count),
      covariates: Covariates(names: [], columns: []),
      exclusions: Exclusions(rows: arm.count, used: arm.count, counts: []))
    let model = try BinomialModel(
      BinomialStatistics(design, leaf: leaf, leaves: 2),
      BinomialCells.terms[0].poolingEffects(true), BinomialCells.priors, heterogeneity: [])
    var plan = SamplerPlan(chains: 4, warmup: 1000, draws: 5000, seed: 3)
    plan.threads = 2
    return try BinomialPosterior(model, plan: plan, sampler: sampler)
  }
}
