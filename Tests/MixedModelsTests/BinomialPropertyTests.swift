import Foundation
import TestSupport
import Testing

@testable import MixedModels

/// What must be true of any fit, and data without finite estimates.
@Suite struct BinomialPropertyTests {
  static let all: [ModelTerms] = [Intercepts.perLeaf, .perLeafAndTrial, .perTrial].flatMap {
    intercepts in
    [(false, false), (true, false), (false, true), (true, true)].map {
      ModelTerms(intercepts: intercepts, randomIntercept: $0.0, randomEffect: $0.1)
    }
  }

  static func same(_ a: BinomialFit, _ b: BinomialFit) -> Bool {
    close(a.logLikelihood, b.logLikelihood, relative: 1e-10)
      && zip(a.variances.tau, b.variances.tau).allSatisfy {
        close($0, $1, relative: 1e-5, absolute: 1e-4)
      }
      && zip(a.fixed, b.fixed).allSatisfy {
        $0.role == $1.role && ($0.estimate == nil) == ($1.estimate == nil)
          && close($0.estimate ?? 0, $1.estimate ?? 0, relative: 1e-5, absolute: 1e-5)
      }
  }

  @Test(arguments: all) func orderOfRowsAndReplication(_ terms: ModelTerms) throws {
    let data = BinomialData.example
    let weights = try #require(data.weights)
    let fit = try BinomialFit(data.statistics(weighted: true), terms)
    let order = weights.indices.sorted { ($0 * 37) % 200 < ($1 * 37) % 200 }
    let ordered = try BinomialFit(data.rows(order).statistics(weighted: true), terms)
    #expect(Self.same(fit, ordered))
    let copies = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let replicated = try BinomialFit(data.rows(copies).statistics(), terms)
    #expect(Self.same(fit, replicated))
  }

  /// A covariate that differs in every row by nothing but its place makes each row a cell of its own; at
  /// a constant covariate beside the intercepts it is aliased and nothing else changes.
  @Test(arguments: all) func groupedIsUngrouped(_ terms: ModelTerms) throws {
    var data = BinomialData.example
    let grouped = try BinomialFit(data.statistics(covariates: true), terms)
    let x = data.covariates[0]
    data.covariates = [x.enumerated().map { $1 + 1e-9 * Double($0) }]
    let statistics = data.statistics(covariates: true)
    #expect(statistics.cells.count == 200)
    let ungrouped = try BinomialFit(statistics, terms)
    #expect(Self.same(grouped, ungrouped))
    data.covariates = [[Double](repeating: 3, count: x.count)]
    let constant = try BinomialFit(data.statistics(covariates: true), terms)
    #expect(constant.coefficient(.covariate(0))?.absence == .aliased)
    let without = try BinomialFit(data.statistics(), terms)
    #expect(close(constant.logLikelihood, without.logLikelihood, relative: 1e-10))
  }

  /// Events and others exchanged change all signs and nothing else.
  @Test(arguments: all) func exchangedOutcomes(_ terms: ModelTerms) throws {
    var data = BinomialData.example
    let fit = try BinomialFit(data.statistics(), terms)
    data.outcome = data.outcome.map { 1 - $0 }
    let other = try BinomialFit(data.statistics(), terms)
    #expect(close(fit.logLikelihood, other.logLikelihood, relative: 1e-10))
    for (a, b) in zip(fit.fixed, other.fixed) {
      #expect(close(a.estimate ?? 0, -(b.estimate ?? 0), relative: 1e-5, absolute: 1e-5))
      #expect(close(a.standardError ?? 0, b.standardError ?? 0, relative: 1e-5))
    }
  }

  /// Swapped arms turn the effects around where trials have their own intercepts and no random effect.
  @Test func swappedArms() throws {
    var data = BinomialData.example
    let terms = BinomialFitTests.terms(false, false, .perLeafAndTrial)
    let fit = try BinomialFit(data.statistics(), terms)
    data.arm = data.arm.map { 1 - $0 }
    let other = try BinomialFit(data.statistics(), terms)
    #expect(close(fit.logLikelihood, other.logLikelihood, relative: 1e-12))
    for leaf in 0..<3 {
      let a = try #require(fit.coefficient(.effect(leaf: leaf))?.estimate)
      let b = try #require(other.coefficient(.effect(leaf: leaf))?.estimate)
      #expect(close(a, -b, relative: 1e-7))
    }
  }

  /// A leaf whose active arm has no events: its effect is infinite, the others are those without it.
  @Test(arguments: all) func separatedLeaf(_ terms: ModelTerms) throws {
    var cells: [(trial: Int, leaf: Int, arm: Int, count: Int, events: Int)] = []
    for k in 0..<4 {
      cells.append((k, 0, 0, 12, 3 + k))
      cells.append((k, 0, 1, 11 + k, 8 - k))
      cells.append((k, 1, 0, 10, 4 + k % 2))
      cells.append((k, 1, 1, 9, 0))
    }
    let fit = try BinomialFit(BinomialData(cells: cells).statistics(), terms)
    #expect(fit.coefficient(.effect(leaf: 1))?.absence == .separated)
    #expect(fit.coefficient(.effect(leaf: 0))?.estimate != nil)
    #expect(fit.fixed.compactMap(\.estimate).allSatisfy { $0.isFinite })
    #expect(fit.fixed.compactMap(\.standardError).allSatisfy { $0.isFinite })
    #expect(fit.trialEffects.joined().allSatisfy { $0.isFinite })
    let rest = BinomialData(cells: cells.filter { $0.leaf == 0 || $0.arm == 0 })
    let without = try BinomialFit(rest.statistics(), terms)
    #expect(close(fit.logLikelihood, without.logLikelihood, relative: 1e-10))
    #expect(
      close(
        fit.coefficient(.effect(leaf: 0))?.estimate ?? .nan,
        without.coefficient(.effect(leaf: 0))?.estimate ?? 0, relative: 1e-6))
  }

  /// Trials with one arm, one participant, all events, none.
  @Test(arguments: all) func poorData(_ terms: ModelTerms) throws {
    let data = BinomialData(cells: [
      (0, 0, 0, 9, 3), (0, 0, 1, 8, 5), (1, 0, 1, 7, 4), (2, 0, 0, 1, 1), (3, 0, 0, 5, 0),
      (3, 0, 1, 4, 0), (0, 1, 0, 6, 2), (0, 1, 1, 5, 4), (4, 1, 0, 8, 3), (4, 1, 1, 9, 5),
    ])
    let fit = try BinomialFit(data.statistics(), terms)
    #expect(fit.logLikelihood.isFinite)
    #expect(fit.fixed.compactMap(\.estimate).allSatisfy { $0.isFinite })
    #expect(fit.fixed.compactMap(\.standardError).allSatisfy { $0.isFinite && $0 > 0 })
    #expect(fit.trialEffects.joined().allSatisfy { $0.isFinite })
  }

  /// Everything one outcome: no coefficient, likelihood 1.
  @Test func allEvents() throws {
    let data = BinomialData(cells: [(0, 0, 0, 5, 5), (0, 0, 1, 4, 4), (1, 0, 1, 3, 3)])
    let fit = try BinomialFit(data.statistics(), BinomialFitTests.terms(true, true))
    #expect(fit.logLikelihood == 0)
    #expect(fit.fixed.allSatisfy { $0.estimate == nil })
  }

  /// Many points give the integral itself: 15 and 25 agree, for one random term and for two.
  @Test func quadratureConverges() throws {
    for terms in [
      BinomialFitTests.terms(true, false), BinomialFitTests.terms(true, true),
      BinomialFitTests.terms(true, true, correlated: true),
    ] {
      let statistics = BinomialData.example.statistics()
      let some = try BinomialFit(statistics, terms, quadraturePoints: 15)
      let more = try BinomialFit(statistics, terms, quadraturePoints: 25)
      #expect(close(some.logLikelihood, more.logLikelihood, relative: 1e-7))
      #expect(close(some.variances.tau[0], more.variances.tau[0], relative: 1e-3))
    }
  }
}
