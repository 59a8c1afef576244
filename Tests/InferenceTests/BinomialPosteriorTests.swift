import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling
import TestSupport
import Testing

@testable import Inference

@Suite struct BinomialPosteriorTests {
  private func model(
    _ terms: ModelTerms, _ data: BinomialCells, heterogeneity: HeterogeneityPrior
  ) throws -> BinomialModel {
    try data.model(terms, heterogeneity)
  }

  private func plan(threads: Int = 1) -> SamplerPlan {
    var plan = SamplerPlan(chains: 2, warmup: 200, draws: 50, seed: 3)
    plan.threads = threads
    return plan
  }

  @Test(arguments: BinomialCells.terms.indices)
  func riskDifferenceIsTheMeanOverParticipants(terms: Int) throws {
    let data = BinomialCells(covariates: 1)
    let posterior = try BinomialPosterior(
      model(BinomialCells.terms[terms], data, heterogeneity: .halfNormal(scale: 0.5)),
      plan: plan())
    let (leaf, draw) = (1, 17)
    let differences = posterior.riskDifference(leaf: leaf)
    func value(_ role: FixedRole) -> Double { posterior.draws(of: role)?[draw] ?? 0 }
    func random(_ trial: Int, _ term: Int) -> Double {
      posterior.trialEffect(trial, term: term)[draw]
    }
    var (sum, count) = (0.0, 0.0)
    for row in 0..<data.design.rows where data.leaf[row] == Int32(leaf) {
      let trial = Int(data.design.trial[row])
      let shape = posterior.terms
      var control = value(.intercept(leaf: leaf, trial: nil))
      control += value(.intercept(leaf: leaf, trial: trial))
      control += value(.intercept(leaf: nil, trial: trial))
      control += value(.covariate(0)) * data.design.covariates.columns[0][row]
      if shape.randomIntercept { control += random(trial, 0) }
      var active = control + value(.effect(leaf: leaf))
      if shape.randomEffect { active += random(trial, shape.randomTerms - 1) }
      sum += 1 / (1 + exp(-active)) - 1 / (1 + exp(-control))
      count += 1
    }
    #expect(close(differences[draw], sum / count, relative: 1e-10))
  }

  @Test(arguments: PosteriorSampler.allCases, [4, 6])
  func drawsDoNotDependOnThreads(sampler: PosteriorSampler, terms: Int) throws {
    let model = try model(
      BinomialCells.terms[terms], BinomialCells(), heterogeneity: .halfNormal(scale: 0.5))
    let one = try BinomialPosterior(model, plan: plan(), sampler: sampler)
    let two = try BinomialPosterior(model, plan: plan(threads: 2), sampler: sampler)
    #expect(one.effects == two.effects)
    #expect(one.tau == two.tau && one.correlationDraws == two.correlationDraws)
    #expect(one.meanTrialEffects == two.meanTrialEffects)
  }

  @Test(arguments: PosteriorSampler.allCases)
  func knownHeterogeneityIsKept(sampler: PosteriorSampler) throws {
    let posterior = try BinomialPosterior(
      model(BinomialCells.terms[5], BinomialCells(), heterogeneity: .fixed(0.4)), plan: plan(),
      sampler: sampler)
    #expect(posterior.tau[0].allSatisfy { $0 == 0.4 })
    #expect(posterior.records.allSatisfy { !$0.divergent.contains(true) })
    let none = try BinomialPosterior(
      model(BinomialCells.terms[6], BinomialCells(), heterogeneity: .fixed(0)), plan: plan(),
      sampler: sampler)
    #expect(none.meanTrialEffects.allSatisfy { $0 == 0 })
  }

  /// All of a trial's participants had the event, and one has no active arm.
  @Test(arguments: PosteriorSampler.allCases)
  func separatedOutcomesHaveAPosterior(sampler: PosteriorSampler) throws {
    let data = BinomialCells()
    let outcome = data.design.outcome.indices.map { row in
      data.design.trial[row] == 0 ? 1 : data.design.outcome[row]
    }
    for terms in BinomialCells.terms {
      let model = try model(
        terms, data.withOutcome(outcome), heterogeneity: .halfNormal(scale: 0.5))
      let posterior = try BinomialPosterior(
        model, plan: SamplerPlan(chains: 2, warmup: 500, draws: 500, seed: 1), sampler: sampler)
      #expect(posterior.effects.allSatisfy { draws in draws.allSatisfy { $0.isFinite } })
      #expect(posterior.meanTrialEffects.allSatisfy { $0.isFinite })
      #expect(posterior.records.allSatisfy { !$0.divergent.contains(true) })
    }
  }

  @Test func unitsAreThoseOfLogOdds() throws {
    let data = BinomialCells(covariates: 1)
    let priors = try ResolvedPriors(PriorSet.weaklyInformative(), for: data.design)
    #expect(priors.coefficients.effect == .init(mean: 0, sd: 2.5))
    #expect(priors.coefficients.intercept == .init(mean: 0, sd: 5))
    let sd = standardDeviation(data.design.covariates.columns[0])
    #expect(close(priors.coefficients.coefficients[0].sd, 2.5 / sd, relative: 1e-12))
    #expect(priors.tau0 == .halfNormal(scale: 2) && priors.tau1 == .halfNormal(scale: 0.5))
    let file = """
      {"schema": "metamob.priors/1", "name": "own", "binomial":
       {"tau1": {"family": "half-normal", "scale": 0.3, "unit": "within-arm-sd"}}}
      """
    let set = try PriorSet(data: Data(file.utf8), file: "own.json")
    #expect(try ResolvedPriors(set, for: data.design).tau1 == .halfNormal(scale: 0.3))
    #expect(
      set.defaulted(.binomial) == [
        "binomial.effect", "binomial.intercept", "binomial.coefficient", "binomial.tau0",
        "binomial.correlation",
      ])
    #expect(set.defaulted(.gaussian).isEmpty)
  }
}
