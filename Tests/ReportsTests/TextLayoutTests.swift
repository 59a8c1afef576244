import Testing

@testable import Reports

@Suite struct TextLayoutTests {
  @Test func linesAreBrokenAtSpaces() {
    #expect(wrapped("one two three", width: 8) == ["one two", "three"])
    #expect(wrapped("one two three", width: 7) == ["one two", "three"])
    #expect(wrapped("one two three", width: 6) == ["one", "two", "three"])
    #expect(wrapped("", width: 10) == [""])
  }

  @Test func aWordWiderThanTheLineIsBrokenAnywhere() {
    #expect(wrapped("ab abcdefghij x", width: 4) == ["ab", "abcd", "efgh", "ij x"])
  }

  @Test func noBreakSpacesHoldWordsTogether() {
    #expect(wrapped("x & age\u{A0}<=\u{A0}50", width: 10) == ["x &", "age <= 50"])
    #expect(wrapped("age\u{A0}<=\u{A0}50", width: 6) == ["age <=", "50"])
  }

  @Test func nothingIsLostAndNothingIsTooWide() {
    let text = "a name of the 年齢 column that goes_on_and_on & lab\u{A0}> 3 é\u{301} 👍 end"
    let letters = text.filter { $0 != " " && $0 != noBreakSpace }
    for width in 2...40 {
      let lines = wrapped(text, width: width)
      #expect(lines.allSatisfy { displayWidth($0) <= width })
      #expect(lines.joined().filter { $0 != " " } == letters)
    }
  }

  @Test func widthsOfCharacters() {
    #expect(displayWidth("abc τ1 ≠ –") == 10)
    #expect(displayWidth("年齢") == 4)
    #expect(displayWidth("e\u{301}") == 1)
  }

  @Test func whatWouldChangeATerminalIsWrittenOut() {
    #expect(printable("a\u{1B}[31m\nb\tc") == "a\\u{1B}[31m\\nb\\tc")
    #expect(printable("a\u{202E}b\u{7F}") == "a\\u{202E}b\\u{7F}")
    #expect(printable("<script> \"ä\" τ1") == "<script> \"ä\" τ1")
  }

  @Test func padding() {
    #expect(padded("年", 4) + "|" == "年  |")
    #expect(aligned("12", 4) == "  12")
    #expect(aligned("12345", 4) == "12345")
    #expect("a b  ".withoutTrailingSpaces == "a b")
  }
}
