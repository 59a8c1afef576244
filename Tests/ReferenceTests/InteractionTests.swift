import Designs
import TestSupport
import Testing

@testable import Subgroups

/// Treatment-by-subgroup interactions against lmerTest 3.1 (lme4 1.1):
/// `lmer(rmdq ~ 0 + trial + s + t + s:t + (0 + t | trial))`, s being 1 above the cut, and the same with the
/// covariate of the fourth case.
@Suite struct InteractionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let variable: String
    let cut: Double
    var covariate = ""
    let estimate: Double
    let error: Double
    let df: Double
    let p: Double

    var testDescription: String { "\(variable) > \(cut) \(covariate)" }
  }

  static let cases = [
    Case(
      variable: "rmdq_0", cut: 9, estimate: -0.627964180627, error: 0.425288263207,
      df: 1004.675437505552, p: 0.140106637201),
    Case(
      variable: "rmdq_0", cut: 5, estimate: -1.36020874877, error: 0.470788862967,
      df: 1222.61903774, p: 3.93021748646e-03),
    Case(
      variable: "age", cut: 44, estimate: -0.710821935625, error: 0.452967369502,
      df: 1505.539689745126, p: 0.116798344789),
    Case(
      variable: "age", cut: 44, covariate: " + rmdq_0", estimate: -0.254720251247,
      error: 0.393925638866, df: 1501.960720926257, p: 0.517976616614),
  ]

  @Test(arguments: cases)
  func agreesWithLmerTest(reference: Case) throws {
    let design = try referenceDesign(
      "low-back-pain",
      formula: "rmdq ~ treatment\(reference.covariate) | trial | \(reference.variable)")
    guard case .numeric(let values) = design.partitioning[0].values else {
      Issue.record("not a number")
      return
    }
    let rows = InteractionRows(design)
    let cells = InteractionCells(
      rows, codes: values.map { $0 > reference.cut ? 1 : 0 }, bins: 2,
      products: InteractionCells.products(rows))
    var profile = InteractionProfile(columns: 3 + rows.covariates)
    var scratch = InteractionProfile.Scratch(columns: 3 + rows.covariates)
    cells.fill(&profile, [true, false])
    let found = try #require(profile.estimate(&scratch))
    // lmer stops its search of τ at about five digits, on which the degrees of freedom hang most.
    #expect(abs(found.estimate / reference.estimate - 1) < 1e-5)
    #expect(abs(found.standardError / reference.error - 1) < 1e-5)
    #expect(abs(found.degreesOfFreedom / reference.df - 1) < 1e-3)
    #expect(abs(found.pValue / reference.p - 1) < 1e-4)
  }
}
