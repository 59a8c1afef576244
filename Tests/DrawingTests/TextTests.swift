import Testing

@testable import Drawing

@Suite("Text of figures")
struct TextTests {
  @Test("Whatever stands in data is text")
  func escaping() {
    #expect("<script>&\"x\"".svgEscaped == "&lt;script&gt;&amp;&quot;x&quot;")
    #expect("a\u{1}b\tc\nd".svgEscaped == "a\u{FFFD}b c d")
    #expect("τ ≤ 1 é".svgEscaped == "τ ≤ 1 é")
  }

  @Test("Signs of numbers become minus signs, hyphens of words stay")
  func minus() {
    #expect("-1.2 [-3, -4.5]".withMinusSigns == "−1.2 [−3, −4.5]")
    #expect("metamob-si 2020-11 a-1".withMinusSigns == "metamob-si 2020-11 a-1")
    #expect("[-∞, 2]".withMinusSigns == "[−∞, 2]")
  }

  /// Widths that FreeType gives for DejaVu Sans at 1000 px per em.
  @Test("Widths are those of the font")
  func widths() {
    #expect(TextWidth.of("il", size: 1000) == 556)
    #expect(TextWidth.of("W0 ", size: 1000) == 989 + 636 + 318)
    #expect(TextWidth.of("τβ", size: 1000) == 602 + 638)
    #expect(TextWidth.of("W", size: 10, isBold: true) == 11.03)
    #expect(TextWidth.of("é", size: 1000) == 615)
  }

  @Test("Text is cut to a width, and never wider")
  func fitted() {
    let text = "a_very_long_name_of_a_baseline_variable"
    for width in stride(from: 20.0, through: 300, by: 20) {
      let cut = TextWidth.fitted(text, size: 12, width: width)
      #expect(TextWidth.of(cut, size: 12) <= width)
      #expect(cut == text || cut.hasSuffix("…"))
    }
    #expect(TextWidth.fitted("abc", size: 12, width: 1000) == "abc")
  }

  @Test("Text is broken at spaces and underscores into lines that fit")
  func wrapped() {
    let text = "pain_intensity_at_baseline in all participants"
    let lines = TextWidth.wrapped(text, size: 12, width: 110, lines: 9)
    #expect(lines.count > 2)
    #expect(lines.allSatisfy { TextWidth.of($0, size: 12) <= 110 })
    let joined = lines.joined().filter { $0 != " " }
    #expect(joined == text.filter { $0 != " " })
    let two = TextWidth.wrapped(text, size: 12, width: 110, lines: 2)
    #expect(two.count == 2 && two[1].hasSuffix("…"))
    #expect(TextWidth.wrapped("x", size: 12, width: 8, lines: 2) == ["x"])
    // A word that has room on the next line is not broken.
    #expect(
      TextWidth.wrapped("age ≤ 50 & pain_0 > 4", size: 12, width: 90, lines: 3)
        == ["age ≤ 50 &", "pain_0 > 4"])
  }
}
