import Commands
import Testing

@Suite("Validity of values")
struct ValidityTests {
  static let accepted: [(Validity, String, OptionValue)] = [
    (.integer(1...9), "9", .integer(9)), (.integer(0...9), "+3", .integer(3)),
    (.number(above: 0, below: 1), "0.05", .number(0.05)),
    (.number(above: 0, below: 1), "5e-2", .number(0.05)),
    (.number(above: 0, below: .infinity), "1e300", .number(1e300)),
    (.trim, "0.1", .number(0.1)), (.trim, "2", .number(2)), (.trim, "50", .number(50)),
    (.pair, "A,B", .list([.text("A"), .text("B")])),
    (.pair, "\"a,b\", c", .list([.text("a,b"), .text("c")])),
    (.run, "mob-si", .text("mob-si")), (.run, "metamob-ri:bayes", .text("metamob-ri:bayes")),
    (.run, "mob", .text("mob")), (.run, "palmtree:ml", .text("palmtree:ml")),
    (.text, " ", .text(" ")),
  ]

  @Test("Allowed values are read", arguments: accepted)
  func accepts(validity: Validity, text: String, value: OptionValue) {
    #expect(validity.value(of: text) == value)
  }

  static let refused: [(Validity, String)] = [
    (.integer(1...9), "0"), (.integer(1...9), "10"), (.integer(1...9), ""), (.integer(1...9), " 1"),
    (.integer(1...9), "1.0"), (.integer(1...9), "1e0"), (.integer(1...9), "٣"),
    (.integer(1...Validity.most), "9007199254740993"),
    (.integer(1...Validity.most), "99999999999999999999"),
    (.number(above: 0, below: 1), "0"), (.number(above: 0, below: 1), "1"),
    (.number(above: 0, below: 1), "nan"), (.number(above: 0, below: 1), "0x1p-1"),
    (.number(above: 0, below: 1), "0,5"), (.number(above: 0, below: .infinity), "inf"),
    (.number(above: 0, below: .infinity), "1e999"), (.number(above: 0, below: .infinity), "-1"),
    (.trim, "0"), (.trim, "0.5"), (.trim, "1"), (.trim, "2.5"), (.trim, "-1"),
    (.pair, "A"), (.pair, "A,A"), (.pair, "A,"), (.pair, "A,B,C"), (.pair, "\"A,B"),
    (.run, "rq"), (.run, "mob-si:"), (.run, "mob-si:mle"), (.run, "mob-si:reml:reml"), (.run, ""),
    (.choice(["a", "b"]), "A"), (.text, ""),
  ]

  @Test("Values out of range or of another form are refused", arguments: refused)
  func refuses(validity: Validity, text: String) {
    #expect(validity.value(of: text) == nil)
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  let words = ["--method", "--min-size", "--max-depth", "--mcid", "--out"]

  @Test(
    "The nearest word is found",
    arguments: [
      ("--methdo", "--method"), ("--met", "--method"), ("--minsize", "--min-size"),
      ("--METHOD", "--method"), ("--maxdepth", "--max-depth"), ("--uot", "--out"),
    ])
  func near(typed: String, word: String) {
    #expect(nearest(to: typed, among: words) == word)
  }

  @Test("Where nothing is near, nothing is suggested", arguments: ["--m", "", "--weights", "x"])
  func far(typed: String) {
    #expect(nearest(to: typed, among: words) == nil)
  }
}
