import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling

/// One chain of the Gibbs sampler (article GibbsSampling): a block draw of coefficients and trial
/// effects given the variances, then the variances one after the other.
///
/// Nothing is allocated in a sweep.
struct GaussianGibbs: ~Copyable {
  /// How a component of the variances is drawn.
  private enum Step {
    /// It is known.
    case fixed
    /// From its full conditionals under a half-normal prior; under a half-t prior with df degrees of
    /// freedom the scale is multiplied by √κ, κ inverse-gamma.
    case conjugate(scale: Double, df: Double?)
    /// By a slice step on its coordinate, the number of which is given.
    case slice(Int)
  }

  private let target: VarianceTarget
  private let index: Int
  /// Of σ, each τ, the correlation, and ω.
  private let steps: [Step]
  private var variances: Variances
  /// κ of each component.
  private var mixing: [Double]
  /// The coordinates of the components that slice steps move.
  var position: [Double]
  var stream: RandomStream
  /// The present draw of coefficients and trial effects.
  private let effects: UnsafeMutableBufferPointer<Double>
  /// The log density of the outcome at the present variances.
  private var logDensity = 0.0

  private var density: MarginalDensity { target.density }

  /// A chain at its first usable start.
  init(_ target: VarianceTarget, index: Int, plan: SamplerPlan) throws(SamplingError) {
    self.target = target
    self.index = index
    steps = Self.steps(target)
    mixing = [Double](repeating: 1, count: steps.count)
    stream = RandomStream(seed: plan.seed, purpose: "gibbs", index: index, part: plan.part)
    effects = .allocate(capacity: max(target.density.valuesPerDraw, 1))
    effects.initialize(repeating: 0)
    position = [Double](repeating: 0, count: target.dimension)
    variances = target.variances(at: position)
    var starts = RandomStream(seed: plan.seed, purpose: "start", index: index, part: plan.part)
    for _ in 0..<Self.attempts {
      for i in position.indices { position[i] = starts.normal() }
      guard target.value(at: position).isFinite else { continue }
      variances = target.variances(at: position)
      drawEffects()
      return
    }
    throw .noUsableStart(chain: index, attempts: Self.attempts)
  }

  /// A chain that goes on from its last variances: one more draw of the effects given them is a step of
  /// the same chain, and all that a sweep needs besides.
  init(
    resuming last: Variances, _ target: VarianceTarget, index: Int, plan: SamplerPlan
  ) throws(SamplingError) {
    self.target = target
    self.index = index
    steps = Self.steps(target)
    mixing = [Double](repeating: 1, count: steps.count)
    stream = RandomStream(seed: plan.seed, purpose: "gibbs", index: index, part: plan.part)
    effects = .allocate(capacity: max(target.density.valuesPerDraw, 1))
    effects.initialize(repeating: 0)
    variances = last
    position = target.position(of: last)
    guard position.allSatisfy(\.isFinite), target.density.evaluate(last).isFinite else {
      throw .notResumable(chain: index)
    }
    drawEffects()
  }

  /// The log density that is recorded with the present draw.
  var recordedDensity: Double { logDensity + target.priors.logDensity(variances) }

  private static let attempts = 100
  /// Sweeps between two draws: with a dozen trials and little heterogeneity one of them leaves τ
  /// with a quarter of the effective draws, and a sweep costs less than to keep its draw.
  private static let sweeps = 2

  deinit { effects.deallocate() }

  private static func steps(_ target: VarianceTarget) -> [Step] {
    let priors = target.priors
    let isCorrelated = priors.correlation != nil
    return (0..<(priors.components.count + 2)).map { component in
      guard let coordinate = target.free.firstIndex(of: component) else { return .fixed }
      // The full conditional of τ given b is of no known family where the b are correlated; ω moves
      // better with the effects integrated out.
      guard component < priors.components.count, component == 0 || !isCorrelated else {
        return .slice(coordinate)
      }
      switch priors.components[component] {
      case .halfNormal(let scale): return .conjugate(scale: scale, df: nil)
      case .halfT(let df, let scale): return .conjugate(scale: scale, df: df)
      case .halfCauchy(let scale): return .conjugate(scale: scale, df: 1)
      default: return .slice(coordinate)
      }
    }
  }

  /// Runs the chain: sweeps that are thrown away, then those that are kept.
  consuming func run(
    _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> PosteriorChain {
    let total = plan.warmup + plan.draws
    var chain = PosteriorChain(density, count: plan.draws)
    for iteration in 1...total {
      for _ in 0..<Self.sweeps { sweep() }
      if iteration > plan.warmup { keep(&chain) }
      try monitor.finished(iteration, of: total, chain: index)
    }
    return chain
  }

  private func keep(_ chain: inout PosteriorChain) {
    chain.append(variances, effects, density)
    chain.record.append(exact: recordedDensity)
  }

  /// One sweep.
  ///
  /// The order matters: after the non-centred step the coefficients, and after the slice
  /// steps the trial effects too, belong to variances of the past, and are not used before they are
  /// drawn anew.
  private mutating func sweep() {
    drawResidual()
    drawCentred()
    drawNonCentred()
    for component in steps.indices {
      if case .slice(let coordinate) = steps[component] { slice(coordinate) }
    }
    drawEffects()
  }

  private mutating func drawEffects() {
    let (target, effects, variances) = (target, effects, variances)
    logDensity = target.density.draw(at: variances, into: effects) { stream.normal() }
  }

  // MARK: Conjugate steps

  /// The scale of a half-normal prior, κ being drawn anew under a half-t.
  private mutating func scale(_ component: Int, _ scale: Double, _ df: Double?) -> Double {
    guard let df else { return scale }
    let z = variances[component: component] / scale
    mixing[component] = 1 / stream.gamma(shape: (df + 1) / 2, scale: 2 / (df + z * z))
    return scale * mixing[component].squareRoot()
  }

  /// σ² | effects: generalised inverse Gaussian.
  private mutating func drawResidual() {
    guard case .conjugate(let fixed, let df) = steps[0] else { return }
    let scale = scale(0, fixed, df)
    let rows = Double(density.model.statistics.rows)
    let squares = max(density.residualSquares(effects), .leastNormalMagnitude)
    variances.sigma = stream.generalizedInverseGaussian(
      p: (1 - rows) / 2, a: 1 / (scale * scale), b: squares
    ).squareRoot()
  }

  /// τ² | b: generalised inverse Gaussian.
  ///
  /// Far from zero, where b is well known, it moves well.
  private mutating func drawCentred() {
    let trials = Double(density.model.statistics.trials)
    for r in variances.tau.indices {
      guard case .conjugate(let fixed, let df) = steps[r + 1] else { continue }
      let scale = scale(r + 1, fixed, df)
      let squares = density.squaredTrialEffects(effects, term: r)
      // Below it b is rounding; the non-centred step leads away.
      guard squares > Self.least(scale) * Self.least(scale) else { continue }
      variances.tau[r] = stream.generalizedInverseGaussian(
        p: (1 - trials) / 2, a: 1 / (scale * scale), b: squares
      ).squareRoot()
    }
  }

  /// The smallest τ that is told from zero.
  private static func least(_ scale: Double) -> Double { 1e-120 * scale }

  /// τ | b / τ, coefficients integrated out: truncated normal.
  ///
  /// Near zero it moves well.
  private mutating func drawNonCentred() {
    guard steps.dropFirst().contains(where: { if case .conjugate = $0 { true } else { false } })
    else { return }
    guard
      let likelihood = density.deviationLikelihood(
        sigma: variances.sigma, tau: variances.tau, effects)
    else { return }
    for r in variances.tau.indices {
      guard case .conjugate(let fixed, _) = steps[r + 1] else { continue }
      let scale = fixed * mixing[r + 1].squareRoot()
      let precision = likelihood.precision(of: r) + 1 / (scale * scale)
      let pull = likelihood.linear(of: r, given: variances.tau)
      variances.tau[r] = max(
        stream.truncatedNormal(
          mean: pull / precision, sd: 1 / precision.squareRoot(), lower: 0), Self.least(scale))
    }
  }
}

extension GaussianGibbs: SliceStepping {
  /// The log density with a component at a place of its coordinate, where it stays.
  mutating func logDensity(_ coordinate: Int, at place: Double) -> Double {
    let component = target.free[coordinate]
    let image = target.coordinates[coordinate].image(place)
    variances[component: component] = image.value
    let prior = target.priors.logDensity(component, image.value).value + image.logJacobian
    return prior > -.infinity ? prior + density.evaluate(variances) : prior
  }
}
