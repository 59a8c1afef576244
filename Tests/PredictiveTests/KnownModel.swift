import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Posterior

@testable import Predictive

/// A posterior whose draws are given.
struct GivenPosterior: SampledPosterior {
  var roles: [FixedRole]
  var effects: [[Double]]
  var tau: [[Double]] = []
  var residualDraws: [Double]?
  var omegaDraws: [Double]?
  var correlationDraws: [Double]?
  var terms: ModelTerms
  var trials: Int
  var covariates = 0
  var chains = 1
  var iterations: Int
  var records: [SamplerRecord] = []
  var meanTrialEffects: [Double] { [] }
  func riskDifference(leaf: Int) -> [Double]? { nil }
}

/// A small meta-analysis whose parameters are known: two leaves, K trials, intercepts by leaf and trial,
/// random effects, covariates.
struct KnownModel {
  static let terms = ModelTerms(
    intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)
  var trials = 3
  var leaves = 2
  /// Participants of each leaf, trial and arm.
  var size = 6
  var covariates = 0
  var family = Family.gaussian
  var sigma = 2.0
  /// The intercept of the first leaf and trial.
  var center = 10.0

  /// The linear predictor at covariates of zero.
  func predictor(leaf: Int, trial: Int, isActive: Bool) -> Double {
    let center = family == .gaussian ? self.center : -0.5
    return center + 0.5 * Double(leaf) - 0.3 * Double(trial)
      + (isActive ? 0.8 * Double(leaf) - 0.4 + effect(trial) : 0)
  }

  /// The trial's deviation from the mean effect.
  func effect(_ trial: Int) -> Double { 0.6 * (Double(trial) - 0.5 * Double(trials - 1)) }

  func coefficient(_ covariate: Int) -> Double { 0.7 - 0.4 * Double(covariate) }

  /// Draws that are all the truth, or differ from it by `spread` times a normal number.
  func posterior(draws: Int, spread: Double = 0) -> GivenPosterior {
    var stream = RandomStream(seed: 4, purpose: "known model")
    func around(_ value: Double) -> [Double] {
      (0..<draws).map { _ in value + (spread > 0 ? spread * stream.normal() : 0) }
    }
    var roles: [FixedRole] = []
    var effects: [[Double]] = []
    for leaf in 0..<leaves {
      roles.append(.effect(leaf: leaf))
      effects.append(around(0.8 * Double(leaf) - 0.4))
    }
    for i in 0..<covariates {
      roles.append(.covariate(i))
      effects.append(around(coefficient(i)))
    }
    for leaf in 0..<leaves {
      for trial in 0..<trials {
        roles.append(.intercept(leaf: leaf, trial: trial))
        effects.append(around(predictor(leaf: leaf, trial: trial, isActive: false)))
      }
    }
    for trial in 0..<trials { effects.append(around(effect(trial))) }
    return GivenPosterior(
      roles: roles, effects: effects, tau: [around(0.9).map(abs)],
      residualDraws: family == .gaussian ? around(sigma) : nil, terms: Self.terms,
      trials: trials, covariates: covariates, iterations: draws)
  }

  /// Rows of the model: outcomes by `outcome` from the linear predictor.
  func design(
    weighted: Bool = false, seed: UInt64 = 1,
    outcome: (_ eta: Double, _ isActive: Bool, inout RandomStream) -> Double
  ) -> (design: Design, leaf: [Int32]) {
    var stream = RandomStream(seed: seed, purpose: "known data")
    var (trial, arm, leaf): ([Int32], [UInt8], [Int32]) = ([], [], [])
    var outcomes: [Double] = []
    var columns = [[Double]](repeating: [], count: covariates)
    for j in 0..<leaves {
      for k in 0..<trials {
        for t in 0..<2 {
          for i in 0..<size {
            var eta = predictor(leaf: j, trial: k, isActive: t == 1)
            for c in 0..<covariates {
              let x = Double((i * (3 + c) + k) % 5) - 1
              columns[c].append(x)
              eta += coefficient(c) * x
            }
            outcomes.append(outcome(eta, t == 1, &stream))
            trial.append(Int32(k))
            arm.append(UInt8(t))
            leaf.append(Int32(j))
          }
        }
      }
    }
    let design = Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: family, outcome: outcomes,
      weights: weighted ? outcomes.indices.map { Double(1 + $0 % 3) } : nil,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (0..<trials).map { "T\($0)" }, trial: trial,
      covariates: Covariates(names: (0..<covariates).map { "x\($0)" }, columns: columns),
      exclusions: Exclusions(rows: outcomes.count, used: outcomes.count, counts: []))
    return (design, leaf)
  }

  /// The same with outcomes as the model gives them.
  func design(weighted: Bool = false, seed: UInt64 = 1) -> (design: Design, leaf: [Int32]) {
    design(weighted: weighted, seed: seed) { eta, _, stream in
      family == .gaussian
        ? eta + sigma * stream.normal() : (stream.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0)
    }
  }

  /// The leaves of rows.
  func models(_ leaf: [Int32], _ posterior: any SampledPosterior) -> [LeafModel] {
    (0..<leaves).map { j in
      LeafModel(
        posterior: posterior, leaf: j,
        rows: leaf.indices.filter { Int(leaf[$0]) == j }.map { Int32($0) })
    }
  }
}
