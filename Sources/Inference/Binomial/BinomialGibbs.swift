import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling

/// One chain of the Gibbs sampler of a binomial posterior (article GibbsSampling): Pólya-Gamma numbers of the
/// cells given the linear predictors, then the between-trial SDs and all coefficients and random terms given
/// those.
///
/// Nothing is allocated in a sweep.
struct BinomialGibbs: ~Copyable {
  private let model: BinomialModel
  private let density: AugmentedDensity
  private let index: Int
  private let coordinates: [VarianceCoordinate]
  private let free: [Int]
  var position: [Double]
  var stream: RandomStream
  /// The SDs, then the correlation.
  private let deviations: UnsafeMutableBufferPointer<Double>
  /// The present draw of coefficients and random terms, and the random terms standardised.
  private let values: UnsafeMutableBufferPointer<Double>
  private let standardised: UnsafeMutableBufferPointer<Double>
  /// The conditional means of a draw, and again its random terms standardised.
  private let means: UnsafeMutableBufferPointer<Double>
  private let standardisedMeans: UnsafeMutableBufferPointer<Double>
  /// The linear predictors of the cells, then their Pólya-Gamma numbers.
  private let cells: UnsafeMutableBufferPointer<Double>

  /// Sweeps between two draws.
  private let sweeps: Int

  /// A chain without a state.
  private init(of model: BinomialModel, index: Int, plan: SamplerPlan) {
    self.model = model
    self.index = index
    density = AugmentedDensity(model)
    sweeps = Self.sweeps(model)
    coordinates = model.deviationCoordinates
    free = model.freeDeviations
    stream = RandomStream(seed: plan.seed, purpose: "gibbs", index: index, part: plan.part)
    position = [Double](repeating: 0, count: free.count)
    deviations = Self.buffer(model.deviations)
    values = Self.buffer(density.valuesPerDraw)
    standardised = Self.buffer(model.trials * model.terms.randomTerms)
    means = Self.buffer(density.valuesPerDraw)
    standardisedMeans = Self.buffer(model.trials * model.terms.randomTerms)
    cells = Self.buffer(model.cells)
    for (r, prior) in model.heterogeneity.enumerated() { deviations[r] = prior.fixedValue ?? 1 }
  }

  /// A chain at its start: linear predictors and SDs wider spread than a posterior.
  init(_ model: BinomialModel, index: Int, plan: SamplerPlan) throws(SamplingError) {
    self.init(of: model, index: index, plan: plan)
    var starts = RandomStream(seed: plan.seed, purpose: "start", index: index, part: plan.part)
    for _ in 0..<Self.attempts {
      for i in position.indices {
        position[i] = starts.normal()
        deviations[free[i]] = coordinates[i].image(position[i]).value
      }
      for cell in 0..<model.cells { cells[cell] = 2 * starts.normal() }
      if sweep() { return }
    }
    throw .noUsableStart(chain: index, attempts: Self.attempts)
  }

  /// A chain that goes on from its last draw: coefficients and random terms, then the SDs and the
  /// correlation.
  init(
    resuming draw: [Double], deviations last: [Double], _ model: BinomialModel, index: Int,
    plan: SamplerPlan
  ) throws(SamplingError) {
    self.init(of: model, index: index, plan: plan)
    for i in draw.indices { values[i] = draw[i] }
    for i in last.indices { deviations[i] = last[i] }
    for i in position.indices { position[i] = coordinates[i].position(of: last[free[i]]) }
    guard position.allSatisfy(\.isFinite) else { throw .notResumable(chain: index) }
    standardise(Array(draw[model.roles.count...]), TrialFactor(last, model.terms))
    density.predict(values, into: cells)
  }

  /// Places the random terms b = L v as v.
  private func standardise(_ random: [Double], _ factor: TrialFactor) {
    for trial in 0..<model.trials {
      switch model.terms.randomTerms {
      case 2:
        let intercept = random[2 * trial] / factor.intercept
        standardised[2 * trial] = intercept
        standardised[2 * trial + 1] =
          (random[2 * trial + 1] - factor.cross * intercept) / factor.effect
      case 1: standardised[trial] = random[trial] / deviations[0]
      default: break
      }
    }
  }

  private static let attempts = 100

  /// As many sweeps as bring the autocorrelation of a coefficient below 0.3 at the risk of all participants
  /// together, at which it is 1 − information of the likelihood / E ω in one sweep.
  static func sweeps(_ model: BinomialModel) -> Int {
    let risk =
      (model.events.reduce(0, +) + 0.5) / (model.counts.reduce(0, +) + 1)
    let logOdds = abs(log(risk / (1 - risk)))
    guard logOdds > 1e-3 else { return 2 }
    let kept = max(1 - risk * (1 - risk) * 2 * logOdds / tanh(logOdds / 2), 1e-3)
    return min(max(Int((log(0.3) / log(kept)).rounded(.up)), 2), 50)
  }

  private static func buffer(_ count: Int) -> UnsafeMutableBufferPointer<Double> {
    let result = UnsafeMutableBufferPointer<Double>.allocate(capacity: max(count, 1))
    result.initialize(repeating: 0)
    return result
  }

  deinit {
    for buffer in [deviations, values, standardised, means, standardisedMeans, cells] {
      buffer.deallocate()
    }
  }

  /// Runs the chain: sweeps that are thrown away, then those that are kept.
  consuming func run(
    _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> BinomialChain {
    let total = plan.warmup + plan.draws
    var chain = BinomialChain(model, count: plan.draws)
    for iteration in 1...total {
      for _ in 0..<sweeps { sweep() }
      if iteration > plan.warmup { keep(&chain) }
      try monitor.finished(iteration, of: total, chain: index)
    }
    return chain
  }

  private func keep(_ chain: inout BinomialChain) {
    density.draw(into: means, standardised: standardisedMeans) { 0 }
    chain.append(UnsafeBufferPointer(values), UnsafeBufferPointer(deviations))
    chain.addTrialEffects(UnsafeBufferPointer(rebasing: means[model.roles.count...]))
    let value = logPosterior()
    chain.record.logDensity.append(value)
    chain.record.energy.append(-value)
    chain.record.acceptance.append(1)
    chain.record.treeDepth.append(0)
    chain.record.leapfrogSteps.append(0)
    chain.record.divergent.append(false)
  }

  /// One sweep from the linear predictors in `cells`, where it leaves those of the new draw; false where
  /// the draw has no density.
  @discardableResult
  private mutating func sweep() -> Bool {
    for cell in 0..<model.cells {
      cells[cell] = stream.polyaGamma(count: Int(model.counts[cell]), tilt: cells[cell])
    }
    density.take(cells)
    for coordinate in position.indices { slice(coordinate) }
    // The state of the last evaluation is that of the present SDs, but where none is free.
    guard density.evaluate(deviations) > -.infinity else { return false }
    let (density, values, standardised) = (density, values, standardised)
    density.draw(into: values, standardised: standardised) { stream.normal() }
    density.predict(values, into: cells)
    return true
  }

  /// The log posterior density of coefficients, standardised random terms and SDs, the last on their own
  /// scale.
  func logPosterior() -> Double {
    var sum = 0.0
    for cell in 0..<model.cells {
      let eta = cells[cell]
      sum +=
        model.events[cell] * eta
        - model.counts[cell] * (max(eta, 0) + log1p(exp(-abs(eta))))
    }
    for i in model.roles.indices where model.priorPrecisions[i] > 0 {
      let sd = 1 / model.priorPrecisions[i].squareRoot()
      sum += Distributions.logNormal(values[i], mean: model.priorMeans[i], sd: sd)
    }
    for i in 0..<(model.trials * model.terms.randomTerms) {
      sum += Distributions.logNormal(standardised[i], mean: 0, sd: 1)
    }
    for place in free { sum += model.logPrior(ofDeviation: place, deviations[place]).value }
    return sum
  }
}

extension BinomialGibbs: SliceStepping {
  /// The log density of the SDs and the correlation given the Pólya-Gamma numbers, coefficients and random
  /// terms integrated out.
  mutating func logDensity(_ coordinate: Int, at place: Double) -> Double {
    let image = coordinates[coordinate].image(place)
    deviations[free[coordinate]] = image.value
    let prior =
      model.logPrior(ofDeviation: free[coordinate], image.value).value + image.logJacobian
    return prior > -.infinity ? prior + density.evaluate(deviations) : prior
  }
}
