import Designs
import Foundation
import TestSupport
import Testing

@testable import Trees

/// What the tests and the tree must not depend on.
@Suite struct InvarianceTests {
  let data = SimulatedData(rows: 700, seed: 3)
  let tree: Tree

  init() { tree = grow(data.model(), on: data.sorted) }

  /// Same splits, and the same tests up to rounding.
  private func expectSame(_ first: Tree, _ second: Tree, relative: Double = 1e-9) {
    #expect(first.nodes.count > 3, "the data must have subgroups for this to be a test")
    #expect(first.hasSameSplits(as: second))
    for (a, b) in zip(first.nodes, second.nodes) {
      #expect(a.rows.count == b.rows.count)
      for (s, t) in zip(a.tests, b.tests) {
        #expect((s.statistic == nil) == (t.statistic == nil))
        #expect(close(s.statistic ?? 0, t.statistic ?? 0, relative: relative))
        #expect(close(s.pValue ?? 0, t.pValue ?? 0, relative: relative * 100))
        #expect(close(s.effectShare ?? 0, t.effectShare ?? 0, relative: relative, absolute: 1e-9))
      }
    }
  }

  @Test("the order of rows, where the process is read at distinct values")
  func rowOrder() {
    var generator = TestGenerator(seed: 5)
    for _ in 0..<5 {
      let order = Array(0..<700).shuffled(using: &generator)
      let other = data.reordered(order)
      let second = grow(other.model(), on: other.sorted)
      expectSame(tree, second)
      let partition = tree.partition
      #expect(order.map { partition[$0] } == second.partition)
    }
  }

  @Test("the order of rows within ties does matter where every row is read")
  func rowOrderAtEveryRow() {
    let control = GrowthControl(ties: .rows)
    let other = data.reordered((0..<700).reversed())
    let statistics = [data, other].map { data in
      grow(data.model(), on: data.sorted, control: control).root.tests.map { $0.statistic ?? 0 }
    }
    #expect(!close(statistics[0][0], statistics[1][0], relative: 1e-6))
    #expect(close(statistics[0][1], statistics[1][1], relative: 1e-9))
    #expect(statistics[0][0] >= (tree.root.tests[0].statistic ?? 0))
  }

  @Test("the labels of trials")
  func trialLabels() {
    var other = data
    let labels: [Int32] = [2, 0, 3, 1]
    other.trial = data.trial.map { labels[Int($0)] }
    expectSame(tree, grow(other.model(), on: other.sorted))
  }

  @Test("a constant added to one trial's outcomes, with stratified intercepts")
  func trialConstant() {
    var other = data
    for i in other.outcome.indices where other.trial[i] == 1 { other.outcome[i] += 50 }
    expectSame(tree, grow(other.model(), on: other.sorted), relative: 1e-8)
    #expect(tree.partition == grow(other.model(), on: other.sorted).partition)
  }

  @Test("shift and scale of the outcome, and which arm is called active")
  func outcomeScale() {
    var other = data
    other.outcome = data.outcome.map { 30 - 4 * $0 }
    expectSame(tree, grow(other.model(), on: other.sorted))
    var swapped = data
    swapped.arm = data.arm.map { 1 - $0 }
    let second = grow(swapped.model(), on: swapped.sorted)
    #expect(tree.hasSameSplits(as: second))
    for (a, b) in zip(tree.nodes, second.nodes) {
      #expect(
        close(a.coefficients.effect ?? .nan, -(b.coefficients.effect ?? .nan), relative: 1e-9))
      for (s, t) in zip(a.tests, b.tests) {
        #expect(close(s.statistic ?? 0, t.statistic ?? 0, relative: 1e-9))
      }
    }
  }

  @Test("a monotone transformation of a numeric variable")
  func monotone() {
    var other = data
    other.tied = data.tied.map { exp($0 / 3) }
    other.continuous = data.continuous.map { $0 * $0 * $0 }
    let second = grow(other.model(), on: other.sorted)
    #expect(tree.partition == second.partition)
    #expect(tree.nodes.map(\.tests) == second.nodes.map(\.tests))
  }

  @Test("the order of nominal levels")
  func levelOrder() {
    var other = data
    let codes: [Int32] = [3, 1, 0, 2]
    other.nominal = data.nominal.map { codes[Int($0)] }
    let second = grow(other.model(), on: other.sorted)
    // The last level is always on the right, so that children may change places.
    #expect(adjustedRandIndex(tree.partition, second.partition) == 1)
    #expect(
      close(
        tree.root.tests[2].statistic ?? .nan, second.root.tests[2].statistic ?? .nan,
        relative: 1e-12))
  }

  @Test("the number of threads")
  func threads() {
    let large = SimulatedData(rows: 30_000, seed: 9)
    #expect(large.variables.count * 30_000 > SortedVariables.smallestParallelWork)
    let one = grow(large.model(), on: large.sorted, control: GrowthControl(maxDepth: 3))
    let four = grow(
      large.model(), on: SortedVariables(large.variables, rows: 30_000, threads: 4),
      control: GrowthControl(maxDepth: 3), threads: 4)
    #expect(one == four)
    #expect(one.nodes.count >= 5)
  }

  @Test("rows that trees are not grown on")
  func restriction() {
    let kept = (0..<700).filter { $0 % 3 != 0 }
    let restricted = data.sorted.restricted(to: kept.map { Int32($0) })
    let other = data.reordered(kept)
    let first = grow(data.model(), on: restricted)
    let second = grow(other.model(), on: other.sorted)
    expectSame(first, second)
    #expect(first.partition == second.partition)
    #expect(first.root.rows == kept.map { Int32($0) })
  }
}
