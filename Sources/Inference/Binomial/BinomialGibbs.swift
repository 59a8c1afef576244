import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling

/// One chain of the Gibbs sampler of a binomial posterior (article GibbsSampling): Pólya-Gamma numbers of the
/// cells given the linear predictors, then the SDs and all coefficients and random terms given those.
///
/// Nothing is allocated in a sweep.
struct BinomialGibbs: ~Copyable {
  private let state: AugmentedState
  private let index: Int
  var position: [Double]
  var stream: RandomStream
  /// Sweeps between two draws.
  private let sweeps: Int

  /// A chain without a state.
  private init(of model: BinomialModel, index: Int, plan: SamplerPlan) {
    self.index = index
    state = AugmentedState(model)
    sweeps = Self.sweeps(model)
    stream = RandomStream(seed: plan.seed, purpose: "gibbs", index: index, part: plan.part)
    position = [Double](repeating: 0, count: state.coordinates.count)
  }

  /// A chain at its start: linear predictors and SDs wider spread than a posterior.
  init(_ model: BinomialModel, index: Int, plan: SamplerPlan) throws(SamplingError) {
    self.init(of: model, index: index, plan: plan)
    var starts = RandomStream(seed: plan.seed, purpose: "start", index: index, part: plan.part)
    for _ in 0..<Self.attempts {
      for i in position.indices {
        position[i] = starts.normal()
        _ = state.place(i, at: position[i])
      }
      state.start(&starts)
      if sweep() { return }
    }
    throw .noUsableStart(chain: index, attempts: Self.attempts)
  }

  /// A chain that goes on from one of its draws.
  init(
    resuming draws: KeptDraws, at place: Int, _ model: BinomialModel, index: Int,
    plan: SamplerPlan
  ) throws(SamplingError) {
    self.init(of: model, index: index, plan: plan)
    state.take(draws, at: place)
    position = state.position
    guard position.allSatisfy(\.isFinite) else { throw .notResumable(chain: index) }
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

  /// Runs the chain: sweeps that are thrown away, then those that are kept.
  consuming func run(
    _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> BinomialChain {
    let total = plan.warmup + plan.draws
    var chain = BinomialChain(state.model, count: plan.draws)
    for iteration in 1...total {
      for _ in 0..<sweeps { sweep() }
      if iteration > plan.warmup {
        chain.record.append(exact: logPosterior())
        state.keep(&chain)
      }
      try monitor.finished(iteration, of: total, chain: index)
    }
    return chain
  }

  /// The log density that is recorded with the present draw.
  func logPosterior() -> Double { state.logPosterior() }

  /// One sweep from the linear predictors of the last draw; false where the new one has no density.
  @discardableResult
  private mutating func sweep() -> Bool {
    state.augment(&stream)
    for coordinate in position.indices { slice(coordinate) }
    return state.drawEffects(&stream)
  }
}

extension BinomialGibbs: SliceStepping {
  /// The log density of the SDs and the correlation given the Pólya-Gamma numbers, coefficients and random
  /// terms integrated out.
  mutating func logDensity(_ coordinate: Int, at place: Double) -> Double {
    let prior = state.place(coordinate, at: place)
    return prior > -.infinity ? prior + state.logDensity() : prior
  }
}

extension AugmentedState {
  /// Takes one of the draws that were made before.
  func take(_ draws: KeptDraws, at place: Int) {
    take(
      draws.values(at: place, of: model), deviations: draws.deviations(at: place),
      omega: draws.omega?[place],
      meanEffect: model.pooling == nil ? nil : draws.effects[model.roles.count][place])
  }
}

extension SamplerRecord {
  /// Takes in a draw of a sampler that accepts every move.
  mutating func append(exact value: Double) {
    logDensity.append(value)
    energy.append(-value)
    acceptance.append(1)
    treeDepth.append(0)
    leapfrogSteps.append(0)
    divergent.append(false)
  }
}
