import Tables
import TestSupport
import Testing

@testable import Designs

@Suite struct DesignBuilderTests {
  @Test func aCompleteTableBecomesADesign() throws {
    let design = try design(completeTable, "y ~ t | k | z + g")
    #expect(design.formula == "y ~ t | k | z + g")
    #expect(design.outcomeName == "y")
    #expect(design.family == .gaussian)
    #expect(design.outcome == [1.5, 2, 3, 4, 5.5, 6, 7, 9])
    #expect(design.treatment == TreatmentArms(column: "t", reference: "control", active: "drug"))
    #expect(design.arm == [1, 0, 0, 1, 1, 0, 1, 0])
    #expect(design.trialName == "k")
    #expect(design.trials == ["A", "B"])
    #expect(design.trial == [1, 1, 0, 0, 1, 0, 0, 1])
    #expect(design.covariates == .none)
    #expect(
      design.partitioning == [
        PartitioningVariable(name: "z", values: .numeric([3, 1, 2, 5, 4, 6, 8, 7])),
        PartitioningVariable(
          name: "g", values: .nominal(codes: [0, 1, 0, 2, 1, 0, 0, 2], levels: ["x", "y", "z"])),
      ])
    #expect(design.subgroups == nil)
    #expect(design.exclusions == Exclusions(rows: 8, used: 8, counts: []))
    #expect(design.warnings == [])
  }

  @Test func thePointTakesInEveryOtherColumnInFileOrder() throws {
    let names = { (formula: String) in
      try design(completeTable, formula).partitioning.map(\.name)
    }
    #expect(try names("y ~ t | k | .") == ["z", "g", "o"])
    #expect(try names("y ~ t + z | k | .") == ["g", "o"])
    #expect(try names("y ~ t | k | o + .") == ["o", "z", "g"])
    #expect(try names("y ~ t | k | . + factor(z)") == ["g", "o", "z"])
  }

  @Test func rowsWithMissingValuesAreLeftOutAndCounted() throws {
    // Row 0 misses y and z, row 3 its trial and z, row 5 its arm.
    let content = """
      y,t,k,z
      NA,drug,B,
      2,control,B,1
      3,control,A,2
      4,drug,,.
      5.5,drug,B,4
      6,NaN,A,6
      7,drug,A,8

      """
    let design = try design(content)
    #expect(design.outcome == [2, 3, 5.5, 7])
    #expect(design.arm == [0, 0, 1, 1])
    #expect(design.trial == [1, 0, 1, 0])
    #expect(design.partitioning[0].values == .numeric([1, 2, 4, 8]))
    #expect(
      design.exclusions
        == Exclusions(
          rows: 7, used: 4,
          counts: [
            .init(column: "y", trial: "B", rows: 1), .init(column: "t", trial: "A", rows: 1),
            .init(column: "k", trial: nil, rows: 1), .init(column: "z", trial: "B", rows: 1),
            .init(column: "z", trial: nil, rows: 1),
          ]))
  }

  @Test func levelsThatDoNotOccurAmongUsedRowsAreDropped() throws {
    let order = LevelOrder(column: "o", levels: ["high", "mid", "low"])
    let content = replacing("y", row: 3, by: "NA").replacing(
      "3,control,A,2", with: "NA,control,A,2")
    let design = try design(content, "y ~ t | k | g + o", DesignOptions(orders: [order]))
    #expect(
      design.partitioning.map(\.values) == [
        .nominal(codes: [0, 1, 1, 0, 0, 2], levels: ["x", "y", "z"]),
        .ordered(codes: [1, 0, 1, 0, 1, 0], levels: ["high", "low"]),
      ])
  }

  @Test func partitioningVariablesAreReadAsTheFormulaSays() throws {
    let kinds = try design(completeTable, "y ~ t | k | factor(z) + ordered(o) + ordered(g)")
      .partitioning.map(\.values)
    #expect(
      kinds == [
        .nominal(
          codes: [2, 0, 1, 4, 3, 5, 7, 6], levels: ["1", "2", "3", "4", "5", "6", "7", "8"]),
        .ordered(codes: [1, 0, 2, 2, 1, 0, 1, 0], levels: ["high", "low", "mid"]),
        .ordered(codes: [0, 1, 0, 2, 1, 0, 0, 2], levels: ["x", "y", "z"]),
      ])
  }

  @Test func numericTrialsStandInNumericOrderAndAreTexts() throws {
    let ids = ["10", "2.0", "10", "2", "1e1", "02", "10", "2"]
    let design = try design(adding("id", ids), "y ~ t | id | z")
    #expect(design.trials == ["2", "10"])
    #expect(design.trial == [1, 0, 1, 0, 1, 0, 1, 0])
  }

  @Test func trialsMayMixNumbersAndTexts() throws {
    let ids = ["1", "1", "2", "2", "1", "2", "x", "x"]
    #expect(try design(adding("id", ids), "y ~ t | id | z").trials == ["1", "2", "x"])
  }

  @Test func subgroupsStandInLevelOrder() throws {
    let subgroups = try design(completeTable, "y ~ t | k", DesignOptions(subgroups: "g")).subgroups
    #expect(
      subgroups
        == SubgroupColumn(name: "g", codes: [0, 1, 0, 2, 1, 0, 0, 2], levels: ["x", "y", "z"]))
    let numeric = adding("s", ["10", "9", "NA", "9", "10", "9", "9", "10"])
    let design = try design(numeric, "y ~ t | k", DesignOptions(subgroups: "s"))
    #expect(
      design.subgroups
        == SubgroupColumn(name: "s", codes: [1, 0, 0, 1, 0, 0, 1], levels: ["9", "10"]))
    #expect(design.exclusions.counts == [.init(column: "s", trial: "A", rows: 1)])
    #expect(design.partitioning.isEmpty)
  }

  @Test func aTrialWithOneArmIsKeptWithAWarning() throws {
    let ids = ["B", "B", "A", "A", "C", "A", "A", "B"]
    let design = try design(adding("id", ids), "y ~ t | id | z")
    #expect(design.trials == ["A", "B", "C"])
    #expect(
      design.warnings == [
        "trial \"C\" has the one arm \"drug\" among the used rows: it informs its intercept and"
          + " sigma, not the treatment effect"
      ])
  }

  @Test func aTrialWithoutCompleteRowsIsNamed() throws {
    let ids = ["B", "B", "A", "A", "C", "A", "A", "B"]
    let content = adding("id", ids).replacing("5.5,drug", with: "NA,drug")
    let design = try design(content, "y ~ t | id | z")
    #expect(design.trials == ["A", "B"])
    #expect(
      design.warnings == [
        "trial \"C\" has no row with a value in every used column and is left out"
      ])
  }

  @Test func oneTrialIsEnoughForAMethodThatNeedsNoMore() throws {
    let one = adding("one", Array(repeating: "1", count: 8))
    let design = try design(one, "y ~ t | one | z", DesignOptions(neededTrials: 1))
    #expect(design.trials == ["1"])
  }

  /// A method that ignores trials compares across them.
  @Test func withoutTrialsInTheModelALoneArmIsComparedWithOtherTrials() throws {
    let ids = ["B", "B", "A", "A", "C", "A", "A", "B"]
    let design = try design(adding("id", ids), "y ~ t | id | z", DesignOptions(neededTrials: 1))
    #expect(
      design.warnings == [
        "trial \"C\" has the one arm \"drug\" among the used rows: it is compared with the"
          + " participants of other trials"
      ])
  }

  @Test func anOrderOfAnIdleColumnIsSaid() throws {
    let order = LevelOrder(column: "o", levels: ["low", "mid", "high"])
    #expect(
      try design(completeTable, "y ~ t | k | z", DesignOptions(orders: [order])).warnings
        == ["--ordered names column \"o\", which the formula does not use"])
  }

  /// The rows' order changes nothing but the order of the rows.
  @Test func theOrderOfRowsMakesNoDifference() throws {
    let lines = completeTable.split(separator: "\n")
    let reversed = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n")
    let (first, second) = (
      try design(completeTable, "y ~ t + g | k | z"), try design(reversed, "y ~ t + g | k | z")
    )
    #expect(second.outcome == first.outcome.reversed())
    #expect(second.arm == first.arm.reversed())
    #expect(second.trial == first.trial.reversed())
    #expect(second.trials == first.trials)
    #expect(second.covariates.names == first.covariates.names)
    #expect(second.covariates.columns == first.covariates.columns.map { $0.reversed() })
  }

  /// Sizes as R 4.2.2 counts them with `complete.cases` (`n_complete` of the reference, `table`).
  @Test func theLowBackPainDataHaveTheirKnownSizes() throws {
    let bytes = try #require(figure("low-back-pain/data.csv"))
    let text = try DelimitedText(InputFile(name: "data.csv", bytes: Array(bytes)))
    let formula = try Formula(parsing: "rmdq ~ treatment | trial | age + sex + rmdq_0")
    let design = try DesignBuilder(text, formula: formula).design()
    #expect(design.rows == 1512)
    #expect(design.trials == ["T1", "T2", "T3", "T4"])
    let sizes = (0..<4).map { trial in
      (0..<2).map { arm in
        design.trial.indices.count { design.trial[$0] == trial && design.arm[$0] == arm }
      }
    }
    #expect(sizes == [[276, 785], [121, 107], [29, 22], [91, 81]])
    #expect(
      design.exclusions.counts == [
        .init(column: "rmdq", trial: "T1", rows: 19), .init(column: "rmdq", trial: "T2", rows: 1),
        .init(column: "rmdq", trial: "T3", rows: 2), .init(column: "rmdq", trial: "T4", rows: 3),
        .init(column: "rmdq_0", trial: "T1", rows: 7),
        .init(column: "rmdq_0", trial: "T2", rows: 3),
        .init(column: "rmdq_0", trial: "T4", rows: 1),
      ])
  }
}
