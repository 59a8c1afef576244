import Tables
import Testing

@testable import Designs

/// What a formula of a two-stage meta-analysis makes of a file.
@Suite("Data of a two-stage meta-analysis")
struct PoolingDataTests {
  private func read(
    _ content: String, _ formula: String, _ options: DesignOptions = DesignOptions()
  ) throws -> PoolingData {
    let text = try DelimitedText(InputFile(name: "d.csv", bytes: Array(content.utf8)))
    return try PoolingData(text, formula: PoolingFormula(parsing: formula), options: options)
  }

  @Test("A formula's parts, unusual names in backticks")
  func formula() throws {
    let counts = try PoolingFormula(parsing: "r | n ~ arm | `my study`")
    #expect(counts.total == Formula.Term("n"))
    #expect(counts.study == Formula.Term("my study"))
    let adjusted = try PoolingFormula(parsing: "y ~ t + x + factor(g) | k")
    #expect(adjusted.total == nil)
    #expect(adjusted.covariates == [Formula.Term("x"), Formula.Term("g", .factor)])
    #expect(throws: DesignError.self) { try PoolingFormula(parsing: "r | n | m ~ arm | k") }
  }

  @Test("One row a study is a table, in file order, without rows that miss a value")
  func table() throws {
    guard case .estimates(let table) = try read("k,y,s\nB,1,2\nA,3,4\nC,,1\n", "y ~ s | k") else {
      Issue.record("no table")
      return
    }
    #expect(table.studies == ["B", "A"])
    #expect(table.estimates == [1, 3] && table.standardErrors == [2, 4])
    #expect(table.exclusions.used == 2 && table.exclusions.rows == 3)
    #expect(table.exclusions.counts == [.init(column: "y", trial: "C", rows: 1)])
  }

  @Test("Two studies with two standard errors are a table too")
  func smallTable() throws {
    guard case .estimates = try read("k,y,s\nB,1,2\nA,3,4\n", "y ~ s | k") else {
      Issue.record("no table")
      return
    }
  }

  @Test("Repeated trials with two arms are participants, whose lone arms no warning speaks of")
  func participants() throws {
    var options = DesignOptions()
    guard case .participants(let design) = try read(completeTable, "y ~ t | k", options) else {
      Issue.record("no participants")
      return
    }
    #expect(design.rows == 8 && design.partitioning.isEmpty && design.subgroups == nil)
    let coded = completeTable.replacing("drug", with: "1").replacing("control", with: "0")
    guard case .participants = try read(coded, "y ~ t | k", options) else {
      Issue.record("no participants")
      return
    }
    options.subgroups = "g"
    guard case .participants(let divided) = try read(completeTable, "y ~ t | k", options) else {
      Issue.record("no participants")
      return
    }
    #expect(divided.subgroups?.name == "g")
  }

  @Test("Counts by arm, the reference by its name, a study with one arm left out")
  func counts() throws {
    let content = "k,arm,r,n\nA,new,3,10\nA,control,4,12\nB,new,1,5\nC,control,0,9\nC,new,2,9\n"
    guard case .counts(let table) = try read(content, "r | n ~ arm | k") else {
      Issue.record("no counts")
      return
    }
    #expect(table.treatment.reference == "control" && table.treatment.active == "new")
    #expect(table.studies == ["A", "C"])
    #expect(
      table.counts == [
        ArmCounts(activeEvents: 3, activeTotal: 10, referenceEvents: 4, referenceTotal: 12),
        ArmCounts(activeEvents: 2, activeTotal: 9, referenceEvents: 0, referenceTotal: 9),
      ])
    #expect(table.warnings == ["1 study with one arm among the used rows: \"B\" left out"])
  }

  @Test("--arms and --reference choose among three arms")
  func chosenArms() throws {
    let content = "k,arm,r,n\nA,x,3,10\nA,y,4,12\nA,z,1,11\nB,x,1,5\nB,z,2,6\n"
    let options = DesignOptions(arms: ArmPair("x", "z"), reference: "z")
    guard case .counts(let table) = try read(content, "r | n ~ arm | k", options) else {
      Issue.record("no counts")
      return
    }
    #expect(table.studies == ["A", "B"])
    #expect(table.counts[0].referenceEvents == 1 && table.counts[0].activeEvents == 3)
  }
}
