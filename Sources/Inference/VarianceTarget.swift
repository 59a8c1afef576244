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

  /// The priors of a model's variances.
  public init(_ priors: ResolvedPriors, _ terms: ModelTerms) {
    components = [priors.sigma] + priors.tau(terms)
    residualScale = priors.scale.withinArmSD > 0 ? priors.scale.withinArmSD : 1
    correlation = terms.isCorrelated ? priors.correlation : nil
  }

  /// Given priors: of σ, then of each τ.
  init(
    components: [HeterogeneityPrior], residualScale: Double, correlation: CorrelationPrior? = nil
  ) {
    self.components = components
    self.residualScale = residualScale
    self.correlation = correlation
  }

  /// The positions of the components that are not fixed; after the SDs that of the correlation.
  var free: [Int] {
    components.indices.filter { components[$0].fixedValue == nil }
      + (correlation == nil ? [] : [components.count])
  }

  /// The log prior density of a component and its derivative.
  func logDensity(_ component: Int, _ value: Double) -> (value: Double, slope: Double) {
    guard component == components.count, let correlation else {
      return components[component].logDensity(value)
    }
    return correlation.logDensity(value)
  }

  /// The log prior density of all components that are not fixed.
  func logDensity(_ variances: Variances) -> Double {
    var sum = components[0].logDensity(variances.sigma).value
    for r in variances.tau.indices { sum += components[r + 1].logDensity(variances.tau[r]).value }
    return sum + (correlation?.logDensity(variances.correlation).value ?? 0)
  }

  /// The coordinates of the free components, for a number of participants.
  ///
  /// All of them have a posterior SD of about 1, however many participants there are, so that
  /// warm-up costs no more with many than with few.
  func coordinates(rows: Int) -> [VarianceCoordinate] {
    free.map { index in
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
/// The coefficients and trial effects are integrated out, so it has one to four dimensions. It owns
/// a density with its workspace, and so belongs to one thread.
public final class VarianceTarget: LogDensity {
  /// The marginal density behind it.
  public let density: MarginalDensity
  let priors: VariancePriors
  let free: [Int]
  let coordinates: [VarianceCoordinate]
  private var variances: Variances

  /// A target for one thread.
  public init(_ model: MarginalModel, _ priors: VariancePriors) {
    density = MarginalDensity(model)
    self.priors = priors
    free = priors.free
    coordinates = priors.coordinates(rows: model.statistics.rows)
    let values = priors.components.map { $0.fixedValue ?? 1 }
    variances = Variances(sigma: values[0], tau: Array(values.dropFirst()))
  }

  /// The number of variances that are not fixed, and of the correlation.
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
    var value = 0.0
    for (i, component) in free.enumerated() {
      let image = coordinates[i].image(position[i])
      let prior = priors.logDensity(component, image.value)
      value += prior.value + image.logJacobian
      gradient[i] = prior.slope * image.slope + image.logJacobianSlope
      set(component, image.value)
    }
    guard value > -.infinity else { return -.infinity }
    value += density.evaluate(variances, gradient: true)
    for (i, component) in free.enumerated() {
      gradient[i] += slope(component) * coordinates[i].image(position[i]).slope
    }
    return value
  }

  /// The log posterior density at a position.
  func value(at position: [Double]) -> Double {
    var value = 0.0
    for (i, component) in free.enumerated() {
      let image = coordinates[i].image(position[i])
      value += priors.logDensity(component, image.value).value + image.logJacobian
      set(component, image.value)
    }
    // Not a number where an SD has left the range of doubles.
    return value > -.infinity ? value + density.evaluate(variances) : -.infinity
  }

  private func slope(_ component: Int) -> Double {
    if component == 0 { return density.gradientSigma }
    return component > variances.tau.count
      ? density.gradientCorrelation : density.gradientTau[component - 1]
  }

  private func set(_ component: Int, _ value: Double) { variances[component: component] = value }
}

extension Variances {
  /// σ at 0, then each τ, then the correlation.
  subscript(component component: Int) -> Double {
    get {
      if component == 0 { return sigma }
      return component > tau.count ? correlation : tau[component - 1]
    }
    set {
      if component == 0 {
        sigma = newValue
      } else if component > tau.count {
        correlation = newValue
      } else {
        tau[component - 1] = newValue
      }
    }
  }
}
