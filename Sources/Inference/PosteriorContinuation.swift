public import MixedModels
import Posterior
public import Sampling

/// How the chains of one joint model go on from draws that were kept (article LongerChains): one
/// conformer a family.
///
/// What a chain needs is its last draw, in parameters, and the step size and metric of its warm-up.
public protocol PosteriorContinuation: Sendable {
  /// The terms of the model.
  var terms: ModelTerms { get }
  /// What each coefficient stands for, in the order of `KeptDraws.effects`.
  var roles: [FixedRole] { get }
  /// The number of trials.
  var trials: Int { get }
  /// Whether draws have a residual SD.
  var hasResidual: Bool { get }
  /// The number of coordinates that the chains of the No-U-Turn sampler move on.
  var dimension: Int { get }

  /// The posterior that the kept draws are draws of.
  func posterior(_ draws: KeptDraws) -> any SampledPosterior

  /// Further draws of every chain, after its last one, without warm-up.
  ///
  /// Streams of random numbers are those of seed, chain and the plan's `part`; the draws do not depend on
  /// the plan's `threads`.
  /// - Throws: `otherDensity` where the log density at a last draw is not the recorded one.
  func further(
    _ draws: KeptDraws, plan: SamplerPlan, monitor: RunMonitor
  ) throws(SamplingError) -> KeptDraws
}

extension PosteriorContinuation {
  /// The kept draws with further ones at the end of every chain; see `further`.
  public func extended(
    _ draws: KeptDraws, plan: SamplerPlan, monitor: RunMonitor
  ) throws(SamplingError) -> KeptDraws {
    draws.appending(try further(draws, plan: plan, monitor: monitor))
  }

  /// The state of each chain; `position` gives the coordinates of the draw at a place, `density` the log
  /// density there.
  func states(
    _ draws: KeptDraws, dimension: Int, position: (_ place: Int) -> [Double],
    density: ([Double]) -> Double
  ) throws(SamplingError) -> [ChainState] {
    var states: [ChainState] = []
    for (chain, record) in draws.records.enumerated() {
      let position = position(draws.last(of: chain))
      guard position.allSatisfy(\.isFinite) else { throw .notResumable(chain: chain) }
      try record.check(density(position), chain: chain)
      states.append(
        ChainState(
          position: position, stepSize: record.stepSize,
          inverseMetric: dimension == 0 ? [] : record.inverseMetric))
    }
    return states
  }
}

extension SamplerRecord {
  /// Compares a log density with the one recorded for the last draw.
  ///
  /// The way from parameters back to coordinates costs digits in the far tails; other data or priors
  /// change the density by far more.
  func check(_ density: Double, chain: Int) throws(SamplingError) {
    let recorded = logDensity.last ?? .nan
    guard abs(density - recorded) <= 1e-5 * max(1, abs(recorded)) else {
      throw .otherDensity(chain: chain, recorded: recorded, found: density)
    }
  }
}
