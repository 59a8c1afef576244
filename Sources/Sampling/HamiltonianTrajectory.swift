import Foundation
import Numerics

/// A trajectory of the Hamiltonian with a diagonal metric, from the current state of a chain, which
/// it holds between transitions.
///
/// All memory is taken when the trajectory is made: branches live in one block, a slot each, with
/// only what the doubling needs of them. `field` names the parts of a slot.
struct HamiltonianTrajectory: Trajectory, ~Copyable {
  /// The largest error of the energy along a trajectory that is not yet a divergence.
  static let energyErrorLimit = 1000.0

  let density: any LogDensity
  let dimension: Int
  let maxDepth: Int
  var stepSize = 1.0
  /// The diagonal of M⁻¹: variances of the coordinates.
  var inverseMetric: [Double]
  var stream: RandomStream

  private var back: PhasePoint
  private var front: PhasePoint
  private let block: UnsafeMutablePointer<Double>
  private let stride: Int
  private var initialEnergy = 0.0
  private var leapfrogSteps = 0
  private var acceptanceSum = 0.0
  private var divergent = false

  /// The offsets of a slot's vectors, in units of the dimension, and of its numbers after them.
  private enum Field {
    /// Σ p over the branch.
    static let momentumSum = 0
    static let backMomentum = 1
    static let frontMomentum = 2
    /// The state drawn from the branch: position, gradient.
    static let position = 3
    static let gradient = 4
    static let vectors = 5
    /// log Σ exp(H₀ − H) over the branch.
    static let logWeight = 0
    /// Of the state drawn: log density, Hamiltonian.
    static let logDensity = 1
    static let energy = 2
    static let numbers = 3
  }

  /// A trajectory at the origin with a unit metric; `place` puts it where the chain starts.
  init(density: any LogDensity, maxDepth: Int, stream: consuming RandomStream) {
    self.density = density
    self.maxDepth = maxDepth
    self.stream = stream
    dimension = density.dimension
    inverseMetric = [Double](repeating: 1, count: density.dimension)
    back = PhasePoint(dimension: density.dimension)
    front = back
    stride = Field.vectors * density.dimension + Field.numbers
    block = .allocate(capacity: (maxDepth + 1) * stride)
    block.initialize(repeating: 0, count: (maxDepth + 1) * stride)
  }

  deinit { block.deallocate() }

  private func vector(_ field: Int, _ slot: Int) -> UnsafeMutablePointer<Double> {
    block + (slot * stride + field * dimension)
  }

  private func numbers(_ slot: Int) -> UnsafeMutablePointer<Double> {
    block + (slot * stride + Field.vectors * dimension)
  }

  /// One coordinate of the current position.
  func position(_ coordinate: Int) -> Double {
    vector(Field.position, maxDepth)[coordinate]
  }

  /// Makes a position the current state.
  ///
  /// - Returns: Whether log density and gradient are finite there.
  mutating func place(at position: [Double]) -> Bool {
    precondition(position.count == dimension, "\(position.count) coordinates of \(dimension)")
    for i in 0..<dimension { front.position[i] = position[i] }
    front.evaluate(density)
    guard front.logDensity.isFinite && front.gradient.allSatisfy(\.isFinite) else { return false }
    keep(front, in: maxDepth, energy: -front.logDensity)
    return true
  }

  /// One transition of the chain.
  mutating func transition() -> Transition {
    begin()
    let directions = stream.next()
    let depth = NoUTurn.grow(&self, directions: directions, maxDepth: maxDepth)
    return Transition(
      logDensity: numbers(maxDepth)[Field.logDensity],
      acceptance: acceptanceSum / Double(leapfrogSteps), treeDepth: depth,
      leapfrogSteps: leapfrogSteps, divergent: divergent,
      energy: numbers(maxDepth)[Field.energy])
  }

  /// H₀ − H after one step of the current size, with a fresh momentum.
  mutating func trialEnergyDrop() -> Double {
    begin()
    Leapfrog.step(&front, density: density, inverseMetric: inverseMetric, stepSize: stepSize)
    return initialEnergy - front.energy(inverseMetric: inverseMetric)
  }

  /// Draws a momentum, and makes the current state the whole trajectory.
  private mutating func begin() {
    let position = vector(Field.position, maxDepth)
    let gradient = vector(Field.gradient, maxDepth)
    for i in 0..<dimension {
      let momentum = stream.normal() / inverseMetric[i].squareRoot()
      for field in [Field.momentumSum, Field.backMomentum, Field.frontMomentum] {
        vector(field, maxDepth)[i] = momentum
      }
      front.momentum[i] = momentum
      front.position[i] = position[i]
      front.gradient[i] = gradient[i]
      back.momentum[i] = momentum
      back.position[i] = position[i]
      back.gradient[i] = gradient[i]
    }
    front.logDensity = numbers(maxDepth)[Field.logDensity]
    back.logDensity = front.logDensity
    initialEnergy = front.energy(inverseMetric: inverseMetric)
    numbers(maxDepth)[Field.logWeight] = 0
    numbers(maxDepth)[Field.energy] = initialEnergy
    leapfrogSteps = 0
    acceptanceSum = 0
    divergent = false
  }

  /// Makes a phase point the state drawn from a slot.
  private func keep(_ point: borrowing PhasePoint, in slot: Int, energy: Double) {
    let position = vector(Field.position, slot)
    let gradient = vector(Field.gradient, slot)
    for i in 0..<dimension {
      position[i] = point.position[i]
      gradient[i] = point.gradient[i]
    }
    numbers(slot)[Field.logDensity] = point.logDensity
    numbers(slot)[Field.energy] = energy
  }

  mutating func extend(_ direction: Direction, into slot: Int) -> Bool {
    switch direction {
    case .forward:
      Leapfrog.step(&front, density: density, inverseMetric: inverseMetric, stepSize: stepSize)
      return leaf(front, slot)
    case .backward:
      Leapfrog.step(&back, density: density, inverseMetric: inverseMetric, stepSize: -stepSize)
      return leaf(back, slot)
    }
  }

  /// Makes one state a branch, and counts it.
  private mutating func leaf(_ point: borrowing PhasePoint, _ slot: Int) -> Bool {
    let energy = point.energy(inverseMetric: inverseMetric)
    let drop = initialEnergy - energy
    leapfrogSteps += 1
    acceptanceSum += drop > 0 ? 1 : exp(drop)
    guard -drop <= Self.energyErrorLimit else {
      divergent = true
      return false
    }
    let (sum, back) = (vector(Field.momentumSum, slot), vector(Field.backMomentum, slot))
    let front = vector(Field.frontMomentum, slot)
    for i in 0..<dimension {
      let momentum = point.momentum[i]
      sum[i] = momentum
      back[i] = momentum
      front[i] = momentum
    }
    numbers(slot)[Field.logWeight] = drop
    keep(point, in: slot, energy: energy)
    return true
  }

  mutating func join(
    _ newer: Int, onto older: Int, _ direction: Direction, _ sampling: BranchSampling
  ) -> Bool {
    let straight =
      direction == .forward ? movesApart(older, newer) : movesApart(newer, older)
    let sum = vector(Field.momentumSum, older)
    let newSum = vector(Field.momentumSum, newer)
    let end = direction == .forward ? Field.frontMomentum : Field.backMomentum
    let (oldEnd, newEnd) = (vector(end, older), vector(end, newer))
    for i in 0..<dimension {
      sum[i] += newSum[i]
      oldEnd[i] = newEnd[i]
    }
    draw(newer, onto: older, sampling)
    return straight
  }

  /// The generalised criterion of Betancourt (2017) on two neighbouring branches: over the joint
  /// branch, and over each branch with the first state of the other.
  ///
  /// The two latter were added in Stan 2.21; without them a trajectory of about one period of a
  /// normal can slip past the criterion.
  private func movesApart(_ earlier: Int, _ later: Int) -> Bool {
    let (earlierSum, laterSum) = (
      vector(Field.momentumSum, earlier), vector(Field.momentumSum, later)
    )
    let (first, last) = (vector(Field.backMomentum, earlier), vector(Field.frontMomentum, later))
    let seamEarlier = vector(Field.frontMomentum, earlier)
    let seamLater = vector(Field.backMomentum, later)
    var (whole0, whole1, left0, left1, right0, right1) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for i in 0..<dimension {
      let scale = inverseMetric[i]
      let (a, b) = (scale * first[i], scale * last[i])
      let whole = earlierSum[i] + laterSum[i]
      whole0 += a * whole
      whole1 += b * whole
      let left = earlierSum[i] + seamLater[i]
      left0 += a * left
      left1 += scale * seamLater[i] * left
      let right = laterSum[i] + seamEarlier[i]
      right0 += scale * seamEarlier[i] * right
      right1 += b * right
    }
    return whole0 > 0 && whole1 > 0 && left0 > 0 && left1 > 0 && right0 > 0 && right1 > 0
  }

  /// Joins the weights of two branches, and draws which branch's state the joint one keeps.
  private mutating func draw(_ newer: Int, onto older: Int, _ sampling: BranchSampling) {
    let (old, new) = (numbers(older), numbers(newer))
    let gain = new[Field.logWeight] - old[Field.logWeight]
    // The smaller weight over the larger one; no weight is −∞, since no energy is infinite here.
    let ratio = exp(-abs(gain))
    old[Field.logWeight] = max(old[Field.logWeight], new[Field.logWeight]) + log1p(ratio)
    let probability =
      switch sampling {
      case .proportional: (gain > 0 ? 1 : ratio) / (1 + ratio)
      case .progressive: gain > 0 ? 1 : ratio
      }
    guard stream.uniform() < probability else { return }
    // Position and gradient are neighbours in the block.
    vector(Field.position, older).update(from: vector(Field.position, newer), count: 2 * dimension)
    old[Field.logDensity] = new[Field.logDensity]
    old[Field.energy] = new[Field.energy]
  }
}
