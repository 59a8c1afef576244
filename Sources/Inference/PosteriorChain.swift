import MixedModels
import Numerics
import Posterior
import Sampling

/// The draws of one chain: variances, coefficients and trial effects.
struct PosteriorChain: Sendable {
  private(set) var sigma: [Double] = []
  private(set) var tau: [[Double]]
  /// Empty where the random terms are independent.
  private(set) var correlation: [Double] = []
  /// Empty where effects are not pooled.
  private(set) var omega: [Double] = []
  /// The number of coefficients and trial effects.
  let quantities: Int
  /// Quantity after quantity.
  private var values: [Double]
  private let count: Int
  private let isCorrelated: Bool
  private let poolsEffects: Bool
  /// Σ E[b | variances, y] over the draws.
  private(set) var meanTrialEffects: [Double]
  /// What the sampler says of each draw.
  var record = SamplerRecord()

  /// A chain that will have a number of draws.
  init(_ density: MarginalDensity, count: Int) {
    let terms = density.model.terms
    quantities = density.valuesPerDraw
    self.count = count
    isCorrelated = terms.isCorrelated
    poolsEffects = terms.poolsEffects
    values = [Double](repeating: 0, count: quantities * count)
    tau = [[Double]](repeating: [], count: terms.randomTerms)
    meanTrialEffects = [Double](repeating: 0, count: density.trialEffectCount)
    sigma.reserveCapacity(count)
    for r in tau.indices { tau[r].reserveCapacity(count) }
  }

  /// Exact draws of coefficients and trial effects for every draw of a chain of variances.
  init(_ target: VarianceTarget, _ chain: ChainDraws, index: Int, plan: SamplerPlan) {
    self.init(target, positions: chain.positions, index: index, plan: plan)
    record = SamplerRecord(chain)
  }

  /// The same for positions draw after draw.
  init(_ target: VarianceTarget, positions: [Double], index: Int, plan: SamplerPlan) {
    let density = target.density
    self.init(density, count: plan.draws)
    var stream = RandomStream(
      seed: plan.seed, purpose: "coefficients", index: index, part: plan.part)
    var position = [Double](repeating: 0, count: target.dimension)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(quantities, 1)) { draw in
      for s in 0..<plan.draws {
        for i in position.indices { position[i] = positions[s * position.count + i] }
        let variances = target.variances(at: position)
        density.draw(at: variances, into: draw) { stream.normal() }
        append(variances, draw, density)
      }
    }
  }

  /// Takes in a draw, which the density has just made.
  mutating func append(
    _ variances: Variances, _ draw: UnsafeMutableBufferPointer<Double>, _ density: MarginalDensity
  ) {
    density.addTrialEffects(1, to: &meanTrialEffects)
    let place = sigma.count
    for i in 0..<quantities { values[i * count + place] = draw[i] }
    sigma.append(variances.sigma)
    for r in tau.indices { tau[r].append(variances.tau[r]) }
    if isCorrelated { correlation.append(variances.correlation) }
    if poolsEffects { omega.append(variances.omega) }
  }

  func draws(of quantity: Int) -> ArraySlice<Double> {
    values[(quantity * count)..<((quantity + 1) * count)]
  }
}
