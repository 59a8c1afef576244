import Designs
import Numerics
import TestSupport
import Testing
import Trees

@testable import Subgroups

/// The sums by which splits are searched against fits of both sides.
@Suite struct LinearNodeModelTests {
  private static let penalty = NodePenalty(
    intercept: 0.3, interceptMean: 0.2, effect: 0.8, effectMean: -0.1)

  @Test(arguments: [Method.mob, .mobSI], [true, false])
  func thresholdsAreThoseOfTwoFits(_ method: Subgroups.Method, isPenalised: Bool) {
    var stream = RandomStream(seed: 4, purpose: "thresholds")
    let count = 240
    let arm = (0..<count).map { _ in UInt8(stream.integer(below: 2)) }
    let design = Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: .gaussian,
      outcome: arm.map { Double($0) + stream.normal() },
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: ["a", "b", "c"],
      trial: (0..<count).map { _ in Int32(stream.integer(below: 3)) },
      exclusions: Exclusions(rows: count, used: count, counts: []))
    let model = LinearNodeModel(
      design, NodeCells(design, method), offset: [Double](repeating: 0, count: count),
      penalty: isPenalised ? Self.penalty : .none)
    // Level 2 of 7 is absent from the node, which lacks every fifth row.
    let codes = (0..<count).map { _ in
      let code = Int32(stream.integer(below: 7))
      return code == 2 ? 3 : code
    }
    let rows = (0..<Int32(count)).filter { $0 % 5 != 0 }
    let thresholds = [0, 1, 3, 4, 5]
    let values = model.thresholdObjectives(
      rows: rows, codes: codes, levels: 7, thresholds: thresholds)
    for (threshold, value) in zip(thresholds, values) {
      let left = model.fit(rows.filter { Int(codes[Int($0)]) <= threshold })
      let right = model.fit(rows.filter { Int(codes[Int($0)]) > threshold })
      #expect(close(value, left.objective + right.objective, relative: 1e-11))
    }
  }
}
