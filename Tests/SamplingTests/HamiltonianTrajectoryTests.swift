import Foundation
import Numerics
import Testing

@testable import Sampling

/// One state of a trajectory, kept whole.
private struct State {
  let momentum: [Double]
}

/// The doubling of Stan once more, in the plainest form: branches are lists of states, and every
/// criterion is evaluated on them afresh.
private struct PlainDoubling {
  let density: any LogDensity
  let inverseMetric: [Double]
  let stepSize: Double
  var back: PhasePoint
  var front: PhasePoint
  let initialEnergy: Double
  var steps = 0
  var acceptance = 0.0
  var divergent = false

  init(_ start: PhasePoint, _ density: any LogDensity, _ inverseMetric: [Double], _ step: Double) {
    (self.density, self.inverseMetric, stepSize) = (density, inverseMetric, step)
    (back, front) = (start, start)
    initialEnergy = start.energy(inverseMetric: inverseMetric)
  }

  /// Whether both ends move along the summed momentum.
  private func apart(_ first: State, _ last: State, sum states: [State]) -> Bool {
    func along(_ end: State) -> Double {
      inverseMetric.indices.reduce(0) { total, i in
        let sum = states.reduce(0) { $0 + $1.momentum[i] }
        return total + inverseMetric[i] * end.momentum[i] * sum
      }
    }
    return along(first) > 0 && along(last) > 0
  }

  func persists(_ left: [State], _ right: [State]) -> Bool {
    apart(left[0], right[right.count - 1], sum: left + right)
      && apart(left[0], right[0], sum: left + [right[0]])
      && apart(left[left.count - 1], right[right.count - 1], sum: [left[left.count - 1]] + right)
  }

  mutating func build(_ depth: Int, forward: Bool) -> [State]? {
    guard depth > 0 else {
      var point = forward ? front : back
      Leapfrog.step(
        &point, density: density, inverseMetric: inverseMetric,
        stepSize: forward ? stepSize : -stepSize)
      if forward { front = point } else { back = point }
      steps += 1
      let drop = initialEnergy - point.energy(inverseMetric: inverseMetric)
      acceptance += min(1, exp(drop))
      divergent = divergent || drop < -1000
      return divergent ? nil : [State(momentum: point.momentum)]
    }
    guard let near = build(depth - 1, forward: forward),
      let far = build(depth - 1, forward: forward)
    else { return nil }
    let (left, right) = forward ? (near, far) : (far, near)
    return persists(left, right) ? left + right : nil
  }

  mutating func grow(_ start: PhasePoint, directions: UInt64, maxDepth: Int) -> Int {
    var whole = [State(momentum: start.momentum)]
    for depth in 0..<maxDepth {
      let forward = (directions >> UInt64(depth)) & 1 == 1
      guard let new = build(depth, forward: forward) else { return depth }
      let (left, right) = forward ? (whole, new) : (new, whole)
      whole = left + right
      if !persists(left, right) { return depth + 1 }
    }
    return maxDepth
  }
}

@Suite("Hamiltonian trajectory")
struct HamiltonianTrajectoryTests {
  private func trajectory(
    _ density: any LogDensity, maxDepth: Int = 10, seed: UInt64 = 1
  ) -> HamiltonianTrajectory {
    HamiltonianTrajectory(
      density: density, maxDepth: maxDepth, stream: RandomStream(seed: seed, purpose: "test"))
  }

  /// Step sizes up to the limit of stability, so that trajectories turn, diverge and get long.
  @Test(arguments: [0.01, 0.1, 0.35, 0.7, 1.1, 1.9, 2.3])
  func depthStepsAndAcceptanceAreThoseOfPlainDoubling(stepSize: Double) {
    let targets: [any LogDensity] = [
      NormalTarget(means: [0], scales: [1]), NormalTarget(means: [1, -1], scales: [1, 1]),
      NormalTarget(means: [0, 0, 0], scales: [1, 2, 0.6]), FunnelTarget(dimension: 3),
    ]
    for target in targets {
      for seed in 1...15 as ClosedRange<UInt64> {
        var ours = trajectory(target, maxDepth: 6, seed: seed)
        let metric = (0..<target.dimension).map { 1 + 0.3 * Double($0) }
        ours.inverseMetric = metric
        ours.stepSize = stepSize
        var start = PhasePoint(dimension: target.dimension)
        start.position = (0..<target.dimension).map { 0.8 - 0.9 * Double($0) }
        start.evaluate(target)
        let placed = ours.place(at: start.position)
        #expect(placed)
        // The trajectory draws the momentum first, then one word of directions.
        var stream = RandomStream(seed: seed, purpose: "test")
        start.momentum = metric.map { stream.normal() / $0.squareRoot() }
        var plain = PlainDoubling(start, target, metric, stepSize)
        let depth = plain.grow(start, directions: stream.next(), maxDepth: 6)
        let transition = ours.transition()
        #expect(transition.treeDepth == depth)
        #expect(transition.leapfrogSteps == plain.steps)
        #expect(transition.divergent == plain.divergent)
        #expect(abs(transition.acceptance - plain.acceptance / Double(plain.steps)) < 1e-12)
      }
    }
  }

  // A large step makes the integrator's own stationary variance 1 / (1 - e^2/4) = 2.3 in place of 1:
  // only right weights give the target. Moments 2 and 4 of 6000 transitions from one chain within
  // 4 Monte-Carlo errors by batch means (30 batches, t with 29 df: false alarm 4e-4 each).
  @Test func weightsCorrectACoarseIntegrator() {
    var chain = trajectory(NormalTarget(means: [0], scales: [1]), maxDepth: 3, seed: 5)
    chain.stepSize = 1.5
    let placed = chain.place(at: [0.5])
    #expect(placed)
    var (second, fourth): ([Double], [Double]) = ([], [])
    for _ in 0..<30 {
      var sums = (0.0, 0.0)
      for _ in 0..<200 {
        _ = chain.transition()
        let square = chain.position(0) * chain.position(0)
        sums = (sums.0 + square / 200, sums.1 + square * square / 200)
      }
      second.append(sums.0)
      fourth.append(sums.1)
    }
    for (batches, exact) in [(second, 1.0), (fourth, 3)] {
      let error = standardDeviation(batches) / 30.0.squareRoot()
      #expect(abs(mean(batches) - exact) < 4 * error)
    }
  }

  @Test func energyAndDensityAreThoseOfTheNewState() {
    var chain = trajectory(NormalTarget(means: [0, 0], scales: [1, 3]))
    chain.stepSize = 0.5
    let placed = chain.place(at: [1, 1])
    #expect(placed)
    for _ in 0..<50 {
      let transition = chain.transition()
      let (x, y) = (chain.position(0), chain.position(1) / 3)
      #expect(abs(transition.logDensity + 0.5 * (x * x + y * y)) < 1e-12)
      #expect(transition.energy >= -transition.logDensity)
      #expect(transition.acceptance > 0 && transition.acceptance <= 1)
    }
  }

  @Test func unusablePlacesAreRefused() {
    var outside = trajectory(ExponentialTarget())
    let (refused, taken) = (!outside.place(at: [-1]), outside.place(at: [1]))
    #expect(refused && taken)
    var steep = trajectory(RuleTarget { _ in (0, .infinity) })
    let steepTaken = steep.place(at: [0])
    #expect(!steepTaken)
  }
}
