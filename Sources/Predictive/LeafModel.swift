public import Inference
import MixedModels

/// One leaf of a tree with the posterior that its participants are modelled by.
public struct LeafModel: Sendable {
  /// The draws of the joint model: of all leaves, or of this one alone.
  public let posterior: any SampledPosterior
  /// The leaf's place in that model, counted from 0.
  public let leaf: Int
  /// The rows of the leaf's participants in the design.
  public let rows: [Int32]

  /// A leaf of a model.
  public init(posterior: any SampledPosterior, leaf: Int, rows: [Int32]) {
    self.posterior = posterior
    self.leaf = leaf
    self.rows = rows
  }

  /// The number of draws over all chains.
  var draws: Int { posterior.chains * posterior.iterations }

  /// Draws of the linear predictor in one trial and arm at covariates of zero.
  func predictor(trial: Int, isActive: Bool) -> [Double] {
    let terms = posterior.terms
    var parts: [[Double]] = []
    let intercepts: [FixedRole] = [
      .intercept(leaf: leaf, trial: nil), .intercept(leaf: leaf, trial: trial),
      .intercept(leaf: nil, trial: trial),
    ]
    parts += intercepts.compactMap { posterior.draws(of: $0) }
    if terms.randomIntercept { parts.append(posterior.trialEffect(trial, term: 0)) }
    if isActive {
      if let effect = posterior.effect(leaf: leaf) { parts.append(effect) }
      if terms.randomEffect {
        parts.append(posterior.trialEffect(trial, term: terms.randomTerms - 1))
      }
    }
    var sum = [Double](repeating: 0, count: draws)
    for part in parts {
      for s in sum.indices { sum[s] += part[s] }
    }
    return sum
  }

  /// Draws of the covariates' coefficients, one list a covariate.
  var coefficients: [[Double]] {
    (0..<posterior.covariates).map { i in
      posterior.draws(of: .covariate(i)) ?? [Double](repeating: 0, count: draws)
    }
  }
}
