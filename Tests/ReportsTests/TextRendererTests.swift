import Testing

@testable import Reports

@Suite struct TextRendererTests {
  private func text(_ blocks: [ReportBlock], width: Int = 80) -> String {
    TextRenderer(width: width).text(ReportContent(blocks: blocks))
  }

  private let table = ReportTable(
    labelTitle: "group",
    panels: [.init("REML", ["estimate", "p"]), .init("", ["n"])],
    sections: [
      .init("first", [.init("[3] x <= 1", key: "[3]", [["0.28", "0.627"], ["365"]])]),
      .init("second", [.init("[4] x > 1", key: "[4]", [["-1.08", "0.0807"], ["1147"]])]),
      .init("nothing", []),
    ])

  @Test func aTableThatFitsStandsOnce() {
    #expect(
      text([.table(table)]) == """
                    ----- REML -----
        group       estimate       p      n
        -----------------------------------
        first
        [3] x <= 1      0.28   0.627    365

        second
        [4] x > 1      -1.08  0.0807   1147

        """)
  }

  @Test func panelsThatDoNotFitGoBelowWithTheirKeys() {
    let wide = ReportTable(
      labelTitle: "",
      panels: (1...3).map { .init("panel \($0)", ["first column", "second column"]) },
      sections: [
        .init("", [.init("[3] x <= 1", key: "[3]", [["1", "2"], ["3", "4"], ["5", "6"]])])
      ])
    #expect(
      text([.table(wide)], width: 70) == """
                    --------- panel 1 ---------   --------- panel 2 ---------
                    first column  second column   first column  second column
        ---------------------------------------------------------------------
        [3] x <= 1             1              2              3              4

             --------- panel 3 ---------
             first column  second column
        --------------------------------
        [3]             5              6

        """)
  }

  @Test func aRowWithoutCellsInALaterPanelIsNotRepeated() {
    let wide = ReportTable(
      labelTitle: "",
      panels: (1...3).map { .init("panel \($0)", ["first column", "second column"]) },
      sections: [
        .init(
          "",
          [
            .init("[3] x <= 1", key: "[3]", [["1", "2"], ["3", "4"], ["", ""]]),
            .init("[4] x > 1", key: "[4]", [["1", "2"], ["3", "4"], ["5", ""]]),
          ])
      ])
    let lines = text([.table(wide)], width: 70).split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("[3]") }.count == 1)
    #expect(lines.filter { $0.hasPrefix("[4]") }.count == 2)
  }

  @Test func aLongLabelStandsAboveItsNumbers() {
    let long = ReportTable(
      labelTitle: "subgroup",
      panels: [.init("", (1...6).map { "column \($0)" })],
      sections: [
        .init(
          "",
          [
            .init(
              "a rule that is far too long for a column beside so many numbers",
              [["1", "2", "3", "4", "5", "6"]])
          ])
      ])
    #expect(
      text([.table(long)], width: 64) == """
        subgroup
            column 1  column 2  column 3  column 4  column 5  column 6
        --------------------------------------------------------------
        a rule that is far too long for a column beside so many numbers
                   1         2         3         4         5         6

        """)
  }

  private func tree(_ title: String, _ condition: String) -> TreeDrawing {
    TreeDrawing(
      title: title, columns: ["n", "p"],
      lines: [
        .init(depth: 0, node: 1, condition: "root", cells: ["90", "<0.001"], mark: "="),
        .init(depth: 1, node: 2, condition: condition, cells: ["40", "0.2"], mark: ""),
        .init(depth: 1, node: 3, condition: "age > 50", cells: ["50", "–"], mark: ""),
      ])
  }

  @Test func treesStandBelowOneAnotherAtEightyColumns() {
    #expect(
      text([.trees([tree("REML", "age <= 50"), tree("Bayes", "age <= 50")])]) == """
        REML                n       p
        [1] root           90  <0.001 =
        |   [2] age <= 50  40     0.2
        |   [3] age > 50   50       –

        Bayes               n       p
        [1] root           90  <0.001 =
        |   [2] age <= 50  40     0.2
        |   [3] age > 50   50       –

        """)
  }

  @Test func treesStandBesideOneAnotherFromAHundredColumns() {
    let trees = ReportBlock.trees([tree("REML", "age <= 50"), tree("Bayes", "age <= 50")])
    let lines = text([trees], width: 100).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(
      lines[1] == "[1] root           90  <0.001 =" + String(repeating: " ", count: 20)
        + "[1] root           90  <0.001 =")
    #expect(text([trees], width: 99).split(separator: "\n").count == 8)
  }

  @Test func aLongConditionIsWrappedBesideItsLead() {
    let long = tree(
      "REML", "the sum of the baseline questionnaire with its twenty-four items <= 50")
    #expect(
      text([.trees([long])], width: 60) == """
        REML                                             n       p
        [1] root                                        90  <0.001 =
        |   [2] the sum of the baseline questionnaire   40     0.2
        |       with its twenty-four items <= 50
        |   [3] age > 50                                50       –

        """)
  }

  @Test func blocksAreApartByOneLineAndTextIsWrapped() {
    let blocks: [ReportBlock] = [
      .title("A title"), .heading("A section"),
      .facts([.init("Data", ["one", "two"]), .init("Model", ["three"])]),
      .paragraph(String(repeating: "word ", count: 20)), .notes([]), .list(["a\u{7}b"]),
    ]
    #expect(
      text(blocks) == """
        A title
        =======

        A section
        ---------

        Data   one
               two
        Model  three

        word word word word word word word word word word word word word word word word
        word word word word

        - a\\u{7}b

        """)
  }
}
