import Testing

@testable import Trees

@Suite struct SplitSearchTests {
  private func rows(_ count: Int) -> [Int32] { (0..<Int32(count)).map { $0 } }

  @Test("numeric cuts stand behind distinct values with enough rows on both sides")
  func numericCuts() {
    let model = ScriptedModel(cut: { [3: 5.0, 4: 2.0, 7: 2.0][$0] ?? 9 })
    let values = [5.0, 1, 1, 2, 7, 7, 7, 9, 9, 10]
    let order: [Int32] = [1, 2, 3, 0, 4, 5, 6, 7, 8, 9]
    let split = SplitSearch(model: model, minSize: 3).numeric(4, values: values, order: order)
    #expect(model.calls == [.cuts(order: order, cuts: [3, 4, 7])])
    #expect(split == .numeric(variable: 4, breakpoint: 5), "the first of equal minima")
  }

  @Test("a single admissible cut needs no fit, and none gives no split")
  func fewCuts() {
    let model = ScriptedModel()
    let order = rows(6)
    let one = SplitSearch(model: model, minSize: 3)
    #expect(
      one.numeric(0, values: [1, 1, 1, 2, 2, 2], order: order)
        == .numeric(variable: 0, breakpoint: 1))
    #expect(one.numeric(0, values: [1, 1, 2, 2, 2, 2], order: order) == nil)
    #expect(one.numeric(0, values: [1, 1, 1, 1, 1, 1], order: order) == nil)
    #expect(
      SplitSearch(model: model, minSize: 4).numeric(0, values: [1, 2, 3, 4, 5, 6], order: order)
        == nil)
    #expect(one.numeric(0, values: [], order: []) == nil)
    #expect(model.calls.isEmpty)
  }

  @Test("ordered thresholds pass over the levels that the node lacks")
  func orderedThresholds() {
    let model = ScriptedModel(cut: { $0 == 5 ? 1 : 2 })
    let codes: [Int32] = [4, 1, 1, 3, 4, 3, 1, 6]
    let split = SplitSearch(model: model, minSize: 1)
      .ordered(2, codes: codes, levels: 8, rows: rows(8))
    #expect(model.calls == [.cuts(order: [1, 2, 6, 3, 5, 0, 4, 7], cuts: [3, 5, 7])])
    #expect(split == .ordered(variable: 2, breakpoint: 3))
    let strict = SplitSearch(model: model, minSize: 4)
      .ordered(2, codes: codes, levels: 8, rows: rows(8))
    #expect(strict == nil)
  }

  @Test("groupings come in partykit's order, the last present level on the right")
  func groupings() {
    let model = ScriptedModel(group: { $0[4] ? 1 : 2 })
    // Levels 0, 2, 4 and 5 of six are present.
    let codes: [Int32] = [0, 2, 4, 5, 0, 2, 4, 5]
    let split = SplitSearch(model: model, minSize: 1)
      .nominal(3, codes: codes, levels: 6, rows: rows(8))
    let sets = [[0], [2], [0, 2], [4], [0, 4], [2, 4], [0, 2, 4]]
    #expect(model.calls == [.groups(sets.map { set in (0..<6).map { set.contains($0) } })])
    #expect(split == .nominal(variable: 3, groups: [[4], [0, 2, 5]]))
  }

  @Test("groupings with too few rows on a side are left out; a single one needs no fit")
  func smallGroups() {
    let model = ScriptedModel()
    let codes: [Int32] = [0, 0, 0, 1, 2, 2]
    let split = SplitSearch(model: model, minSize: 3)
      .nominal(0, codes: codes, levels: 3, rows: rows(6))
    #expect(split == .nominal(variable: 0, groups: [[0], [1, 2]]))
    #expect(model.calls.isEmpty)
    let none = SplitSearch(model: model, minSize: 1)
      .nominal(0, codes: [2, 2], levels: 3, rows: rows(2))
    #expect(none == nil)
  }

  @Test("many levels are cut in the order of their effects")
  func manyLevels() {
    // Level l of 20 has effect (7 l) mod 20, and level 3 no estimate: it stands at the overall 9.5.
    let model = ScriptedModel(
      cut: { $0 == 12 ? 1 : 2 },
      effect: { rows in
        rows.count > 2 ? 9.5 : rows[0] % 20 == 3 ? nil : Double(rows[0] * 7 % 20)
      })
    let codes = rows(40).map { $0 % 20 }
    let split = SplitSearch(model: model, minSize: 4)
      .nominal(0, codes: codes, levels: 20, rows: rows(40))
    let effects = (0..<20).map { level -> Double in level == 3 ? 9.5 : Double(level * 7 % 20) }
    let ranked = (0..<20).sorted { effects[$0] < effects[$1] }
    let order = ranked.flatMap { [Int32($0), Int32($0) + 20] }
    #expect(model.calls == [.cuts(order: order, cuts: Array(stride(from: 4, through: 36, by: 2)))])
    // The six smallest effects 0, 1 (level 3 would be), 2, 3, 4, 5, 6.
    let smallest = (0..<20).filter { $0 != 3 }.sorted { $0 * 7 % 20 < $1 * 7 % 20 }.prefix(6)
    guard case .nominal(_, let sides) = split else {
      Issue.record("no split")
      return
    }
    #expect(sides[0] == smallest.sorted())
    #expect(sides[1].count == 14)
  }
}
