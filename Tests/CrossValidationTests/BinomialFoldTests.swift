import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Posterior
import Subgroups
import Testing

@testable import CrossValidation

/// Predictive densities of binomial models.
@Suite struct BinomialFoldTests {
  private func make(
    _ trials: FoldedTrials, parts: Int? = nil
  ) -> (design: Design, data: TrainingData, held: [HeldRow]) {
    let design = trials.design(5)
    var leaf: [Int32] = []
    if case .numeric(let z) = design.partitioning[0].values { leaf = z.map { $0 > 0 ? 1 : 0 } }
    let fold =
      parts.map { Fold.parts(design, count: $0, seed: 1)[0] } ?? Fold.activeArms(design)[1]
    return (
      design,
      TrainingData(
        design: design, rows: fold.kept, codes: fold.kept.map { leaf[Int($0)] }, leaves: 2),
      fold.held.map { HeldRow(row: $0, leaf: leaf[Int($0)]) }
    )
  }

  /// log ∫ Π p(y_i | b) N(b; 0, diag τ²) db over rows with given fixed parts, by a fine sum.
  private func logIntegral(
    _ rows: [(fixed: Double, active: Double, event: Double, weight: Double)], _ tau: [Double],
    _ terms: ModelTerms
  ) -> Double {
    let grid = stride(from: -7.0, through: 7.0, by: 0.05).map { $0 }
    let first = terms.randomTerms > 0 ? grid : [0]
    let second = terms.randomTerms > 1 ? grid : [0]
    var parts: [Double] = []
    for a in first {
      for b in second {
        var value = Distributions.logNormal(a, mean: 0, sd: 1)
        if terms.randomTerms > 1 { value += Distributions.logNormal(b, mean: 0, sd: 1) }
        let effects = [a, b].prefix(tau.count).enumerated().map { tau[$0] * $1 }
        for row in rows {
          var eta = row.fixed
          var next = 0
          if terms.randomIntercept {
            eta += effects[next]
            next += 1
          }
          if terms.randomEffect { eta += row.active * effects[next] }
          let signed = row.event > 0 ? eta : -eta
          value -= row.weight * log1p(exp(-signed))
        }
        parts.append(value)
      }
    }
    return logSumExp(parts)
  }

  /// At the estimates, the trial effects integrated by brute force before and after.
  @Test(arguments: [Subgroups.Method.metamobSI, .metamobRI, .rp, .mobSI])
  func likelihood(method: Subgroups.Method) throws {
    let (design, data, held) = make(
      FoldedTrials(
        family: .binomial, trials: 3, perTrial: 60, tau: 1.2, covariates: 1, weighted: true))
    let terms = method.terms
    let model = try BinomialLikelihoodFold(data, terms, quadraturePoints: 1)
    let fit = try BinomialFit(
      BinomialStatistics(data.seen, leaf: data.codes, leaves: 2), terms)
    #expect(held.allSatisfy(model.determines))
    func row(_ held: HeldRow) throws -> (
      fixed: Double, active: Double, event: Double, weight: Double
    ) {
      let place = data.place(held)
      func estimate(_ role: FixedRole) throws -> Double {
        try #require(fit.coefficient(role)?.estimate)
      }
      var fixed = place.covariates[0] * (try estimate(.covariate(0)))
      switch terms.intercepts {
      case .perLeaf: fixed += try estimate(.intercept(leaf: place.leaf, trial: nil))
      case .perLeafAndTrial:
        fixed += try estimate(.intercept(leaf: place.leaf, trial: place.trial))
      case .perTrial:
        fixed += try estimate(.intercept(leaf: nil, trial: place.trial))
        if place.leaf > 0 { fixed += try estimate(.intercept(leaf: place.leaf, trial: nil)) }
      }
      if place.isActive { fixed += try estimate(.effect(leaf: place.leaf)) }
      return (fixed, place.isActive ? 1 : 0, data.outcome(held), data.weight(held))
    }
    let own = try zip(data.rows, data.codes).filter { design.trial[Int($0.0)] == 1 }.map {
      try row(HeldRow(row: $0.0, leaf: $0.1))
    }
    let new = try held.map(row)
    let before = logIntegral(own, fit.variances.tau, terms)
    let joint = logIntegral(own + new, fit.variances.tau, terms) - before
    #expect(abs(try model.joint(held) - joint) < 1e-5)
    let single = logIntegral(own + [new[0]], fit.variances.tau, terms) - before
    #expect(abs(try model.pointwise([held[0]])[0] - single) < 1e-6)
  }

  /// Draws against the ratio of two marginal likelihoods: each has an error of its own, of a few per cent here.
  @Test func posterior() throws {
    let (design, data, held) = make(
      FoldedTrials(family: .binomial, trials: 3, perTrial: 80, tau: 0.3), parts: 8)
    var plan = AnalysisPlan(priors: try PriorSet.weaklyInformative())
    plan.sampling.warmup = 300
    plan.sampling.draws = 500
    let priors = try ResolvedPriors(plan.priors, for: data.seen)
    for method in [Subgroups.Method.metamobSI, .metamobRI, .mob] {
      let model = try BinomialPosteriorFold(
        data, method.terms, priors, plan, isCancelled: { false })
      let rows = Array(held.prefix(4))
      #expect(rows.allSatisfy(model.determines))
      for (row, value) in zip(rows, try model.pointwise(rows)) {
        #expect(abs(try model.joint([row]) - value) < 0.04, "\(method)")
      }
    }
    // The probabilities of the two outcomes of one participant add up to 1.
    let model = try BinomialPosteriorFold(
      data, Subgroups.Method.metamobSI.terms, priors, plan, isCancelled: { false })
    let row = held[0]
    let other = design.with(outcome: 1 - design.outcome[Int(row.row)], at: Int(row.row))
    let turned = TrainingData(
      design: other, rows: data.rows, codes: data.codes, leaves: data.leaves)
    let opposite = try BinomialPosteriorFold(
      turned, Subgroups.Method.metamobSI.terms, priors, plan, isCancelled: { false })
    let sum = exp(try model.pointwise([row])[0]) + exp(try opposite.pointwise([row])[0])
    #expect(abs(sum - 1) < 1e-9)
  }
}

extension Design {
  /// The design with some outcomes replaced.
  func with(outcomes: [Double]) -> Design {
    Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event, outcome: outcomes,
      weights: weights, treatment: treatment, arm: arm, trialName: trialName, trials: trials,
      trial: trial, covariates: covariates, partitioning: partitioning, subgroups: subgroups,
      exclusions: exclusions)
  }

  func with(outcome: Double, at row: Int) -> Design {
    var outcomes = self.outcome
    outcomes[row] = outcome
    return with(outcomes: outcomes)
  }
}
