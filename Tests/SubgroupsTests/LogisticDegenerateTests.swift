import Designs
import Foundation
import Numerics
import TestSupport
import Testing
import Trees

@testable import MixedModels
@testable import Subgroups

/// Nodes without finite estimates, weights, offsets, penalties.
@Suite struct LogisticDegenerateTests {
  /// Rows from cells: trial, arm, events, others.
  static func design(
    _ cells: [(trial: Int, arm: Int, events: Int, others: Int)], weights: [Double]? = nil
  ) -> Design {
    var trial: [Int32] = []
    var arm: [UInt8] = []
    var outcome: [Double] = []
    for cell in cells {
      let n = cell.events + cell.others
      trial += [Int32](repeating: Int32(cell.trial), count: n)
      arm += [UInt8](repeating: UInt8(cell.arm), count: n)
      outcome += (0..<n).map { $0 < cell.events ? 1 : 0 }
    }
    return design(trial, arm, outcome, weights)
  }

  static func design(
    _ trial: [Int32], _ arm: [UInt8], _ outcome: [Double], _ weights: [Double]? = nil
  ) -> Design {
    Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: .binomial, event: "1",
      outcome: outcome, weights: weights,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (0...(trial.max() ?? 0)).map { "T\($0)" }, trial: trial,
      exclusions: Exclusions(rows: outcome.count, used: outcome.count, counts: []))
  }

  static func model(
    _ design: Design, _ method: Subgroups.Method, offset: [Double]? = nil,
    penalty: NodePenalty = .none
  ) -> LogisticNodeModel {
    LogisticNodeModel(
      design, method, offset: offset ?? [Double](repeating: 0, count: design.rows),
      penalty: penalty)
  }

  static func rows(_ design: Design) -> [Int32] { (0..<Int32(design.rows)).map { $0 } }

  /// Every pattern of empty and non-empty counts of two trials: the closed form says of the effect what
  /// the general search for directions of recession in the model matrix says.
  @Test func separationIsThatOfTheGeneralSearch() throws {
    var separated = 0
    for pattern in 0..<256 {
      var cells: [(trial: Int, arm: Int, events: Int, others: Int)] = []
      for trial in 0..<2 {
        for arm in 0..<2 {
          let bits = pattern >> (4 * trial + 2 * arm)
          cells.append((trial, arm, bits & 1 == 1 ? 2 : 0, bits & 2 == 2 ? 3 : 0))
        }
      }
      let design = Self.design(cells)
      guard design.rows > 0 else { continue }
      let fit = Self.model(design, .mobSI).fit(Self.rows(design))
      let problem = BinomialProblem(
        BinomialStatistics(
          design, leaf: [Int32](repeating: 0, count: design.rows), leaves: 1),
        ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: false))
      let effect = FixedRole.effect(leaf: 0)
      #expect(fit.isSeparated == problem.separated.contains(effect), "\(cells)")
      #expect(
        (fit.coefficients.effect == nil)
          == (problem.separated + problem.aliased).contains(effect), "\(cells)")
      #expect(fit.objective.isFinite && fit.scores.residuals.allSatisfy { $0.isFinite })
      if fit.isSeparated { separated += 1 }
    }
    #expect(separated > 20)
  }

  /// A trial whose outcomes are all events leaves the effect to the others, by name.
  @Test func uninformativeTrialIsLeftOut() throws {
    let informative = [(0, 0, 3, 7), (0, 1, 6, 5)]
    let alone = Self.design(informative)
    let both = Self.design(informative + [(1, 0, 4, 0), (1, 1, 5, 0)])
    let expected = Self.model(alone, .mobSI).fit(Self.rows(alone))
    let fit = Self.model(both, .mobSI).fit(Self.rows(both))
    #expect(
      close(
        fit.coefficients.effect ?? .nan, expected.coefficients.effect ?? .nan, relative: 1e-9))
    // R stops with 1e-8 of the deviance left in the trial.
    #expect(close(fit.objective, expected.objective, relative: 1e-7))
    #expect(fit.coefficients.trialIntercepts[1] == nil)
    #expect(!fit.isSeparated)
    #expect(fit.scores.untestable == [false, true, false])
    #expect(fit.scores.residuals[alone.rows...].allSatisfy { $0 == 0 })
  }

  @Test func commonInterceptCanBeSeparated() {
    let design = Self.design([(0, 0, 4, 0), (0, 1, 5, 0)])
    let fit = Self.model(design, .mob).fit(Self.rows(design))
    #expect(fit.isSeparated)
    #expect(fit.coefficients.intercept == nil && fit.coefficients.effect == nil)
  }

  @Test func oneArmHasNoEffect() {
    let design = Self.design([(0, 1, 4, 6), (1, 0, 5, 3)])
    let fit = Self.model(design, .mobSI).fit(Self.rows(design))
    #expect(!fit.isSeparated && fit.coefficients.effect == nil)
    #expect(close(fit.coefficients.trialIntercepts[0] ?? .nan, log(4.0 / 6), relative: 1e-10))
  }

  /// Weights are replications, and weighted scores have the weight in them.
  @Test(arguments: [Method.mob, .mobSI]) func weightsReplicate(_ method: Subgroups.Method) {
    let cells = [(0, 0, 3, 7), (0, 1, 6, 5), (1, 0, 2, 4), (1, 1, 5, 3)]
    let single = Self.design(cells)
    let weights = (0..<single.rows).map { Double(1 + $0 % 3) }
    let weighted = Self.design(single.trial, single.arm, single.outcome, weights)
    let copies = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let replicated = Self.design(
      copies.map { single.trial[$0] }, copies.map { single.arm[$0] },
      copies.map { single.outcome[$0] })
    let a = Self.model(weighted, method).fit(Self.rows(weighted))
    let b = Self.model(replicated, method).fit(Self.rows(replicated))
    #expect(close(a.objective, b.objective, relative: 1e-12))
    #expect(close(a.coefficients.effect ?? 0, b.coefficients.effect ?? 1, relative: 1e-10))
    #expect(a.scores.weights == weights && b.scores.weights == nil)
    var places: [Int: Int] = [:]
    for (place, row) in copies.enumerated() { places[row] = place }
    for row in weights.indices {
      let copy = b.scores.residuals[places[row] ?? 0]
      #expect(close(a.scores.residuals[row], weights[row] * copy, relative: 1e-9))
    }
  }

  /// With its own offset each row is a cell; a sweep gives what separate fits give.
  @Test(arguments: [Method.mob, .mobSI]) func offsetsByRow(_ method: Subgroups.Method) {
    let design = Self.design([(0, 0, 13, 17), (0, 1, 16, 15), (1, 0, 12, 14), (1, 1, 15, 13)])
    let offset = (0..<design.rows).map { sin(Double($0)) }
    let model = Self.model(design, method, offset: offset)
    var stream = RandomStream(seed: 1, purpose: "order")
    var order = Self.rows(design)
    stream.shuffle(&order)
    let cuts = Array(3...(design.rows - 3))
    for (cut, value) in zip(cuts, model.cutObjectives(order: order, cuts: cuts)) {
      let parts =
        model.fit(Array(order[..<cut])).objective + model.fit(Array(order[cut...])).objective
      #expect(close(parts, value, relative: 1e-10))
    }
  }

  /// Swapped arms turn the effect around and leave the objective where trials have their own intercepts.
  @Test func swappedArms() {
    let design = Self.design([(0, 0, 3, 7), (0, 1, 6, 5), (1, 0, 2, 4), (1, 1, 5, 3)])
    let swapped = Self.design(design.trial, design.arm.map { 1 - $0 }, design.outcome)
    let a = Self.model(design, .mobSI).fit(Self.rows(design))
    let b = Self.model(swapped, .mobSI).fit(Self.rows(swapped))
    #expect(close(a.objective, b.objective, relative: 1e-12))
    #expect(close(a.coefficients.effect ?? 0, -(b.coefficients.effect ?? 0), relative: 1e-9))
  }

  /// The penalised estimate is where the penalised objective is flat, also where the outcomes are
  /// separated, and the centred scores sum to zero.
  @Test func penalizedMode() {
    let design = Self.design([(0, 0, 0, 7), (0, 1, 6, 0), (1, 0, 2, 4), (1, 1, 5, 3)])
    let penalty = NodePenalty(
      intercept: 0.04, interceptMean: 0.3, effect: 0.16, effectMean: -0.2)
    let rows = Self.rows(design)
    let fit = Self.model(design, .mobSI, penalty: penalty).fit(rows)
    #expect(!fit.isSeparated)
    let effect = fit.coefficients.effect ?? .nan
    var slopes = [0.0, 0, -0.16 * (effect + 0.2)]
    for trial in 0..<2 {
      let intercept = fit.coefficients.trialIntercepts[Int32(trial)] ?? .nan
      slopes[trial] -= 0.04 * (intercept - 0.3)
      for row in rows.map(Int.init) where Int(design.trial[row]) == trial {
        let active = Double(design.arm[row])
        let residual = design.outcome[row] - 1 / (1 + exp(-intercept - active * effect))
        slopes[trial] += residual
        slopes[2] += active * residual
      }
    }
    for slope in slopes { #expect(abs(slope) < 1e-9) }
    for column in 0..<3 {
      let sum = fit.scores.residuals.indices.reduce(0.0) {
        $0 + fit.scores.residuals[$1] * fit.scores.regressors[Int(fit.scores.cells[$1]), column]
      }
      #expect(abs(sum) < 1e-9)
    }
  }
}
