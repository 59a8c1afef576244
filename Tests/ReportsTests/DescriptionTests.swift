import Designs
import JSON
import Reports
import Tables
import TestSupport
import Testing

@Suite struct DescriptionTests {
  private func description(_ bytes: [UInt8], _ formula: String) throws -> DataDescription {
    let text = try DelimitedText(InputFile(name: "data.csv", bytes: bytes))
    return try DesignBuilder(text, formula: try Formula(parsing: formula)).description()
  }

  private func lowBackPain() throws -> DataDescription {
    let bytes = try #require(figure("low-back-pain/data.csv"))
    return try description(Array(bytes), "rmdq ~ treatment | trial | age + sex + rmdq_0")
  }

  private func lines(_ description: DataDescription, width: Int = 100) -> [String] {
    TextRenderer(width: width).text(ReportContent(description))
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  /// Figures by R 4.2.2: `quantile` (type 7), `mean`, `sd` and `table` by trial.
  @Test func aColumnATrial() throws {
    let lines = lines(try lowBackPain())
    let flowing = lines.map(words)
    for row in [
      "T1 T2 T3 T4 total", "rows 1087 232 53 176 1548", "complete rows 1061 228 51 172 1512",
      "control 283 123 31 93 530", "intervention 804 109 22 83 1018",
      "median [Q1, Q3] 5 [1, 8] 0 [0, 3] 5 [2, 8] 3 [0, 6] 4 [0, 7]",
      "mean (SD) 5.1 (4.5) 1.8 (2.6) 5.1 (3.7) 3.6 (3.8) 4.5 (4.4)", "missing 19 1 2 3 25",
      "female 609 (56%) 102 (44%) 16 (30%) 114 (65%) 841 (54%)",
    ] { #expect(flowing.contains(words(row)), "\(row)") }
    #expect(lines.contains("rmdq (outcome, gaussian)"))
    #expect(lines.contains("sex (partitioning variable)"))
    #expect(lines.contains("treatment (treatment)"))
    #expect(lines.contains("           missing: rmdq 25, rmdq_0 11"))
    #expect(lines.contains("Treatment  treatment: intervention compared with control"))
  }

  @Test(arguments: [60, 80, 100, 160]) func aNarrowTerminalShowsTheTrialsInTurn(width: Int) throws {
    let lines = lines(try lowBackPain(), width: width)
    #expect(lines.allSatisfy { $0.count <= width })
    let headers = lines.map(words).filter { $0.contains("T1") || $0.contains("total") }
    #expect(headers.joined().filter { $0 == "total" }.count == 1)
  }

  @Test func emptyCellsAndRowsWithoutATrial() throws {
    let content = "y,t,k,z,g\n1.5,a,A,,x\n2,b,A,1,\n3,,B,,y\n4,a,,3,x\n"
    let lines = lines(try description(Array(content.utf8), "y ~ t | k | z + g"))
    let flowing = lines.map(words)
    for row in [
      "A B no trial total", "rows 2 1 1 4", "complete rows 0 0 0 0", "a 1 0 1 2",
      "missing 0 1 0 1", "median [Q1, Q3] 1 [1, 1] – 3 [3, 3] 2 [1.5, 2.5]",
      "mean (SD) 1.00 (–) – 3.00 (–) 2.00 (1.41)",
    ] { #expect(flowing.contains(words(row)), "\(row)") }
    #expect(!lines.joined(separator: " ").lowercased().contains("nan"))
  }

  @Test func theEventIsCountedAndNamed() throws {
    let content = "y,t,k,z,w\n1,a,A,1,2\n0,b,A,2,1\n1,a,B,3,0\nNA,b,B,4,1\n"
    let text = try DelimitedText(InputFile(name: "data.csv", bytes: Array(content.utf8)))
    let description = try DesignBuilder(
      text, formula: try Formula(parsing: "y ~ t | k | z"), options: DesignOptions(weights: "w")
    ).description()
    let lines = lines(description)
    #expect(lines.contains("y (outcome, binomial; the event is 1)"))
    #expect(lines.contains("w (case weights)"))
    let flowing = lines.map(words)
    for row in ["0 1 (50%) 0 (0%) 1 (33%)", "1 1 (50%) 1 (100%) 2 (67%)", "missing 0 1 1"] {
      #expect(flowing.contains(words(row)), "\(row)")
    }
    let json = DescriptionDocument(description).json
    #expect(json["family"] == "binomial" && json["event"] == "1")
    #expect(json["variables"]?.array?.last?["role"] == "weights")
    #expect(json["total"]?["variables"]?["y"]?["counts"] == ["0": .number(1), "1": .number(2)])
  }

  @Test func moreThanTwoArmsAskForAChoice() throws {
    let content = "y,t,k,z\n1,a,A,1\n2,b,A,2\n3,c,B,3\n4,a,B,4\n"
    let lines = lines(try description(Array(content.utf8), "y ~ t | k | z"))
    #expect(lines.contains { $0.contains("t: b, c and a; --arms A,B chooses two") })
  }

  @Test func theDocumentHasTheSameFigures() throws {
    let json = DescriptionDocument(try lowBackPain()).json
    #expect(json["schema"] == "metamob.describe/1")
    #expect(json["treatment"]?["reference"] == "control")
    #expect(json["total"]?["trial"] == .null)
    #expect(json["total"]?["n"] == .number(1548))
    let first = json["trials"]?.array?.first
    #expect(first?["trial"] == "T1")
    #expect(first?["arms"] == ["control": .number(283), "intervention": .number(804)])
    #expect(first?["variables"]?["rmdq"]?["q3"] == .number(8))
    #expect(first?["variables"]?["rmdq"]?["missing"] == .number(19))
    #expect(
      first?["variables"]?["sex"]?["counts"] == ["female": .number(609), "male": .number(478)])
    #expect(
      json["variables"]?.array?[2] == [
        "name": "sex", "role": "partitioning", "kind": "nominal", "levels": ["female", "male"],
      ])
  }
}
