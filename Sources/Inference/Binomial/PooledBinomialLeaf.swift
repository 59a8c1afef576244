import MixedModels
import Numerics
import Posterior
import Sampling

/// One leaf of a binomial outcome in the Gibbs sampler of pooled τ1: given its Pólya-Gamma numbers a
/// Gaussian model, of which the SDs have a density with all else integrated out.
final class PooledBinomialLeaf: PooledLeaf {
  private let state: AugmentedState
  let sweeps: Int
  /// The draws that were kept.
  private(set) var chain: BinomialChain

  /// A leaf with linear predictors about zero that will keep a number of draws.
  init(_ model: BinomialModel, draws: Int, _ starts: inout RandomStream) {
    state = AugmentedState(model, quantileOfLast: true)
    // The pooled sampler makes two sweeps a draw.
    sweeps = (BinomialGibbs.sweeps(model) + 1) / 2
    chain = BinomialChain(model, count: draws)
    state.start(&starts)
  }

  /// A leaf that goes on from one of its draws.
  init(resuming kept: KeptDraws, at place: Int, _ model: BinomialModel, draws: Int) {
    state = AugmentedState(model, quantileOfLast: true)
    sweeps = (BinomialGibbs.sweeps(model) + 1) / 2
    chain = BinomialChain(model, count: draws)
    state.take(kept, at: place)
  }

  var dimension: Int { state.coordinates.count }

  /// The coordinates of the present SDs.
  var position: [Double] { state.position }

  func value(at position: [Double]) -> Double {
    let prior = place(position)
    return prior > -.infinity ? prior + state.logDensity() : prior
  }

  func augment(_ stream: inout RandomStream) { state.augment(&stream) }

  func drawEffects(at position: [Double], _ stream: inout RandomStream) {
    _ = place(position)
    _ = state.drawEffects(&stream)
  }

  func recordedDensity(at position: [Double]) -> Double {
    place(position) + state.logDensityOfDraw()
  }

  func keep() { state.keep(&chain) }

  /// Places the SDs; returns the log density of their priors, Jacobian included.
  private func place(_ position: [Double]) -> Double {
    var sum = 0.0
    for i in position.indices { sum += state.place(i, at: position[i]) }
    return sum
  }
}
