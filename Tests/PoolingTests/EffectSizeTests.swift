import Designs
import Foundation
import JSON
import Pooling
import Tables
import TestSupport
import Testing

/// Effect sizes of counts and of participants.
@Suite("Effect sizes")
struct EffectSizeTests {
  @Test("As escalc of metafor", arguments: EffectMeasure.allCases)
  func counts(_ measure: EffectMeasure) throws {
    let table = try #require(FigureTable("nnhm/escalc.csv"))
    let cells = ["ai", "n1i", "ci", "n2i"].map { table.numbers($0) }
    let estimates = table.numbers("\(measure.rawValue)_estimate")
    let errors = table.numbers("\(measure.rawValue)_se")
    #expect(table.rows == 8)
    for row in 0..<table.rows {
      let counts = ArmCounts(
        activeEvents: cells[0][row], activeTotal: cells[1][row], referenceEvents: cells[2][row],
        referenceTotal: cells[3][row])
      let found = counts.effect(measure)
      // The figures have twelve digits.
      #expect(close(found.estimate, estimates[row], relative: 1e-11, absolute: 1e-12))
      #expect(close(found.se, errors[row], relative: 1e-11))
    }
  }

  @Test("Swapped arms change the sign alone", arguments: EffectMeasure.allCases)
  func swapped(_ measure: EffectMeasure) {
    for counts in [(3.0, 18.0, 8.0, 12.0), (0, 18, 3, 12), (5, 5, 0, 7)] {
      let effect = ArmCounts(
        activeEvents: counts.0, activeTotal: counts.1, referenceEvents: counts.2,
        referenceTotal: counts.3
      ).effect(measure)
      let other = ArmCounts(
        activeEvents: counts.2, activeTotal: counts.3, referenceEvents: counts.0,
        referenceTotal: counts.1
      ).effect(measure)
      #expect(close(effect.estimate, -other.estimate, relative: 1e-14))
      #expect(close(effect.se, other.se, relative: 1e-14))
    }
  }

  /// The trial estimates of the cases' participants; R's `lm` within trial, or `escalc` of the counts.
  @Test("Effects by trial", arguments: ReferenceData.all.map(\.name))
  func trials(_ name: String) throws {
    let reference = try #require(ReferenceData(named: name))
    let document = try referenceDocument(name)
    for (adjustment, analysis) in try #require(document["two_stage"]?.object) {
      let covariate = (analysis["model"]?.string ?? "").split(separator: " ")
        .first { $0.hasPrefix("rmdq_0") }
      let parts = reference.formula.split(separator: "|")
      let formula = parts[0] + (covariate.map { "+ \($0) " } ?? "") + "| " + parts[1]
      let folder = try Scratch()
      try folder.add("complete.csv", try completeRows(of: reference))
      let text = try DelimitedText(InputFile(reading: folder.url(of: "complete.csv").path))
      guard
        case .participants(let design) = try PoolingData(
          text, formula: PoolingFormula(parsing: String(formula)), options: DesignOptions())
      else {
        Issue.record("\(name) is read as a table")
        continue
      }
      let figures = analysis["escalc_OR"] ?? analysis
      let estimates = figures["yi"]?.array?.compactMap(\.number) ?? []
      let variances = figures["vi"]?.array?.compactMap(\.number) ?? []
      let found = TrialEffects(design).estimates
      #expect(found.map(\.study) == analysis["trials"]?.array?.compactMap(\.string))
      #expect(found.count == estimates.count)
      for (effect, (estimate, variance)) in zip(found, zip(estimates, variances)) {
        // Fifteen digits of R's, less those that its QR loses.
        #expect(
          close(effect.estimate, estimate, relative: 1e-10, absolute: 1e-12),
          "\(name) \(adjustment) \(effect)")
        #expect(close(effect.se * effect.se, variance, relative: 1e-10))
      }
    }
  }

  /// The data without rows that miss any value, which the reference left out.
  private func completeRows(of reference: ReferenceData) throws -> String {
    let text = try String(contentsOf: reference.file, encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).filter { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return !cells.contains("") && !cells.contains("NA")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `glm` and `lm` within trial; the script is `Figures/nnhm/trial-effects.R`.
  @Test(
    "Adjusted effects by trial",
    arguments: [
      ("binary-outcome", "recovered ~ treat + x1 + sex | trial"),
      ("many-trials", "y ~ treat + x1 + region | trial"),
    ])
  func adjusted(_ name: String, _ formula: String) throws {
    let reference = try #require(ReferenceData(named: name))
    let table = try #require(FigureTable("nnhm/trial-effects.csv"))
    let rows = (0..<table.rows).filter { table.columns["case"]?[$0] == name }
    let text = try DelimitedText(InputFile(reading: reference.file.path))
    guard
      case .participants(let design) = try PoolingData(
        text, formula: PoolingFormula(parsing: formula), options: DesignOptions())
    else {
      Issue.record("\(name) is read as a table")
      return
    }
    let found = TrialEffects(design).estimates
    #expect(found.map(\.study) == rows.compactMap { table.columns["trial"]?[$0] })
    #expect(rows.count > 5)
    for (effect, row) in zip(found, rows) {
      // R's glm has its standard errors from the weights of one step before the last.
      #expect(close(effect.estimate, table.numbers("estimate")[row], relative: 1e-10))
      #expect(close(effect.se, table.numbers("se")[row], relative: 1e-6))
    }
  }
}
