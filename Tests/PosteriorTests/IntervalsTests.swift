import Foundation
import TestSupport
import Testing

@testable import Posterior

/// Intervals of fixed draws; the file says how they were made and what they were checked against.
private struct IntervalFigures: Decodable {
  struct Entry: Decodable {
    let n: Int
    let shortest: [String: [Double]]
    let central: [String: [Double]]

    enum CodingKeys: String, CodingKey {
      case n, shortest
      case central = "equal_tailed"
    }
  }
  let sets: [String: Entry]
}

@Suite("Intervals")
struct IntervalsTests {
  @Test func intervalsOfReferenceDraws() throws {
    let data = try #require(figure("hdi/reference.json"))
    let figures = try JSONDecoder().decode(IntervalFigures.self, from: data)
    let table = figureTable("hdi/draws.csv")
    #expect(figures.sets.count == 9)
    for (name, entry) in figures.sets {
      let sorted = try #require(table[name]).filter { !$0.isNaN }.sorted()
      #expect(sorted.count == entry.n)
      for (mass, limits) in entry.shortest {
        let ours = Interval.shortest(sorted: sorted, level: try #require(Double(mass)))
        #expect(limits.count == 2)
        for (own, theirs) in zip([ours.lower, ours.upper], limits) {
          #expect(
            AgreementNotes(.diagnostics, "intervals of fixed draws").close(
              "shortest", own, theirs, relative: 0), "shortest \(mass) of \(name)")
        }
      }
      for (mass, limits) in entry.central {
        let ours = Interval.central(sorted: sorted, level: try #require(Double(mass)))
        // The figures have 15 digits.
        for (own, theirs) in zip([ours.lower, ours.upper], limits) {
          #expect(
            AgreementNotes(.diagnostics, "intervals of fixed draws").close(
              "central", own, theirs, relative: 1e-12, absolute: 1e-14), "\(mass) \(name)")
        }
      }
    }
  }

  @Test func edges() {
    let five: [Double] = [1, 2, 4, 8, 16]
    #expect(Interval.shortest(sorted: five, level: 1) == Interval(lower: 1, upper: 16))
    #expect(Interval.shortest(sorted: five, level: 0.1) == Interval(lower: 1, upper: 1))
    #expect(Interval.shortest(sorted: [3], level: 0.95) == Interval(lower: 3, upper: 3))
    #expect(Interval.shortest(sorted: [], level: 0.95).lower.isNaN)
    #expect(Interval.central(sorted: [], level: 0.95).upper.isNaN)
  }
}
