import Designs
import Inference
import MixedModels
import Numerics
import Sampling

@testable import Calibration
@testable import Inference

/// A sampler whose draws are spoilt.
struct SpoiltSampler: PosteriorSource {
  let name = "spoilt"
  let base: ModelSampler
  /// What is done to the draws of one fit.
  let spoil: @Sendable ([JointParameters]) -> [JointParameters]

  func draws(
    of data: SimulatedTrials, plan: SamplerPlan
  ) throws(CalibrationError) -> PosteriorDraws {
    var draws = try base.draws(of: data, plan: plan)
    draws.parameters = spoil(draws.parameters)
    return draws
  }
}

/// A sampler that takes no notice of the data: its draws are from the prior.
struct PriorSampler: PosteriorSource {
  let name = "prior"
  let scenario: Scenario
  let priors: ResolvedPriors

  func draws(
    of data: SimulatedTrials, plan: SamplerPlan
  ) throws(CalibrationError) -> PosteriorDraws {
    var stream = RandomStream(seed: plan.seed, purpose: "prior sampler")
    return PosteriorDraws(
      parameters: (0..<plan.draws).map { _ in JointParameters(scenario, priors, &stream) })
  }
}

/// The program's Gaussian HMC on a density that lacks the Jacobian of the coordinate of τ1.
struct JacobianForgetter: PosteriorSource {
  let name = "jacobian"
  let priors: ResolvedPriors

  func draws(
    of data: SimulatedTrials, plan: SamplerPlan
  ) throws(CalibrationError) -> PosteriorDraws {
    let scenario = data.scenario
    let statistics = ModelStatistics(data.design, leaf: data.leaf, leaves: Scenario.leaves)
    let model = MarginalModel(statistics, scenario.terms, .integrated(priors.coefficients))
    let variances = VariancePriors(priors.unchanged(on: data.design), scenario.terms)
    let dimension = variances.free.count
    let starts = StartingPoints { _, stream in (0..<dimension).map { _ in stream.normal() } }
    let chain: ChainDraws
    do {
      chain = try ChainGroup(plan: plan).run(from: starts) { _ in
        WithoutJacobian(VarianceTarget(model, variances))
      }[0]
    } catch {
      throw .sampling(error)
    }
    let target = VarianceTarget(model, variances)
    var stream = RandomStream(seed: plan.seed, purpose: "coefficients")
    let roles = model.fixedRoles
    let places = scenario.roles.map { roles.firstIndex(of: $0) ?? 0 }
    let parameters = (0..<chain.count).map { s in
      let position = Array(chain.positions[(s * dimension)..<((s + 1) * dimension)])
      let variances = target.variances(at: position)
      let values = withUnsafeTemporaryAllocation(
        of: Double.self, capacity: target.density.valuesPerDraw
      ) { draw in
        target.density.draw(at: variances, into: draw) { stream.normal() }
        return Array(draw.prefix(target.density.valuesPerDraw))
      }
      return JointParameters(
        coefficients: places.map { values[$0] }, trialEffects: Array(values[roles.count...]),
        tau: variances.tau, sigma: [variances.sigma])
    }
    return PosteriorDraws(parameters: parameters)
  }
}

/// The density of the variances as if the last coordinate were the variance itself.
private final class WithoutJacobian: LogDensity {
  private let target: VarianceTarget

  init(_ target: VarianceTarget) { self.target = target }

  var dimension: Int { target.dimension }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    var value = target.evaluate(at: position, gradient: &gradient)
    let i = position.count - 1
    let image = target.coordinates[i].image(position[i])
    value -= image.logJacobian
    gradient[i] -= image.logJacobianSlope
    return value
  }
}

/// A sampler without draws.
struct FailingSampler: PosteriorSource {
  let name = "failing"

  func draws(
    of data: SimulatedTrials, plan: SamplerPlan
  ) throws(CalibrationError) -> PosteriorDraws {
    throw .sampling(.noStepSize(chain: 0))
  }
}
