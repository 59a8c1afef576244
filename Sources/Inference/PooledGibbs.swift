import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling

/// One leaf in the Gibbs sampler of pooled τ1: the density of its variances given what the sampler draws
/// besides.
protocol PooledLeaf: AnyObject {
  /// The number of its coordinates.
  var dimension: Int { get }
  /// The log density at a position, Jacobian included.
  func value(at position: [Double]) -> Double
  /// How often a leaf is swept for one sweep of all.
  var sweeps: Int { get }
  /// Draws what the density is given.
  func augment(_ stream: inout RandomStream)
  /// Draws what is integrated out, where the next step needs it.
  func drawEffects(at position: [Double], _ stream: inout RandomStream)
  /// What is recorded of the present draw as its log density.
  func recordedDensity(at position: [Double]) -> Double
  /// Keeps the present draw.
  func keep()
}

extension VarianceTarget: PooledLeaf {
  var sweeps: Int { 1 }
  /// Nothing: the density is that of the variances themselves.
  func augment(_ stream: inout RandomStream) {}
  /// Nothing: effects are drawn once the chain has run.
  func drawEffects(at position: [Double], _ stream: inout RandomStream) {}
  func recordedDensity(at position: [Double]) -> Double { value(at: position) }
  func keep() {}
}

/// One chain of the Gibbs sampler of leaves whose τ1 are pooled: slice steps along one coordinate at a time
/// (Neal 2003), with the coefficients integrated out.
///
/// A coordinate of a leaf costs evaluations of that leaf alone. Steps of g and w with the e_j held fixed move
/// all leaves; interwoven with them are steps with the u_j held fixed, which cost no evaluation.
struct PooledGibbs<Leaf: PooledLeaf>: ~Copyable {
  private let leaves: [Leaf]
  private let layout: PooledLayout
  private let index: Int
  private var position: [Double]
  private var leafPosition: [[Double]]
  private var stream: RandomStream

  private var attempts: Int { 100 }
  private var sweeps: Int { 2 }
  private var width: Double { 2 }
  private var expansions: Int { 40 }

  /// A chain without a state.
  private init(of leaves: [Leaf], places: [Int], index: Int, plan: SamplerPlan) {
    self.leaves = leaves
    self.index = index
    layout = PooledLayout(leaves.map(\.dimension), places: places)
    stream = RandomStream(seed: plan.seed, purpose: "pooled gibbs", index: index, part: plan.part)
    leafPosition = leaves.map { [Double](repeating: 0, count: $0.dimension) }
    position = [Double](repeating: 0, count: layout.dimension)
  }

  /// A chain at its first usable start; `places` are those of the u_j among the coordinates of their
  /// leaves.
  init(
    _ leaves: [Leaf], places: [Int], index: Int, plan: SamplerPlan
  ) throws(SamplingError) {
    self.init(of: leaves, places: places, index: index, plan: plan)
    var starts = RandomStream(seed: plan.seed, purpose: "start", index: index, part: plan.part)
    for leaf in leaves { leaf.augment(&starts) }
    for _ in 0..<attempts {
      for i in position.indices { position[i] = starts.normal() }
      guard logDensity().isFinite else { continue }
      drawEffects()
      return
    }
    throw .noUsableStart(chain: index, attempts: attempts)
  }

  /// A chain that goes on from a position, its leaves having their last draws.
  init(
    resuming position: [Double], _ leaves: [Leaf], places: [Int], index: Int, plan: SamplerPlan
  ) throws(SamplingError) {
    self.init(of: leaves, places: places, index: index, plan: plan)
    self.position = position
    guard position.allSatisfy(\.isFinite) else { throw .notResumable(chain: index) }
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
      for _ in 0..<sweeps { sweep() }
      if iteration > plan.warmup {
        positions += position
        record.append(exact: recordedDensity())
        for leaf in leaves { leaf.keep() }
      }
      try monitor.finished(iteration, of: total, chain: index)
    }
    return PooledPosterior.PooledChain(layout: layout, positions: positions, record: record)
  }

  /// What is recorded of the present draw as its log density.
  mutating func recordedDensity() -> Double {
    sum { leaf, place in leaf.recordedDensity(at: place) }
  }

  /// The joint log density, up to a constant.
  private mutating func logDensity() -> Double { sum { leaf, place in leaf.value(at: place) } }

  private mutating func sum(_ density: (Leaf, [Double]) -> Double) -> Double {
    let (g, w) = (position[layout.hyper], position[layout.hyper + 1])
    var value = -0.5 * (g * g + w * w)
    for j in leaves.indices { value += part(j, density) }
    return value
  }

  /// What one leaf adds to it.
  private mutating func part(_ j: Int, _ density: (Leaf, [Double]) -> Double) -> Double {
    layout.leafPosition(j, position, into: &leafPosition[j])
    let e = position[layout.pooled(j)]
    let u = leafPosition[j][layout.places[j]]
    return density(leaves[j], leafPosition[j]) + 0.5 * (u * u - e * e)
  }

  private mutating func leafDensity(_ j: Int) -> Double {
    part(j) { leaf, place in leaf.value(at: place) }
  }

  /// One sweep: sweeps of each leaf by itself, then one in which g and w move between the leaves' own
  /// steps and the draw of their effects.
  private mutating func sweep() {
    for j in leaves.indices {
      for _ in 1..<max(leaves[j].sweeps, 1) {
        moveLeaf(j)
        drawEffects(j)
      }
    }
    for j in leaves.indices { moveLeaf(j) }
    for i in [layout.hyper, layout.hyper + 1] {
      slice(i) { (chain: inout PooledGibbs) in chain.logDensity() }
    }
    drawCentred()
    drawEffects()
  }

  private mutating func moveLeaf(_ j: Int) {
    leaves[j].augment(&stream)
    for i in layout.starts[j]..<layout.starts[j + 1] {
      slice(i) { (chain: inout PooledGibbs) in chain.leafDensity(j) }
    }
  }

  private mutating func drawEffects() { for j in leaves.indices { drawEffects(j) } }

  private mutating func drawEffects(_ j: Int) {
    layout.leafPosition(j, position, into: &leafPosition[j])
    leaves[j].drawEffects(at: leafPosition[j], &stream)
  }

  /// g and w given the u_j: g from its normal conditional, w by a slice step.
  private mutating func drawCentred() {
    let (hyper, layout) = (layout.hyper, layout)
    let (common, own, _) = HeterogeneityPooling.roots(position[hyper + 1])
    let u = leaves.indices.map {
      common * position[hyper] + own * position[layout.pooled($0)]
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
    for j in leaves.indices {
      position[layout.pooled(j)] = (u[j] - newCommon * g) / newOwn
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
    var left = old - width * stream.uniform()
    var right = left + width
    var below = stream.integer(below: expansions)
    var above = expansions - 1 - below
    while below > 0, value(left, &self) > level {
      left -= width
      below -= 1
    }
    while above > 0, value(right, &self) > level {
      right += width
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
