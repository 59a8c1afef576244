import Designs
import Foundation
import MixedModels

@testable import Inference

/// Binary data of four trials and three leaves, by formulas; the last trial has no active arm in leaf 0,
/// and one cell has no event.
struct BinomialCells {
  let design: Design
  let leaf: [Int32]

  init(rows: Int = 240, covariates: Int = 0, weighted: Bool = false) {
    let index = Array(0..<rows)
    let trial = index.map { Int32($0 % 4) }
    let leaf = index.map { Int32(($0 / 4) % 3) }
    let arm = index.map { i in
      trial[i] == 3 && leaf[i] == 0 ? UInt8(0) : UInt8((i / 12) % 2)
    }
    let outcome = index.map { i -> Double in
      trial[i] == 1 && leaf[i] == 1 && arm[i] == 1
        ? 0 : Double((i * i / 7 + Int(arm[i]) * i) % 5 < 2 ? 1 : 0)
    }
    let columns = (0..<covariates).map { (j: Int) -> [Double] in
      index.map { (i: Int) -> Double in Double((i * (7 + j)) % 5) - 1.5 }
    }
    design = Design(
      formula: "y ~ t | trial | leaf", outcomeName: "y", family: .binomial, outcome: outcome,
      weights: weighted ? index.map { Double(1 + $0 % 3) / 2 } : nil,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: ["a", "b", "c", "d"], trial: trial,
      covariates: Covariates(names: (0..<covariates).map { "x\($0)" }, columns: columns),
      exclusions: Exclusions(rows: rows, used: rows, counts: []))
    self.leaf = leaf
  }

  var statistics: BinomialStatistics {
    BinomialStatistics(design, leaf: leaf, leaves: 3)
  }

  private init(_ design: Design, leaf: [Int32]) {
    self.design = design
    self.leaf = leaf
  }

  /// The same rows with another outcome.
  func withOutcome(_ outcome: [Double]) -> BinomialCells {
    BinomialCells(
      Design(
        formula: design.formula, outcomeName: design.outcomeName, family: .binomial,
        outcome: outcome, treatment: design.treatment, arm: design.arm,
        trialName: design.trialName, trials: design.trials, trial: design.trial,
        covariates: design.covariates, exclusions: design.exclusions), leaf: leaf)
  }

  /// One leaf of trials with given events and participants, control arm first.
  static func statistics(
    _ trials: [[(events: Double, count: Double)]]
  ) -> BinomialStatistics {
    var (trial, arm, outcome): ([Int32], [UInt8], [Double]) = ([], [], [])
    for (k, arms) in trials.enumerated() {
      for (t, cell) in arms.enumerated() {
        for i in 0..<Int(cell.count) {
          trial.append(Int32(k))
          arm.append(UInt8(t))
          outcome.append(Double(i) < cell.events ? 1 : 0)
        }
      }
    }
    let design = Design(
      formula: "y ~ t | trial", outcomeName: "y", family: .binomial, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: trials.indices.map { "\($0)" }, trial: trial,
      exclusions: Exclusions(rows: trial.count, used: trial.count, counts: []))
    return BinomialStatistics(
      design, leaf: [Int32](repeating: 0, count: trial.count), leaves: 1)
  }

  static let priors = CoefficientPrior(
    intercept: .init(mean: -0.5, sd: 3), effect: .init(mean: 0.2, sd: 2),
    coefficients: [.init(mean: 0, sd: 1.5), .init(mean: 0.3, sd: 1)])

  /// Models with every kind of intercepts and random terms.
  static let terms: [ModelTerms] = [
    ModelTerms(intercepts: .perLeaf, randomIntercept: false, randomEffect: false),
    ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: false),
    ModelTerms(intercepts: .perLeaf, randomIntercept: true, randomEffect: false),
    ModelTerms(intercepts: .perTrial, randomIntercept: false, randomEffect: false),
    ModelTerms(intercepts: .perLeaf, randomIntercept: true, randomEffect: true),
    ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true),
    ModelTerms(
      intercepts: .perLeaf, randomIntercept: true, randomEffect: true, isCorrelated: true),
  ]

  static let correlation = CorrelationPrior(eta: 1.5)

  /// The posterior of a model with one prior of all SDs.
  func model(_ terms: ModelTerms, _ heterogeneity: HeterogeneityPrior) throws -> BinomialModel {
    try BinomialModel(
      statistics, terms, Self.priors,
      heterogeneity: [HeterogeneityPrior](repeating: heterogeneity, count: terms.randomTerms),
      correlation: Self.correlation)
  }
}

/// log posterior density of parameters, row by row: coefficients by role, random terms trial by trial; the
/// correlation, if any, comes after the SDs.
func plainLogPosterior(
  _ data: BinomialCells, _ model: BinomialModel, _ priors: CoefficientPrior, _ values: [Double],
  _ tau: [Double]
) -> Double {
  let terms = model.terms
  let q = terms.randomTerms
  let design = data.design
  func coefficient(_ role: FixedRole) -> Double {
    model.roles.firstIndex(of: role).map { values[$0] } ?? 0
  }
  var value = 0.0
  for row in 0..<design.rows {
    let (leaf, trial) = (Int(data.leaf[row]), Int(design.trial[row]))
    let t = Double(design.arm[row])
    var eta = coefficient(.effect(leaf: leaf)) * t
    eta += coefficient(.intercept(leaf: leaf, trial: nil))
    eta += coefficient(.intercept(leaf: leaf, trial: trial))
    eta += coefficient(.intercept(leaf: nil, trial: trial))
    for (j, column) in design.covariates.columns.enumerated() {
      eta += coefficient(.covariate(j)) * column[row]
    }
    let random = model.roles.count + trial * q
    if terms.randomIntercept { eta += values[random] }
    if terms.randomEffect { eta += t * values[random + q - 1] }
    let p = 1 / (1 + exp(-eta))
    value += (design.weights?[row] ?? 1) * log(design.outcome[row] == 1 ? p : 1 - p)
  }
  return value + plainLogPrior(model, priors, values, tau)
}

private func plainLogPrior(
  _ model: BinomialModel, _ priors: CoefficientPrior, _ values: [Double], _ tau: [Double]
) -> Double {
  func normal(_ x: Double, _ mean: Double, _ sd: Double) -> Double {
    -0.5 * pow((x - mean) / sd, 2) - log(sd) - 0.5 * log(2 * Double.pi)
  }
  var value = 0.0
  for (i, role) in model.roles.enumerated() {
    switch role {
    case .effect, .meanEffect: value += normal(values[i], priors.effect.mean, priors.effect.sd)
    case .covariate(let j):
      value += normal(values[i], priors.coefficients[j].mean, priors.coefficients[j].sd)
    case .intercept(_, let trial):
      let isShift = model.terms.intercepts == .perTrial && trial == nil
      value += normal(values[i], isShift ? 0 : priors.intercept.mean, priors.intercept.sd)
    }
  }
  let q = model.terms.randomTerms
  let correlation = model.terms.isCorrelated ? tau[q] : 0
  for i in model.roles.count..<values.count {
    let r = (i - model.roles.count) % q
    // The effect given the intercept.
    let mean = r == 1 ? correlation * tau[1] / tau[0] * values[i - 1] : 0
    let sd = r == 1 ? tau[1] * (1 - correlation * correlation).squareRoot() : tau[r]
    value += normal(values[i], mean, sd)
  }
  if model.terms.isCorrelated {
    value += BinomialCells.correlation.logDensity(correlation).value
  }
  for (r, prior) in model.heterogeneity.enumerated() { value += prior.logDensity(tau[r]).value }
  return value
}
