import Testing

@testable import Predictive

/// Where many participants sit at an end of a score.
@Suite("Ends of a score") struct OutcomeBoundsTests {
  private static func scores(zeros: Int, tops: Int, others: Int) -> [Double] {
    [Double](repeating: 0, count: zeros) + [Double](repeating: 24, count: tops)
      + (0..<others).map { Double(1 + $0 % 23) }
  }

  @Test(
    "Five per cent and ten participants are many",
    arguments: [
      (10, 0, 190, true, false), (9, 0, 91, false, false), (12, 30, 400, false, true),
      (20, 20, 100, true, true),
    ])
  func many(zeros: Int, tops: Int, others: Int, lower: Bool, upper: Bool) {
    let bounds = OutcomeBounds(Self.scores(zeros: zeros, tops: tops, others: others))
    #expect((bounds.lower == 0) == lower)
    #expect((bounds.upper == 24) == upper)
    #expect(bounds.step == 1)
    #expect(bounds.lowerThreshold == (lower ? 0.5 : nil))
  }

  @Test("A score has a grid, other numbers have none")
  func grid() {
    #expect(OutcomeBounds([0, 2.5, 5, 10, 7.5]).step == 2.5)
    #expect(OutcomeBounds([0, 0.1, 0.30000000000000004, 0.2]).step > 0)
    #expect(OutcomeBounds((0..<300).map { Double($0 * $0) / 977 }).step == 0)
    #expect(OutcomeBounds([0, 3.141592, 5.1, 9.23]).step == 0)
    #expect(OutcomeBounds([0, 1]).step == 0)
  }
}
