import Foundation
import Numerics
import Posterior
import Sampling

/// One chain of the Gibbs sampler of leaves whose τ1 are pooled: slice steps along one coordinate at a time
/// (Neal 2003), with the coefficients integrated out.
///
/// A coordinate of a leaf costs evaluations of that leaf alone. Steps of g and w with the e_j held fixed move
/// all leaves; interwoven with them are steps with the u_j held fixed, which cost no evaluation.
struct PooledGibbs: ~Copyable {
  private let target: PooledTarget<VarianceTarget>
  private let index: Int
  private var position: [Double]
  private var leafPosition: [[Double]]
  private var stream: RandomStream

  private static let attempts = 100
  private static let sweeps = 2
  private static let width = 2.0
  private static let expansions = 40

  /// A chain at its first usable start.
  init(
    _ target: PooledTarget<VarianceTarget>, index: Int, plan: SamplerPlan
  ) throws(SamplingError) {
    self.target = target
    self.index = index
    stream = RandomStream(seed: plan.seed, purpose: "pooled gibbs", index: index, part: plan.part)
    leafPosition = target.leaves.map { [Double](repeating: 0, count: $0.dimension) }
    position = [Double](repeating: 0, count: target.dimension)
    var starts = RandomStream(seed: plan.seed, purpose: "start", index: index, part: plan.part)
    for _ in 0..<Self.attempts {
      for i in position.indices { position[i] = starts.normal() }
      if logDensity().isFinite { return }
    }
    throw .noUsableStart(chain: index, attempts: Self.attempts)
  }

  /// Runs the chain: sweeps that are thrown away, then those that are kept.
  mutating func run(
    _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> PooledPosterior.PooledChain {
    let total = plan.warmup + plan.draws
    var record = SamplerRecord()
    var positions: [Double] = []
    positions.reserveCapacity(plan.draws * position.count)
    for iteration in 1...total {
      for _ in 0..<Self.sweeps { sweep() }
      if iteration > plan.warmup {
        positions += position
        let value = logDensity()
        record.logDensity.append(value)
        record.energy.append(-value)
        record.acceptance.append(1)
        record.treeDepth.append(0)
        record.leapfrogSteps.append(0)
        record.divergent.append(false)
      }
      try monitor.finished(iteration, of: total, chain: index)
    }
    return PooledPosterior.PooledChain(
      dimension: position.count, positions: positions, record: record)
  }

  /// The joint log density, up to a constant.
  private mutating func logDensity() -> Double {
    let (g, w) = (position[target.hyper], position[target.hyper + 1])
    var value = -0.5 * (g * g + w * w)
    for j in target.leaves.indices { value += leafDensity(j) }
    return value
  }

  /// What one leaf adds to it.
  private mutating func leafDensity(_ j: Int) -> Double {
    target.leafPosition(j, position, into: &leafPosition[j])
    let e = position[target.starts[j] + target.places[j]]
    let u = leafPosition[j][target.places[j]]
    return target.leaves[j].value(at: leafPosition[j]) + 0.5 * (u * u - e * e)
  }

  private mutating func sweep() {
    for j in target.leaves.indices {
      for i in target.starts[j]..<target.starts[j + 1] {
        slice(i) { (chain: inout PooledGibbs) in chain.leafDensity(j) }
      }
    }
    for i in [target.hyper, target.hyper + 1] {
      slice(i) { (chain: inout PooledGibbs) in chain.logDensity() }
    }
    drawCentred()
  }

  /// g and w given the u_j: g from its normal conditional, w by a slice step.
  private mutating func drawCentred() {
    let hyper = target.hyper
    let (common, own, _) = HeterogeneityPooling.roots(position[hyper + 1])
    let u = target.leaves.indices.map {
      common * position[hyper] + own * position[target.starts[$0] + target.places[$0]]
    }
    // Next to 1 the correlation leaves the u_j no room, and rounding none to g.
    guard own > 1e-6 else { return }
    let precision = 1 + Double(u.count) * common * common / (own * own)
    let mean = common * u.reduce(0, +) / (own * own) / precision
    position[hyper] = mean + stream.normal() / precision.squareRoot()
    let g = position[hyper]
    slice(hyper + 1) { (chain: inout PooledGibbs) in
      let w = chain.position[hyper + 1]
      let (common, own, _) = HeterogeneityPooling.roots(w)
      guard own > 1e-6 else { return -.infinity }
      return u.reduce(-0.5 * w * w) { sum, value in
        let z = (value - common * g) / own
        return sum - 0.5 * z * z - log(own)
      }
    }
    let (newCommon, newOwn, _) = HeterogeneityPooling.roots(position[hyper + 1])
    for j in target.leaves.indices {
      position[target.starts[j] + target.places[j]] = (u[j] - newCommon * g) / newOwn
    }
  }

  /// A slice step with stepping out on one coordinate.
  private mutating func slice(
    _ i: Int, _ density: (inout PooledGibbs) -> Double
  ) {
    let old = position[i]
    func value(_ x: Double, _ chain: inout PooledGibbs) -> Double {
      chain.position[i] = x
      return density(&chain)
    }
    let level = value(old, &self) - stream.exponential()
    var left = old - Self.width * stream.uniform()
    var right = left + Self.width
    var below = stream.integer(below: Self.expansions)
    var above = Self.expansions - 1 - below
    while below > 0, value(left, &self) > level {
      left -= Self.width
      below -= 1
    }
    while above > 0, value(right, &self) > level {
      right += Self.width
      above -= 1
    }
    while right - left > 1e-12 {
      let new = left + (right - left) * stream.uniform()
      if value(new, &self) > level { return }
      if new < old { left = new } else { right = new }
    }
    _ = value(old, &self)
  }
}
