import Designs
import TestSupport
import Testing

@testable import Trees

@Suite struct ChildSizesTests {
  private let data = SimulatedData(rows: 600, seed: 14)

  private func tree(_ change: (inout GrowthControl) -> Void) -> Tree {
    var control = GrowthControl(alpha: 1, minSize: 20)
    change(&control)
    let strata = Strata(arm: data.arm, trial: data.trial, trials: 4)
    return grow(
      data.model(), on: SortedVariables(data.variables, rows: 600, strata: strata),
      control: control)
  }

  private func arms(_ node: TreeNode) -> [Int] {
    (0..<2).map { arm in node.rows.count { Int(data.arm[Int($0)]) == arm } }
  }

  private func trials(_ node: TreeNode) -> [Int] {
    (0..<4).map { trial in node.rows.count { Int(data.trial[Int($0)]) == trial } }
  }

  @Test("every child has enough of either arm and of each trial that it has")
  func limits() {
    let free = tree { _ in }
    let limited = tree { ($0.minArm, $0.minTrial) = (18, 7) }
    #expect(free.leaves.contains { arms($0).contains { $0 < 18 } })
    #expect(free.leaves.contains { trials($0).contains { (1..<7).contains($0) } })
    #expect(limited.nodes.count > 3)
    for node in limited.nodes {
      #expect(arms(node).allSatisfy { $0 >= 18 })
      #expect(trials(node).allSatisfy { $0 == 0 || $0 >= 7 })
    }
  }

  @Test("limits that no cut meets leave a leaf without a split")
  func unreachable() {
    #expect(tree { $0.minArm = 400 }.nodes.map(\.stop) == [.noSplit])
    #expect(tree { $0.minTrial = 120 }.nodes.map(\.stop) == [.noSplit])
  }

  @Test("the sweep's cuts are those that counting afresh finds")
  func cuts() {
    let order: [Int32] = [3, 0, 7, 5, 1, 2, 9, 8, 4, 6, 10, 11]
    let arm: [UInt8] = [0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
    let trial: [Int32] = [0, 0, 1, 0, 2, 1, 1, 2, 2, 0, 1, 2]
    for (minArm, minTrial) in [(1, 0), (0, 2), (2, 1), (1, 2), (2, 0)] {
      let model = ScriptedModel()
      var control = GrowthControl()
      (control.minArm, control.minTrial) = (minArm, minTrial)
      _ = SplitSearch(
        model: model, minSize: 1, control: control,
        strata: Strata(arm: arm, trial: trial, trials: 3)
      ).numeric(
        0, values: order.indices.map { i in Double(order.firstIndex(of: Int32(i)) ?? 0) },
        order: order)
      let expected = (1..<12).filter { cut in
        [order[..<cut], order[cut...]].allSatisfy { side in
          (0..<2).allSatisfy { a in side.count { Int(arm[Int($0)]) == a } >= minArm }
            && (0..<3).allSatisfy { k in
              let count = side.count { Int(trial[Int($0)]) == k }
              return count == 0 || count >= minTrial
            }
        }
      }
      let found = model.calls.flatMap { call -> [Int] in
        if case .cuts(_, let cuts) = call { cuts } else { [] }
      }
      // A single cut asks the model nothing.
      #expect(expected.count > 1 ? found == expected : found.isEmpty, "\(minArm), \(minTrial)")
    }
  }

  @Test("groupings and children of single levels keep the limits, too")
  func levels() {
    // Level 1 has one participant of arm 1.
    let codes: [Int32] = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    let arm: [UInt8] = [0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]
    func split(_ change: (inout GrowthControl) -> Void) -> Split? {
      var control = GrowthControl()
      change(&control)
      return SplitSearch(
        model: ScriptedModel(group: { $0[1] && !$0[0] ? 0 : 1 }), minSize: 1, control: control,
        strata: Strata(arm: arm, trial: codes.map { _ in 0 }, trials: 1)
      ).nominal(0, codes: codes, levels: 4, rows: codes.indices.map { Int32($0) })
    }
    #expect(split { _ in } == .nominal(variable: 0, groups: [[1], [0, 2]]))
    #expect(split { $0.minArm = 2 } == .nominal(variable: 0, groups: [[0], [1, 2]]))
    #expect(split { $0.categorical = .multiway } == .nominal(variable: 0, groups: [[0], [1], [2]]))
    #expect(
      split { ($0.categorical, $0.minArm) = (.multiway, 1) }
        == .nominal(variable: 0, groups: [[0], [1], [2]]))
    #expect(split { ($0.categorical, $0.minArm) = (.multiway, 2) } == nil)
    #expect(split { ($0.categorical, $0.minTrial) = (.multiway, 4) } == nil)
  }
}
