import Tables
import TestSupport
import Testing

@testable import Designs

@Suite struct DataDescriptionTests {
  /// By R 4.2.2: `quantile` (type 7), `mean`, `sd` and `table` over each trial's rows of the file.
  @Test func theLowBackPainDataAreDescribedAsByR() throws {
    let bytes = try #require(figure("low-back-pain/data.csv"))
    let text = try DelimitedText(InputFile(name: "data.csv", bytes: Array(bytes)))
    let formula = try Formula(parsing: "rmdq ~ treatment | trial | age + sex + rmdq_0")
    let description = try DesignBuilder(text, formula: formula).description()
    #expect(description.arms == ["control", "intervention"])
    #expect(description.reference == "control")
    #expect(description.variables.map(\.name) == ["rmdq", "age", "sex", "rmdq_0"])
    #expect(description.variables[2].kind == .nominal(["female", "male"]))
    #expect(description.trials.map(\.trial) == ["T1", "T2", "T3", "T4"])
    let groups = description.trials + [description.total]
    #expect(groups.map(\.rows) == [1087, 232, 53, 176, 1548])
    #expect(groups.map(\.complete) == [1061, 228, 51, 172, 1512])
    #expect(groups.map(\.arms) == [[283, 804], [123, 109], [31, 22], [93, 83], [530, 1018]])
    #expect(groups.map { $0.variables[0].missing } == [19, 1, 2, 3, 25])
    #expect(
      groups.map { $0.variables[2] } == [
        .levels(counts: [609, 478], missing: 0), .levels(counts: [102, 130], missing: 0),
        .levels(counts: [16, 37], missing: 0), .levels(counts: [114, 62], missing: 0),
        .levels(counts: [841, 707], missing: 0),
      ])
    #expect(
      groups.map { fiveNumbers($0.variables[0]) } == [
        [0, 1, 5, 8, 22], [0, 0, 0, 3, 13], [0, 2, 5, 8, 13], [0, 0, 3, 6, 15], [0, 0, 4, 7, 22],
      ])
    #expect(
      groups.map { Array(fiveNumbers($0.variables[3])[1...3]) } == [
        [5, 8, 12], [9, 13, 17], [10, 14, 16], [3, 5, 10], [5, 9, 14],
      ])
    let moments = [
      (5.12640449438202, 4.52338870256653), (1.83116883116883, 2.5761578945125),
      (5.13725490196078, 3.7471034565015), (3.60693641618497, 3.83168527824442),
      (4.45436638214051, 4.35041787105539),
    ]
    for (group, (mean, deviation)) in zip(groups, moments) {
      guard case .numeric(let summary) = group.variables[0] else { continue }
      #expect(close(summary.mean ?? 0, mean, relative: 1e-13))
      #expect(close(summary.standardDeviation ?? 0, deviation, relative: 1e-13))
    }
  }

  @Test func rowsWithoutTrialOrArmAreShown() throws {
    let content = """
      y,t,k,z,g
      NA,drug,B,,x
      2,control,,1,
      3,other,A,2,y
      4,,A,NA,x

      """
    let options = DesignOptions(arms: ArmPair("drug", "control"))
    let description = try builder(content, "y ~ t | k | z + g", options).description()
    #expect(description.arms == ["control", "drug"])
    #expect(description.trials.map(\.trial) == ["A", "B", nil])
    #expect(description.trials.map(\.arms) == [[0, 0], [0, 1], [1, 0]])
    #expect(description.trials.map(\.missingArm) == [1, 0, 0])
    #expect(description.total.rows == 3)
    #expect(description.total.complete == 0)
    #expect(description.total.variables.map(\.missing) == [1, 2, 1])
    guard case .numeric(let empty) = description.trials[1].variables[1] else { return }
    #expect(empty.count == 0 && empty.missing == 1 && empty.median == nil && empty.mean == nil)
    guard case .numeric(let single) = description.trials[2].variables[0] else { return }
    #expect(single.median == 2 && single.lowerQuartile == 2 && single.standardDeviation == nil)
  }

  /// Data that no model takes can be described all the same.
  @Test func describingAsksForNoDesign() throws {
    let description = try builder(completeTable, "g ~ g2 | k | z".replacing("g2", with: "o"))
      .description(threads: 3)
    #expect(description.arms == ["high", "low", "mid"])
    #expect(description.reference == "high")
    #expect(description.variables.map(\.role) == [.outcome, .partitioning])
  }

  private func fiveNumbers(_ summary: VariableSummary) -> [Double?] {
    guard case .numeric(let numbers) = summary else { return [] }
    return [
      numbers.minimum, numbers.lowerQuartile, numbers.median, numbers.upperQuartile,
      numbers.maximum,
    ]
  }
}
