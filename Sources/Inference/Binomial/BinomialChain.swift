import MixedModels
import Numerics
import Posterior
import Sampling

/// The draws of one chain of a binomial posterior as parameters.
struct BinomialChain: Sendable {
  /// Quantity after quantity: coefficients, random terms trial by trial, the SDs, the correlation.
  private var values: [Double]
  private let effects: Int
  private let deviations: Int
  private let count: Int
  private var next = 0
  /// The sums over the draws of the random terms' conditional means.
  private(set) var trialEffects: [Double]
  /// ω and the mean of pooled effects; empty where effects are not pooled.
  private(set) var omega: [Double] = []
  private(set) var meanEffect: [Double] = []
  /// What the sampler says of each draw.
  var record = SamplerRecord()

  /// A chain that will have a number of draws.
  init(_ model: BinomialModel, count: Int) {
    self.count = count
    let terms = model.trials * model.terms.randomTerms
    effects = model.roles.count + terms
    deviations = model.deviations
    values = [Double](repeating: 0, count: (effects + deviations) * count)
    trialEffects = [Double](repeating: 0, count: terms)
  }

  /// The draws of a chain on the coordinates of a target, position after position.
  init(
    _ model: BinomialModel, _ coordinates: BinomialCoordinates, _ positions: [Double], index: Int,
    plan: SamplerPlan
  ) {
    self.init(model, count: plan.draws)
    var stream = RandomStream(
      seed: plan.seed, purpose: "mean effect", index: index, part: plan.part)
    let target = BinomialTarget(model, coordinates)
    var means = BinomialTrialMeans(model)
    var position = [Double](repeating: 0, count: target.dimension)
    var draw = [Double](repeating: 0, count: effects)
    var spread = [Double](repeating: 0, count: deviations)
    for s in 0..<plan.draws {
      for i in position.indices { position[i] = positions[s * position.count + i] }
      target.parameters(at: position, into: &draw, deviations: &spread)
      means.add(draw, spread)
      if let pooling = model.pooling, let omega = target.omega(at: position) {
        append(
          omega: omega,
          meanEffect: pooling.drawMean(draw, omega: omega, normal: stream.normal()))
      }
      draw.withUnsafeBufferPointer { draw in
        spread.withUnsafeBufferPointer { append(draw, $0) }
      }
    }
    trialEffects = means.sums
  }

  /// Takes in a draw: coefficients and random terms, then the SDs and the correlation.
  mutating func append(
    _ draw: UnsafeBufferPointer<Double>, _ spread: UnsafeBufferPointer<Double>
  ) {
    for i in 0..<effects { values[i * count + next] = draw[i] }
    for r in 0..<deviations { values[(effects + r) * count + next] = spread[r] }
    next += 1
  }

  /// Takes in what pooled effects have besides.
  mutating func append(omega: Double, meanEffect: Double) {
    self.omega.append(omega)
    self.meanEffect.append(meanEffect)
  }

  /// Adds the conditional means of one draw's random terms.
  mutating func addTrialEffects(_ means: UnsafeBufferPointer<Double>) {
    for i in trialEffects.indices { trialEffects[i] += means[i] }
  }

  /// The draws of a quantity.
  func draws(of quantity: Int) -> ArraySlice<Double> {
    values[(quantity * count)..<((quantity + 1) * count)]
  }
}
