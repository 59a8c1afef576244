import Designs
import Foundation
import MixedModels
import Numerics
import TestSupport
import Testing

@testable import Inference

/// What a prior of τ says of the effects of trials.
@Suite("What priors say")
struct PriorMeaningTests {
  /// Half-widths that hold 95 % of trial effects: R's `uniroot` over `integrate` of
  /// Φ(−x/τ) p(τ) on log τ in panels of 1, to a relative 1e-9.
  static let ranges: [(HeterogeneityPrior, Double)] = [
    (.halfNormal(scale: 0.5), 1.09097449), (.halfNormal(scale: 1), 2.18194898),
    (.halfCauchy(scale: 0.5), 5.04700726), (.halfT(df: 4, scale: 0.5), 1.4226109),
    (.exponential(rate: 2), 1.49915017), (.uniform(lower: 0, upper: 4), 5.0329883894),
    (.halfLogistic(scale: 0.4), 1.55670661), (.lomax(shape: 3, scale: 1), 1.55802267),
    (.logNormal(meanlog: -1.975, sdlog: 0.67), 0.442586944),
    (.logT(df: 5, location: -2.065, scale: 1.17), 1.10449557),
    (.fixed(0.5), 0.97998199227), (.fixed(0), 0),
  ]

  @Test("The range of 95 % of trial effects", arguments: ranges)
  func range(prior: HeterogeneityPrior, expected: Double) throws {
    #expect(close(try PriorMeaning(prior).range, expected, relative: 1e-7), "\(prior)")
  }

  /// Röver and others (2021): HN(0.5) holds 95 % within a factor of 2.98, HN(1) within
  /// 8.89; printed figures agree with exact ones to half a percent.
  @Test("Figures of the literature")
  func literature() throws {
    #expect(close(try PriorMeaning(.halfNormal(scale: 0.5)).range, 1.092, relative: 0.002))
    #expect(close(exp(try PriorMeaning(.halfNormal(scale: 0.5)).range), 2.98, relative: 0.005))
    #expect(close(try PriorMeaning(.halfNormal(scale: 1)).range, 2.185, relative: 0.002))
    #expect(close(exp(try PriorMeaning(.halfNormal(scale: 1)).range), 8.89, relative: 0.005))
    // exp(±1.96 τ), printed to two decimals.
    for (tau, lower, upper) in [
      (0.125, 0.78, 1.28), (0.25, 0.61, 1.63), (0.5, 0.38, 2.66), (1, 0.14, 7.10),
    ] {
      let range = try PriorMeaning(.fixed(tau)).rangeAtMedian
      #expect(abs(exp(-range) - lower) <= 0.0051 && abs(exp(range) - upper) <= 0.0051)
    }
    // HN(s): mean 0.7979 s, median 0.6745 s, 95 % quantile 1.9600 s.
    let meaning = try PriorMeaning(.halfNormal(scale: 2))
    #expect(close(meaning.median, 2 * 0.6745, relative: 1e-4))
    #expect(close(meaning.quantiles[4], 2 * 1.96, relative: 1e-4))
    #expect(close(meaning.prior.mean ?? .nan, 2 * 0.7979, relative: 1e-4))
    #expect(close(meaning.rangeAtMedian, 1.959963984540054 * meaning.median, relative: 1e-14))
  }

  @Test("The range grows with the unit", arguments: PriorDistributionTests.families)
  func scale(prior: HeterogeneityPrior) throws {
    let range = try PriorMeaning(prior).range
    let scaled = try PriorMeaning(prior.scaled(by: 7)).range
    #expect(close(scaled, 7 * range, relative: 1e-9))
    // A mixture has at least the spread of its part above the median of τ.
    #expect(range > 0.5 * prior.quantile(0.5))
  }

  @Test("Ranges too large for a number end in an error, not in an endless search")
  func overflow() {
    #expect(throws: NumericalError.self) {
      try PriorMeaning(.logT(df: 1, location: 0, scale: 1000))
    }
  }

  /// P(τ ≤ c) of the half-normal is erf(c / (s √2)).
  @Test("Classes cover every τ once, with the half-normal's probabilities")
  func classes() throws {
    for classes in [HeterogeneityClass.logOddsRatio, HeterogeneityClass.meanDifference] {
      #expect(classes.first?.lower == -1 && classes.last?.upper == .infinity)
      for (one, next) in zip(classes, classes.dropFirst()) { #expect(one.upper == next.lower) }
      for prior in PriorDistributionTests.families + [.fixed(0), .fixed(0.5)] {
        let meaning = try PriorMeaning(prior)
        let sum = classes.reduce(0) { $0 + meaning.probability(of: $1) }
        #expect(close(sum, 1, relative: 1e-12), "\(prior)")
      }
    }
    let meaning = try PriorMeaning(.halfNormal(scale: 0.5))
    let found = HeterogeneityClass.logOddsRatio.map(meaning.probability)
    // 2 Φ(0.2) − 1, 2 (Φ(1) − Φ(0.2)), 2 (Φ(2) − Φ(1)), 2 (1 − Φ(2)); tables of the normal.
    for (one, expected) in zip(found, [0.158519, 0.524170, 0.271810, 0.045500]) {
      #expect(abs(one - expected) < 1e-6)
    }
    #expect(
      HeterogeneityClass.meanDifference.map(\.upper) == [0.0625, 0.125, 0.25, 0.5, .infinity])
  }
}

/// Outcomes by the priors alone.
@Suite("Prior predictive outcomes")
struct PriorPredictiveTests {
  private func priors(
    sigma: HeterogeneityPrior, tau0: HeterogeneityPrior = .fixed(0), effectSD: Double = 2,
    covariates: Int = 0
  ) throws -> ResolvedPriors {
    let unit = PriorSet.Unit.absolute
    let entries = PriorSet.Entries(
      effect: .init(
        family: effectSD.isFinite ? .normal(mean: 0.5, sd: effectSD) : .flat, unit: unit),
      intercept: .init(family: .normal(mean: 0, sd: 1), unit: unit),
      coefficient: .init(family: .normal(mean: 0.3, sd: 0.4), unit: unit),
      tau0: .init(prior: tau0, unit: unit),
      tau1: .init(prior: .halfNormal(scale: 0.5), unit: unit),
      sigma: .init(prior: sigma, unit: unit), correlation: CorrelationPrior(eta: 2))
    return try ResolvedPriors(
      PriorSet(name: "own", file: "own", entries: entries, of: .gaussian, missing: []), .gaussian,
      OutcomeScale(covariateSDs: [Double](repeating: 1, count: covariates)))
  }

  private static let effectOnly = ModelTerms(
    intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)
  private static let both = ModelTerms(
    intercepts: .perLeaf, randomIntercept: true, randomEffect: true)

  /// R: `integrate` over τ1 (and σ, τ0) of the normal probability.
  @Test("Against nested integration in R")
  func integration() throws {
    let design = SampleTrials().design
    let simple = try #require(
      PriorPredictive(priors(sigma: .halfNormal(scale: 2)), design, Self.effectOnly))
    #expect(close(simple.probability(from: -2, to: 3), 0.621467401578, relative: 1e-9))
    // One covariate with the mean 2.
    let two = SampleTrials(covariates: 1).design
    let x = two.covariates.columns[0]
    let shift = 2 - mean(x)
    let moved = Design(
      formula: two.formula, outcomeName: "y", family: .gaussian, outcome: two.outcome,
      weights: nil, treatment: two.treatment, arm: two.arm, trialName: "trial",
      trials: two.trials, trial: two.trial,
      covariates: Covariates(names: ["x"], columns: [x.map { $0 + shift }]),
      exclusions: two.exclusions)
    let full = try #require(
      PriorPredictive(
        priors(sigma: .halfNormal(scale: 2), tau0: .exponential(rate: 2), covariates: 1), moved,
        Self.both))
    #expect(close(full.probability(from: -2, to: 3), 0.580432668124, relative: 1e-8))
  }

  @Test("Flat coefficients predict nothing; all numbers are outcomes of the others")
  func limits() throws {
    let design = SampleTrials().design
    #expect(
      PriorPredictive(
        try priors(sigma: .fixed(1), effectSD: .infinity), design, Self.effectOnly) == nil)
    let any = try #require(
      PriorPredictive(priors(sigma: .halfNormal(scale: 1)), design, Self.effectOnly))
    #expect(close(any.probability(from: -1e9, to: 1e9), 1, relative: 1e-8))
    #expect(any.probability(from: 2, to: 2) == 0)
  }
}
