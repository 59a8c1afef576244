import Designs
import Foundation
import Numerics
import TestSupport
import Testing
import Trees

@testable import Subgroups

/// Figures of partykit 1.2-16's `glmtree` on R 4.2.2 for `mob` and `mob-si` (trees and all variants).
@Suite struct LogisticNodeModelTests {
  static let names = ["binary-outcome", "rank-deficient-binary", "separation"]

  static func model(_ design: Design, _ method: Subgroups.Method) -> LogisticNodeModel {
    LogisticNodeModel(
      design, method, offset: [Double](repeating: 0, count: design.rows), penalty: .none)
  }

  /// Objectives agree to what R's own iterations leave (epsilon 1e-8 and one more step), separated nodes
  /// too, whose objectives depend on where the iterations stop.
  @Test(arguments: names, [Method.mob, .mobSI])
  func nodesAreThoseOfGlmtree(_ name: String, _ method: Subgroups.Method) throws {
    let reference = try #require(LogisticReference(name))
    let model = Self.model(reference.design, method)
    var compared = 0
    for node in reference.trees(method).joined() {
      let fit = model.fit(node.rows)
      #expect(close(fit.objective, node.objective, relative: 1e-9, absolute: 1e-12))
      compared += 1
      if let effect = node.coefficients["t"], !fit.isSeparated {
        #expect(close(fit.coefficients.effect ?? .nan, effect, relative: 1e-6))
      }
      if let intercept = node.coefficients["(Intercept)"], !fit.isSeparated {
        let ours =
          method == .mob ? fit.coefficients.intercept : fit.coefficients.trialIntercepts[0]
        #expect(close(ours ?? .nan, intercept, relative: 1e-6, absolute: 1e-8))
      }
    }
    #expect(compared >= 2)
  }

  /// The breakpoint that R chose has the smallest of all objectives, and each is that of two fits.
  @Test(arguments: names, [Method.mob, .mobSI])
  func cutsAreThoseOfGlmtree(_ name: String, _ method: Subgroups.Method) throws {
    let reference = try #require(LogisticReference(name))
    let model = Self.model(reference.design, method)
    for node in reference.trees(method).joined() {
      guard let split = node.split, !node.isNoise else { continue }
      let x = reference.table.numbers(split.variable)
      let order = node.rows.sorted { (x[Int($0)], $0) < (x[Int($1)], $1) }
      let side = node.rows.filter { x[Int($0)] <= split.breakpoint }.count
      let smallest = min(side, node.rows.count - side)
      let cuts = (smallest...(node.rows.count - smallest)).filter {
        $0 == node.rows.count || x[Int(order[$0 - 1])] != x[Int(order[$0])]
      }
      let values = model.cutObjectives(order: order, cuts: cuts)
      let best = values.indices.min { values[$0] < values[$1] }
      #expect(best.map { cuts[$0] } == side)
      for (cut, value) in zip(cuts, values) {
        let parts =
          model.fit(Array(order[..<cut])).objective + model.fit(Array(order[cut...])).objective
        #expect(close(parts, value, relative: 1e-10, absolute: 1e-12))
      }
    }
  }

  /// The standard errors of R's `glm(y ~ t + trial)`, whole population: the inverse of the information,
  /// which R takes one step before its last.
  @Test func informationIsThatOfGlm() throws {
    let reference = try #require(LogisticReference("binary-outcome"))
    let rows = (0..<Int32(reference.design.rows)).map { $0 }
    let information = Self.model(reference.design, .mobSI).information(of: rows)
    let covariance = try Cholesky(information).inverse
    #expect(close(covariance[6, 6].squareRoot(), 0.142194800922604, relative: 1e-5))
    #expect(close(covariance[0, 0].squareRoot(), 0.205512126126881, relative: 1e-5))
  }

  /// The scores sum to zero in every column that is tested.
  @Test(arguments: names) func scoresSumToZero(_ name: String) throws {
    let reference = try #require(LogisticReference(name))
    let rows = (0..<Int32(reference.design.rows)).map { $0 }
    for method in [Method.mob, .mobSI] {
      let scores = Self.model(reference.design, method).fit(rows).scores
      for column in scores.parameters.indices {
        let sum = scores.residuals.indices.reduce(0.0) {
          $0 + scores.residuals[$1] * scores.regressors[Int(scores.cells[$1]), column]
        }
        #expect(abs(sum) < 1e-9)
      }
    }
  }
}
