import Foundation
public import MixedModels
public import Sampling

/// The priors of the variances of one model, in the order σ, then the random terms.
public struct VariancePriors: Sendable, Equatable {
  /// Of σ, then of each τ.
  public let components: [HeterogeneityPrior]
  /// A rough size of σ, where its coordinate is centred.
  public let residualScale: Double
  /// Of the correlation; nil where the model has none.
  public let correlation: CorrelationPrior?
  /// Of the SD ω of pooled effects; nil where the model pools none.
  public let omega: HeterogeneityPrior?

  /// The priors of a model's variances; `residualScale` is a rough size of σ where the data are not those
  /// of the scale of the priors, and has no influence on the posterior.
  public init(_ priors: ResolvedPriors, _ terms: ModelTerms, residualScale: Double? = nil) {
    components = [priors.sigma] + priors.tau(terms)
    let scale = residualScale ?? priors.scale.withinArmSD
    self.residualScale = scale > 0 ? scale : 1
    correlation = terms.isCorrelated ? priors.correlation : nil
    omega = terms.poolsEffects ? priors.omega : nil
  }

  /// Given priors: of σ, then of each τ.
  init(
    components: [HeterogeneityPrior], residualScale: Double, correlation: CorrelationPrior? = nil,
    omega: HeterogeneityPrior? = nil
  ) {
    self.components = components
    self.residualScale = residualScale
    self.correlation = correlation
    self.omega = omega
  }

  /// The positions of the components that are not fixed; after the SDs that of the correlation, then
  /// that of ω.
  var free: [Int] {
    components.indices.filter { components[$0].fixedValue == nil }
      + (correlation == nil ? [] : [components.count])
      + (omega == nil || omega?.fixedValue != nil ? [] : [components.count + 1])
  }

  /// Variances with the components that are fixed at their values, the others at 1.
  var start: Variances {
    let values = components.map { $0.fixedValue ?? 1 }
    return Variances(
      sigma: values[0], tau: Array(values.dropFirst()),
      omega: omega.map { $0.fixedValue ?? 1 } ?? 0)
  }

  /// The log prior density of a component and its derivative.
  func logDensity(_ component: Int, _ value: Double) -> (value: Double, slope: Double) {
    if component < components.count { return components[component].logDensity(value) }
    return
      (component == components.count
      ? correlation?.logDensity(value) : omega?.logDensity(value)) ?? (0, 0)
  }

  /// The log prior density of all components that are not fixed.
  func logDensity(_ variances: Variances) -> Double {
    var sum = components[0].logDensity(variances.sigma).value
    for r in variances.tau.indices { sum += components[r + 1].logDensity(variances.tau[r]).value }
    return sum + (correlation?.logDensity(variances.correlation).value ?? 0)
      + (omega?.logDensity(variances.omega).value ?? 0)
  }

  /// The coordinates of the free components, for a number of participants.
  ///
  /// All of them have a posterior SD of about 1, however many participants there are, so that
  /// warm-up costs no more with many than with few.
  func coordinates(rows: Int) -> [VarianceCoordinate] {
    free.map { index in
      if index > components.count, let omega { return VarianceCoordinate(heterogeneity: omega) }
      // The uniform correlation's own shape, so that its tails are normal too.
      guard index < components.count else { return .bounded(lower: -1, upper: 1) }
      guard index == 0 else { return VarianceCoordinate(heterogeneity: components[index]) }
      if case .uniform(let lower, let upper) = components[0] {
        return .bounded(lower: lower, upper: upper)
      }
      return .logarithm(
        reference: residualScale, unit: 1 / (2 * Double(max(rows, 1))).squareRoot())
    }
  }
}

/// The posterior density of the variances on unbounded coordinates, Jacobian included: what the
/// chains move on.
///
/// The coefficients and trial effects are integrated out, so it has one to five dimensions. It owns
/// a density with its workspace, and so belongs to one thread.
public final class VarianceTarget: LogDensity {
  /// The marginal density behind it.
  public let density: MarginalDensity
  let priors: VariancePriors
  let free: [Int]
  let coordinates: [VarianceCoordinate]
  // A target belongs to one thread.
  @exclusivity(unchecked)
  private var variances: Variances
  /// Whether a coordinate is the prior's own, so that its prior is standard normal on it.
  private let isStandard: [Bool]

  /// A target on the priors' coordinates, for one thread.
  public convenience init(_ model: MarginalModel, _ priors: VariancePriors) {
    self.init(model, priors, priors.coordinates(rows: model.statistics.rows))
  }

  /// A target on given coordinates of the free components.
  init(_ model: MarginalModel, _ priors: VariancePriors, _ coordinates: [VarianceCoordinate]) {
    density = MarginalDensity(model)
    self.priors = priors
    free = priors.free
    self.coordinates = coordinates
    isStandard = zip(free, coordinates).map { component, coordinate in
      component < priors.components.count && coordinate.isQuantile(of: priors.components[component])
    }
    variances = priors.start
  }

  /// The number of variances that are not fixed, of the correlation and of ω.
  public var dimension: Int { free.count }

  /// The variances at a position.
  public func variances(at position: [Double]) -> Variances {
    for (i, component) in free.enumerated() {
      set(component, coordinates[i].image(position[i]).value)
    }
    return variances
  }

  /// The position of variances inside the support.
  func position(of variances: Variances) -> [Double] {
    free.enumerated().map { i, component in
      coordinates[i].position(of: variances[component: component])
    }
  }

  /// The log posterior density at a position; its gradient is written into `gradient`.
  public func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(free.count, 1)) { slopes in
      var value = 0.0
      for (i, component) in free.enumerated() {
        if isStandard[i] {
          let image = coordinates[i].value(position[i])
          slopes[i] = image.slope
          set(component, image.value)
          value -= 0.5 * position[i] * position[i] + Self.logRootTwoPi
          gradient[i] = -position[i]
          continue
        }
        let image = coordinates[i].image(position[i])
        slopes[i] = image.slope
        set(component, image.value)
        let prior = priors.logDensity(component, image.value)
        value += prior.value + image.logJacobian
        gradient[i] = prior.slope * image.slope + image.logJacobianSlope
      }
      guard value > -.infinity else { return -.infinity }
      value += density.evaluate(variances, gradient: true)
      for (i, component) in free.enumerated() { gradient[i] += slope(component) * slopes[i] }
      return value
    }
  }

  /// The log posterior density at a position.
  func value(at position: [Double]) -> Double {
    var value = 0.0
    for (i, component) in free.enumerated() {
      let image = coordinates[i].image(position[i])
      set(component, image.value)
      value -=
        isStandard[i]
        ? 0.5 * position[i] * position[i] + Self.logRootTwoPi
        : -(priors.logDensity(component, image.value).value + image.logJacobian)
    }
    // Not a number where an SD has left the range of doubles.
    return value > -.infinity ? value + density.evaluate(variances) : -.infinity
  }

  private static let logRootTwoPi = 0.5 * log(2 * Double.pi)

  private func slope(_ component: Int) -> Double {
    switch component - variances.tau.count {
    case 1: density.gradientCorrelation
    case 2: density.gradientOmega
    default: component == 0 ? density.gradientSigma : density.gradientTau[component - 1]
    }
  }

  private func set(_ component: Int, _ value: Double) { variances[component: component] = value }
}

extension Variances {
  /// σ at 0, then each τ, then the correlation, then ω.
  subscript(component component: Int) -> Double {
    get {
      switch component - tau.count {
      case 1: correlation
      case 2: omega
      default: component == 0 ? sigma : tau[component - 1]
      }
    }
    set {
      switch component - tau.count {
      case 1: correlation = newValue
      case 2: omega = newValue
      default:
        if component == 0 { sigma = newValue } else { tau[component - 1] = newValue }
      }
    }
  }
}
