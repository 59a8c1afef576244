import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Sampling
import Subgroups

/// What tells apart the densities of participants with a binomial outcome.
private struct Observed: Hashable {
  let place: PredictorPlace
  let weight: Double
  let outcome: Double
}

/// A binomial joint model by maximum likelihood: coefficients and between-trial SDs at their estimates, the
/// trial effects integrated given the rows seen.
struct BinomialLikelihoodFold: FoldModel {
  private let data: TrainingData
  private let fit: BinomialFit

  init(
    _ data: TrainingData, _ terms: ModelTerms, quadraturePoints: Int
  ) throws(NumericalError) {
    self.data = data
    fit = try BinomialFit(
      BinomialStatistics(data.seen, leaf: data.codes, leaves: data.leaves), terms,
      quadraturePoints: quadraturePoints)
  }

  func determines(_ held: HeldRow) -> Bool { fit.fixedPredictor(data.place(held)) != nil }

  private func density(_ held: [HeldRow], trial: Int) throws(NumericalError) -> Double {
    let new = held.map {
      PredictedEvents(
        data.place($0), count: data.weight($0), events: data.weight($0) * data.outcome($0))
    }
    guard let found = fit.logPredictive(new, trial: trial), found.isFinite else {
      throw .notConverged("the density of outcomes in a trial")
    }
    return found
  }

  func joint(_ held: [HeldRow]) throws(NumericalError) -> Double {
    let byTrial = Dictionary(grouping: held) { Int(data.design.trial[Int($0.row)]) }
    var sum = 0.0
    for trial in byTrial.keys.sorted() { sum += try density(byTrial[trial] ?? [], trial: trial) }
    return sum
  }

  func pointwise(_ held: [HeldRow]) throws(NumericalError) -> [Double] {
    var known: [Observed: Double] = [:]
    var result: [Double] = []
    for row in held {
      let key = Observed(
        place: data.place(row), weight: data.weight(row), outcome: data.outcome(row))
      if known[key] == nil { known[key] = try density([row], trial: key.place.trial) }
      result.append(known[key] ?? -.infinity)
    }
    return result
  }
}

/// A binomial joint model by Bayes: the outcomes of a trial's arm by the ratio of two marginal likelihoods, by
/// Laplace's approximation; those of one participant by the draws of the posterior.
struct BinomialPosteriorFold: FoldModel {
  private let data: TrainingData
  private let terms: ModelTerms
  private let priors: ResolvedPriors
  private let model: BinomialModel
  private let plan: AnalysisPlan
  private let isCancelled: @Sendable () -> Bool

  init(
    _ data: TrainingData, _ terms: ModelTerms, _ priors: ResolvedPriors, _ plan: AnalysisPlan,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(PriorError) {
    self.data = data
    self.terms = terms
    self.priors = priors
    self.plan = plan
    self.isCancelled = isCancelled
    model = try Self.model(data.seen, data.codes, data, terms, priors)
  }

  private static func model(
    _ design: Design, _ codes: [Int32], _ data: TrainingData, _ terms: ModelTerms,
    _ priors: ResolvedPriors
  ) throws(PriorError) -> BinomialModel {
    try BinomialModel(
      BinomialStatistics(design, leaf: codes, leaves: data.leaves), terms,
      data.coefficients(priors),
      heterogeneity: priors.tau(terms), correlation: priors.correlation, omega: priors.omega,
      set: priors.name)
  }

  func determines(_ held: HeldRow) -> Bool {
    let place = data.place(held)
    return model.statistics.cells.contains { cell in
      switch terms.intercepts {
      case .perLeaf: cell.leaf == place.leaf
      case .perTrial: cell.trial == place.trial
      case .perLeafAndTrial: cell.leaf == place.leaf && cell.trial == place.trial
      }
    }
  }

  func joint(_ held: [HeldRow]) throws(NumericalError) -> Double {
    let (design, codes) = data.joined(held)
    let joined: BinomialModel
    do {
      joined = try Self.model(design, codes, data, terms, priors)
    } catch {
      throw .notConverged("the posterior of all rows")
    }
    return try BinomialQuadrature(joined).logMarginalLikelihood
      - BinomialQuadrature(model).logMarginalLikelihood
  }

  func pointwise(_ held: [HeldRow]) throws(NumericalError) -> [Double] {
    let posterior: BinomialPosterior
    do {
      posterior = try BinomialPosterior(
        model, plan: chains, sampler: plan.sampling.sampler == .gibbs ? .gibbs : .hmc,
        monitor: RunMonitor(isCancelled: isCancelled))
    } catch {
      throw .notConverged("the chains of a fold")
    }
    var known: [Observed: Double] = [:]
    return held.map { row in
      let key = Observed(
        place: data.place(row), weight: data.weight(row), outcome: data.outcome(row))
      if let value = known[key] { return value }
      let sign = key.outcome > 0 ? -1.0 : 1.0
      let logs = predictor(key.place, posterior).map { eta in
        -key.weight * (max(sign * eta, 0) + log1p(exp(-abs(eta))))
      }
      let value = logSumExp(logs) - log(Double(logs.count))
      known[key] = value
      return value
    }
  }

  private var chains: SamplerPlan {
    var result = SamplerPlan(
      chains: plan.sampling.chains, warmup: plan.sampling.warmup, draws: plan.sampling.draws,
      seed: plan.sampling.seed)
    result.targetAcceptance = plan.sampling.targetAcceptance
    result.maxTreeDepth = plan.sampling.maxTreedepth
    return result
  }

  /// The draws of a linear predictor.
  private func predictor(_ place: PredictorPlace, _ posterior: BinomialPosterior) -> [Double] {
    var sum = [Double](repeating: 0, count: posterior.chains * posterior.iterations)
    func add(_ draws: [Double]?, _ factor: Double = 1) {
      guard let draws else { return }
      for s in sum.indices { sum[s] += factor * draws[s] }
    }
    switch terms.intercepts {
    case .perLeaf: add(posterior.draws(of: .intercept(leaf: place.leaf, trial: nil)))
    case .perLeafAndTrial:
      add(posterior.draws(of: .intercept(leaf: place.leaf, trial: place.trial)))
    case .perTrial:
      add(posterior.draws(of: .intercept(leaf: nil, trial: place.trial)))
      if place.leaf > 0 { add(posterior.draws(of: .intercept(leaf: place.leaf, trial: nil))) }
    }
    if terms.randomIntercept { add(posterior.trialEffect(place.trial, term: 0)) }
    for (i, value) in place.covariates.enumerated() where value != 0 {
      add(posterior.draws(of: .covariate(i)), value)
    }
    guard place.isActive else { return sum }
    add(posterior.draws(of: .effect(leaf: place.leaf)))
    if terms.randomEffect {
      add(posterior.trialEffect(place.trial, term: terms.randomIntercept ? 1 : 0))
    }
    return sum
  }
}
