import MixedModels
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

  /// The draws of a chain on the coordinates of a target.
  init(_ model: BinomialModel, _ coordinates: BinomialCoordinates, _ chain: ChainDraws) {
    self.init(model, count: chain.count)
    let target = BinomialTarget(model, coordinates)
    var means = BinomialTrialMeans(model)
    var position = [Double](repeating: 0, count: chain.dimension)
    var draw = [Double](repeating: 0, count: effects)
    var spread = [Double](repeating: 0, count: deviations)
    for s in 0..<chain.count {
      for i in position.indices { position[i] = chain.positions[s * position.count + i] }
      target.parameters(at: position, into: &draw, deviations: &spread)
      means.add(draw, spread)
      draw.withUnsafeBufferPointer { draw in
        spread.withUnsafeBufferPointer { append(draw, $0) }
      }
    }
    trialEffects = means.sums
    record = SamplerRecord(chain)
  }

  /// Takes in a draw: coefficients and random terms, then the SDs and the correlation.
  mutating func append(
    _ draw: UnsafeBufferPointer<Double>, _ spread: UnsafeBufferPointer<Double>
  ) {
    for i in 0..<effects { values[i * count + next] = draw[i] }
    for r in 0..<deviations { values[(effects + r) * count + next] = spread[r] }
    next += 1
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
