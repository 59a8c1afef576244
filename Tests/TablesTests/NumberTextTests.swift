import Testing

@testable import Tables

/// The standard library's own parser is the truth for every finite decimal.
@Suite struct NumberTextTests {
  @Test(arguments: [
    "0", "-0", "+0", "1", "-1", "007", "1.", ".5", "-.5", "1e5", "1E-5", "1e+05", "123456789",
    "9007199254740993", "9007199254740992.5", "9007199254740993e1", "18446744073709551615",
    "18446744073709551616", "99999999999999999999", "0.1", "0.30000000000000004",
    "1.7976931348623157e308", "1.7976931348623159e308", "4.9e-324", "2.4e-324", "1e-400", "1e22",
    "1e23", "8.5e23", "123456789012345678e-5", "1.00000000000000011102230246251565404",
    "0.000000000000000000000000012345", "6.02214076e23", "1e0005", "1e27", "1e28", "3e-27", "3e-28",
    "1234567890123456789e27", "9999999999999999999e-27",
  ])
  func parsesAsTheStandardLibrary(_ text: String) throws {
    let expected = try #require(Double(text))
    #expect(NumberText.parse(text)?.bitPattern == expected.bitPattern)
  }

  @Test func parsesRandomDecimalsBitForBit() throws {
    var generator = SeededGenerator(seed: 20_250_101)
    for _ in 0..<60_000 {
      let text = randomDecimal(&generator)
      let expected = try #require(Double(text))
      try #require(NumberText.parse(text)?.bitPattern == expected.bitPattern, "\(text)")
    }
  }

  /// Halfway between two doubles and just beside it, where a sloppy parser rounds wrongly.
  @Test func roundsTiesToEven() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<10_000 {
      let odd = UInt64.random(in: 1 << 53...(1 << 54) - 1, using: &generator) | 1
      let shift = Int.random(in: 0...9, using: &generator)
      for text in ["\(odd << UInt64(shift))", "\(odd).0", "\(odd)1e-1", "\(odd)e\(shift)"] {
        let expected = try #require(Double(text))
        try #require(NumberText.parse(text)?.bitPattern == expected.bitPattern, "\(text)")
      }
    }
  }

  /// Numbers of 19 digits just above the middle between two doubles, by less than 64 bits show.
  @Test func roundsUpJustAboveTies() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<4000 {
      let middle = UInt64.random(in: 1 << 53...(1 << 54) - 1, using: &generator) | 1
      let exponent = Int.random(in: 2...18, using: &generator)
      let power = (0..<exponent).reduce(UInt64(1)) { power, _ in power * 5 }
      // The least w with w × power above middle × 2^shift; w is a number of 62 or 63 bits.
      let shift = 8 + 64 - power.leadingZeroBitCount
      let high = middle >> UInt64(64 - shift)
      let significand = power.dividingFullWidth((high, middle << UInt64(shift))).quotient + 1
      let text = "\(significand)e\(exponent)"
      let expected = try #require(Double(text))
      try #require(NumberText.parse(text)?.bitPattern == expected.bitPattern, "\(text)")
    }
  }

  @Test(arguments: [
    "", " ", "-", "+", ".", "-.", "e5", "1e", "1e+", "1.2.3", "1,5", "1 2", "0x1A", "1d5", "one",
    "1_000", "--1", "+-1", "nan", "NaN", "NA", "infinit", "in", "1e5.0", "１",
  ])
  func refusesWhatIsNoNumber(_ text: String) {
    #expect(NumberText.parse(text) == nil)
  }

  @Test(arguments: ["Inf", "inf", "-INF", "+Infinity", "infinity", "1e999", "-1e999"])
  func readsInfinities(_ text: String) {
    #expect(NumberText.parse(text) == (text.hasPrefix("-") ? -.infinity : .infinity))
  }

  @Test func spacesAroundANumberDoNotCount() {
    #expect(NumberText.parse("  12.5\t ") == 12.5)
    #expect(NumberText.parse(" Inf ") == .infinity)
  }

  /// As JavaScript's Number::toString, which the same rule defines, but for −0.
  @Test(
    arguments: [
      (1, "1"), (-0.0, "0"), (10, "10"), (100_000, "100000"), (0.1, "0.1"), (-2.5, "-2.5"),
      (1e15, "1000000000000000"), (123_456_789_012_345_680, "123456789012345680"),
      (1e20, "1" + "00000000000000000000"),
      (1e21, "1e+21"), (1.5e22, "1.5e+22"), (0.000001, "0.000001"), (0.0000012, "0.0000012"),
      (0.0000001, "1e-7"), (1.25e-9, "1.25e-9"), (0.30000000000000004, "0.30000000000000004"),
      (-.infinity, "-Inf"), (.infinity, "Inf"),
    ] as [(Double, String)])
  func labelsByTheShortestDecimal(_ number: Double, _ label: String) {
    #expect(NumberText.shortestDecimal(number) == label)
  }

  @Test func labelsReadBackAsTheSameNumber() throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      let label = NumberText.shortestDecimal(number)
      try #require(NumberText.parse(label) == number, "\(label)")
    }
  }

  private func randomDecimal(_ generator: inout SeededGenerator) -> String {
    func digits(_ range: ClosedRange<Int>) -> String {
      (0..<Int.random(in: range, using: &generator)).map { _ in
        "\(Int.random(in: 0...9, using: &generator))"
      }.joined()
    }
    let sign = ["", "", "-", "+"].randomElement(using: &generator) ?? ""
    let exponent = Int.random(in: -40...40, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: return sign + digits(1...21)
    case 1: return sign + digits(1...4) + "." + digits(1...3)
    case 2: return sign + digits(0...10) + "." + digits(1...12)
    case 3: return sign + digits(1...3) + "." + digits(0...18) + "e\(exponent)"
    default:
      let number = Double(bitPattern: generator.next())
      return number.isFinite ? "\(number)" : "0"
    }
  }
}
