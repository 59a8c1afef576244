import Foundation
import Numerics
import Testing

@testable import Sampling

/// A trajectory on the integers in place of phase space.
///
/// States have fixed weights, some diverge, and whether an interval turns is a fixed rule. In place
/// of a drawn state a branch keeps the probability of every state.
private struct IntegerTrajectory: Trajectory {
  struct Branch {
    var states: ClosedRange<Int>
    var weight: Double
    var probabilities: [Int: Double]
  }

  let start: Int
  let weight: (Int) -> Double
  let diverges: (Int) -> Bool
  let turns: (ClosedRange<Int>) -> Bool
  private(set) var branches: [Branch?]
  private(set) var visited: [Int] = []
  private var back: Int
  private var front: Int

  init(
    start: Int, maxDepth: Int, weight: @escaping (Int) -> Double,
    diverges: @escaping (Int) -> Bool = { _ in false },
    turns: @escaping (ClosedRange<Int>) -> Bool = { _ in false }
  ) {
    self.start = start
    self.weight = weight
    self.diverges = diverges
    self.turns = turns
    (back, front) = (start, start)
    branches = [Branch?](repeating: nil, count: maxDepth + 1)
    branches[maxDepth] = Branch(
      states: start...start, weight: weight(start), probabilities: [start: 1])
  }

  mutating func extend(_ direction: Direction, into slot: Int) -> Bool {
    switch direction {
    case .forward: front += 1
    case .backward: back -= 1
    }
    let state = direction == .forward ? front : back
    visited.append(state)
    branches[slot] = Branch(
      states: state...state, weight: weight(state), probabilities: [state: 1])
    return !diverges(state)
  }

  mutating func join(
    _ newer: Int, onto older: Int, _ direction: Direction, _ sampling: BranchSampling
  ) -> Bool {
    guard let old = branches[older], let new = branches[newer] else {
      Issue.record("a slot without a branch")
      return false
    }
    #expect(old.states.count == new.states.count)
    let adjacent =
      direction == .forward
      ? old.states.upperBound + 1 == new.states.lowerBound
      : new.states.upperBound + 1 == old.states.lowerBound
    #expect(adjacent, "\(new.states) is no neighbour of \(old.states)")
    let share =
      switch sampling {
      case .proportional: new.weight / (old.weight + new.weight)
      case .progressive: min(1, new.weight / old.weight)
      }
    let states =
      min(
        old.states.lowerBound, new.states.lowerBound)...max(
        old.states.upperBound, new.states.upperBound)
    var probabilities = old.probabilities.mapValues { $0 * (1 - share) }
    probabilities.merge(new.probabilities.mapValues { $0 * share }) { $0 + $1 }
    branches[newer] = nil
    branches[older] = Branch(
      states: states, weight: old.weight + new.weight, probabilities: probabilities)
    return !turns(states)
  }
}

@Suite("No-U-Turn recursion")
struct NoUTurnTests {
  private let maxDepth = 4

  /// A number in [0, 1) that looks random and depends on its arguments alone.
  private func scramble(_ a: Int, _ b: Int, _ salt: Int) -> Double {
    var stream = RandomStream(seed: UInt64(salt), purpose: "scramble", index: a, part: b)
    return stream.uniform()
  }

  /// The probabilities of a transition from a state to every other, over all directions.
  private func transition(from start: Int, salt: Int) -> [Int: Double] {
    var total: [Int: Double] = [:]
    let words = 1 << maxDepth
    for directions in 0..<words {
      var trajectory = IntegerTrajectory(
        start: start, maxDepth: maxDepth,
        weight: { 0.05 + self.scramble($0, 0, salt) },
        diverges: { self.scramble($0, 1, salt) < 0.04 },
        turns: { self.scramble($0.lowerBound, 2 + $0.count, salt) < 0.12 })
      _ = NoUTurn.grow(&trajectory, directions: UInt64(directions), maxDepth: maxDepth)
      let reached = trajectory.branches[maxDepth]?.probabilities ?? [:]
      total.merge(reached.mapValues { $0 / Double(words) }) { $0 + $1 }
    }
    return total
  }

  // Every outcome of the directions is enumerated, so that balance holds to rounding: w_i P(i -> j)
  // = w_j P(j -> i). States that diverge are never reached and start nothing.
  @Test(arguments: 1...6)
  func detailedBalanceIsExact(salt: Int) {
    let states = -16...16
    let rows = states.map { transition(from: $0, salt: salt) }
    var moves = 0
    for i in states {
      let row = rows[i + 16]
      #expect(abs(row.values.reduce(0, +) - 1) < 1e-14)
      guard scramble(i, 1, salt) >= 0.04 else { continue }
      for j in states where scramble(j, 1, salt) >= 0.04 {
        let there = (0.05 + scramble(i, 0, salt)) * (row[j] ?? 0)
        let back = (0.05 + scramble(j, 0, salt)) * (rows[j + 16][i] ?? 0)
        #expect(abs(there - back) < 1e-15, "between \(i) and \(j): \(there), \(back)")
        if i != j && there > 0 { moves += 1 }
      }
    }
    #expect(moves > 100)
  }

  @Test func directionsAreTheBitsFromTheLowest() {
    for directions in 0..<(1 << maxDepth) {
      var trajectory = IntegerTrajectory(start: 0, maxDepth: maxDepth) { _ in 1 }
      let depth = NoUTurn.grow(
        &trajectory, directions: UInt64(directions), maxDepth: maxDepth)
      #expect(depth == maxDepth)
      // Bit k forward adds 2^k states in front, else behind.
      let front = directions
      let expected = (front - (1 << maxDepth) + 1)...front
      #expect(trajectory.branches[maxDepth]?.states == expected)
      #expect(Set(trajectory.visited).count == (1 << maxDepth) - 1)
    }
  }

  @Test func divergenceGivesUpTheNewHalf() {
    // Forward always: the third doubling visits 4, 5 and stops at 5.
    var trajectory = IntegerTrajectory(
      start: 0, maxDepth: maxDepth, weight: { _ in 1 }, diverges: { $0 == 5 })
    let depth = NoUTurn.grow(&trajectory, directions: .max, maxDepth: maxDepth)
    #expect(depth == 2)
    #expect(trajectory.visited == [1, 2, 3, 4, 5])
    #expect(trajectory.branches[maxDepth]?.states == 0...3)
  }

  @Test func turningOfTheWholeKeepsTheNewHalf() {
    var trajectory = IntegerTrajectory(
      start: 0, maxDepth: maxDepth, weight: { _ in 1 }, turns: { $0 == 0...3 })
    let depth = NoUTurn.grow(&trajectory, directions: .max, maxDepth: maxDepth)
    #expect(depth == 2)
    #expect(trajectory.branches[maxDepth]?.states == 0...3)
    // A uniform choice between the halves at each doubling: equal weights always move on.
    #expect(
      trajectory.branches[maxDepth]?.probabilities.filter { $0.value > 0 } == [2: 0.5, 3: 0.5])
  }

  @Test func turningInsideTheNewHalfGivesItUp() {
    var trajectory = IntegerTrajectory(
      start: 0, maxDepth: maxDepth, weight: { _ in 1 }, turns: { $0 == 6...7 })
    let depth = NoUTurn.grow(&trajectory, directions: .max, maxDepth: maxDepth)
    #expect(depth == 2)
    #expect(trajectory.visited == Array(1...7))
    #expect(trajectory.branches[maxDepth]?.states == 0...3)
  }
}
