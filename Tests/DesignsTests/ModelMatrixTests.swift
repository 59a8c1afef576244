import TestSupport
import Testing

@testable import Designs

@Suite struct ModelMatrixTests {
  @Test func factorsBecomeTreatmentContrastsNamedAsInR() throws {
    let covariates = try design(completeTable, "y ~ t + z + g | k | o").covariates
    #expect(covariates.names == ["z", "gy", "gz"])
    #expect(
      covariates.columns == [
        [3, 1, 2, 5, 4, 6, 8, 7], [0, 1, 0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0, 1],
      ])
  }

  /// `model.matrix` of R 4.2.2 for an ordered factor of three levels.
  @Test func orderedFactorsBecomePolynomialContrasts() throws {
    let order = LevelOrder(column: "o", levels: ["low", "mid", "high"])
    let covariates = try design(
      completeTable, "y ~ t + o | k | z", DesignOptions(orders: [order])
    ).covariates
    #expect(covariates.names == ["o.L", "o.Q"])
    let expected = [
      [-0.7071067811865476, 0, 0.7071067811865476],
      [0.4082482904638631, -0.8164965809277261, 0.4082482904638631],
    ]
    for (column, contrast) in zip(covariates.columns, expected) {
      for (value, level) in zip(column, [0, 2, 1, 1, 0, 2, 0, 2]) {
        #expect(close(value, contrast[level], relative: 1e-14, absolute: 1e-15))
      }
    }
  }

  /// `contr.poly(5)` of R 4.2.2, exact: multiples of 1/√10, 1/√14, 1/√10 and 1/√70.
  @Test func polynomialContrastsOfFiveLevels() {
    let expected: [([Double], Double)] = [
      ([-2, -1, 0, 1, 2], 10), ([2, -1, -2, -1, 2], 14), ([-1, 2, 0, -2, 1], 10),
      ([1, -4, 6, -4, 1], 70),
    ]
    for (contrast, (integers, square)) in zip(polynomialContrasts(5), expected) {
      for (value, integer) in zip(contrast, integers) {
        #expect(close(value, integer / square.squareRoot(), relative: 1e-14, absolute: 1e-15))
      }
    }
  }

  /// High degrees stay orthonormal to rounding error.
  @Test func polynomialContrastsAreOrthonormal() {
    let contrasts = polynomialContrasts(30)
    #expect(contrasts.count == 29)
    for (i, first) in contrasts.enumerated() {
      for (j, second) in contrasts.enumerated() {
        let product = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
      }
      #expect(abs(first.reduce(0, +)) < 1e-12)
    }
  }

  @Test func constantCovariatesAreLeftOut() throws {
    let content = adding("c", Array(repeating: "4", count: 8))
    let design = try design(content, "y ~ t + c + z | k | o")
    #expect(design.covariates.names == ["z"])
    #expect(
      design.warnings == ["covariate \"c\" is constant among the used rows and is left out"])
    let factor = adding("c", Array(repeating: "EU", count: 8))
    #expect(
      try builder(factor, "y ~ t + c | k | o").design().warnings
        == ["covariate \"c\" is constant among the used rows and is left out"])
  }

  /// As lme4 does: of columns that determine each other the first stays.
  @Test func dependentCovariatesAreLeftOut() throws {
    let twice = completeTable.split(separator: "\n").dropFirst().map { line in
      "\(2 * (Double(line.split(separator: ",")[3]) ?? 0) - 1000)"
    }
    let design = try design(adding("w", twice), "y ~ t + z + w | k | o")
    #expect(design.covariates.names == ["z"])
    #expect(
      design.warnings == [
        "covariate \"w\" is a linear combination of the treatment and the covariates before it"
          + " and is left out"
      ])
    let arm = adding("a", ["1", "0", "0", "1", "1", "0", "1", "0"])
    #expect(try builder(arm, "y ~ t + a + z | k | o").design().covariates.names == ["z"])
  }

  /// A small spread about a large mean is no constant.
  @Test func yearsAreNoConstants() throws {
    let years = (0..<8).map { "\(2_000_000_000 + $0 * $0)" }
    let design = try design(adding("year", years), "y ~ t + year + z | k | o")
    #expect(design.covariates.names == ["year", "z"])
    #expect(design.warnings.isEmpty)
  }
}
