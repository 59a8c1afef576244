import Testing

@testable import Drawing

@Suite("Scales and coordinates")
struct ScaleTests {
  @Test("Coordinates are short and finite")
  func coordinates() {
    #expect(
      [0, 1, -1, 1.5, -0.25, 1.004, 12.05].map(coordinate) == [
        "0", "1", "-1", "1.5", "-0.25", "1", "12.05",
      ])
    #expect(coordinate(.nan) == "0" && coordinate(.infinity) == "99999")
    #expect(coordinate(-1e9) == "-99999")
  }

  @Test("A scale maps its ends to its ends")
  func ends() {
    let scale = Scale(-2, 6, from: 100, to: 20)
    #expect(scale(-2) == 100 && scale(6) == 20 && scale(2) == 60)
    #expect(scale.clamped(60) == 20 && scale.clamped(-60) == 100)
    let point = Scale(3, 3, from: 0, to: 10)
    #expect(point(3) == 5)
    let broken = Scale(.nan, .infinity, from: 0, to: 10)
    #expect(broken(0) == 5)
  }

  @Test(
    "Ticks are round, within the domain and labelled to tell them apart",
    arguments: [(0.0, 1.0), (-3.2, 4.7), (0.001, 0.0019), (1e5, 9e5), (-0.2, -0.1), (0, 22)])
  func ticks(lower: Double, upper: Double) {
    let ticks = Scale(lower, upper, from: 0, to: 300).ticks(5)
    #expect((3...11).contains(ticks.count))
    #expect(ticks.allSatisfy { $0.value >= lower - 1e-9 && $0.value <= upper + 1e-9 })
    #expect(Set(ticks.map(\.label)).count == ticks.count)
    let steps = zip(ticks, ticks.dropFirst()).map { $1.value - $0.value }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 1e-9 * abs(steps[0]) + 1e-12 })
  }

  @Test("An axis of counts has whole numbers alone")
  func counts() {
    #expect(Scale(0, 2.1, from: 0, to: 100).countTicks().map(\.label) == ["0", "1", "2"])
    #expect(
      Scale(0, 22, from: 0, to: 100).countTicks().map(\.label) == ["0", "5", "10", "15", "20"])
  }
}
