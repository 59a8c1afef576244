import Foundation
import Numerics

/// The null distribution of the largest LM form of a score process after the levels of an ordered
/// variable, max_l ‖Z_l‖², by recursion.
///
/// After level l the process is Z_l, k independent standard normals, with correlation
/// sqrt(T_a (1 − T_b) / (T_b (1 − T_a))) between levels a < b, T being the shares of participants up
/// to them. Correlations multiply along the levels, so Z is a Markov chain, and so is its length R:
/// given the length r at one level, (R/s)² at a neighbouring one is noncentral chi-squared with k
/// degrees of freedom and noncentrality (ρr/s)², s² = 1 − ρ². The chain is reversible. With
/// u_1 = 1 and
///
///     u_l(r) = P(R_1, …, R_(l−1) ≤ c | R_l = r) = ∫₀ᶜ f(r' | r) u_(l−1)(r') dr',
///
/// the event is split by the level at which c is passed first:
///
///     P(max R > c) = P(χ_k > c) · (1 + Σ_(l>1) E[u_l(R) | R > c]).
///
/// No term cancels another, and the only small number stands in front: log P keeps its relative
/// accuracy however far in the tail. R simulates this distribution (`ordL2BB` of strucchange) or
/// integrates it by quasi-Monte-Carlo (`pmvnorm` of mvtnorm, k = 1).
struct OrderedMaximum {
  /// The correlation of the process at two neighbouring levels, and the conditional SD.
  private struct Step {
    var correlation: Double
    var deviation: Double
  }

  /// The number of parameters.
  let parameters: Int
  private let steps: [Step]

  /// The distribution for levels with some participants each, at least two of them.
  init(parameters: Int, counts: [Double]) {
    self.parameters = parameters
    var above = [Double](repeating: 0, count: counts.count + 1)
    for level in counts.indices.reversed() { above[level] = above[level + 1] + counts[level] }
    var below = counts.first ?? 0
    var steps: [Step] = []
    for level in counts.indices.dropFirst().dropLast() {
      let (left, right) = (above[level], above[level + 1])
      let next = below + counts[level]
      steps.append(
        Step(
          correlation: (below * right / (next * left)).squareRoot(),
          // 1 − ρ², without its cancellation.
          deviation: (counts[level] * above[0] / (next * left)).squareRoot()))
      below = next
    }
    self.steps = steps
  }

  /// log P(max_l ‖Z_l‖² > statistic).
  func logUpperTail(_ statistic: Double) -> Double {
    let single = Distributions.logChiSquaredUpperTail(statistic, df: Double(parameters))
    guard let finest = steps.map(\.deviation).min(), statistic > 1e-12 else { return single }
    let c = statistic.squareRoot()
    let inside = PanelGrid(from: c, to: 0, finest: finest, coarsest: c)
    let outside = tailGrid(c: c, finest: finest, single: single)
    let weights = tailWeights(outside, c: c)
    var survival = [Double](repeating: 1, count: inside.nodes.count)
    var passes = 1.0
    for (place, step) in steps.enumerated() {
      let kernel = RadialKernel(
        parameters: parameters, correlation: step.correlation, deviation: step.deviation)
      for (y, weight) in zip(outside.nodes, weights) {
        let radius = (c * c + 2 * y).squareRoot()
        passes += weight * inside.integral(of: survival, kernel, at: radius)
      }
      guard place + 1 < steps.count else { break }
      survival = inside.nodes.map { inside.integral(of: survival, kernel, at: $0) }
    }
    return min(0, single + log(passes))
  }

  /// Where the length beyond c is read: nodes for y = (R² − c²)/2, up to where the tail is 10⁻¹⁵ of
  /// that beyond c.
  private func tailGrid(c: Double, finest: Double, single: Double) -> PanelGrid {
    var end = 20.0
    while Distributions.logChiSquaredUpperTail(c * c + 2 * end, df: Double(parameters))
      > single - 34
    { end += 10 }
    return PanelGrid(
      from: 0, to: end, finest: min(c * finest, c * c / 2, 2), coarsest: 8)
  }

  /// The weights that make a mean over R > c of values at the nodes.
  private func tailWeights(_ grid: PanelGrid, c: Double) -> [Double] {
    let power = Double(parameters - 2) / 2
    let logs = grid.nodes.map { power * log(c * c + 2 * $0) - $0 }
    let largest = logs.max() ?? 0
    let weights = zip(logs, grid.weights).map { exp($0 - largest) * $1 }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}

/// The density of the length of one normal vector given that of another.
struct RadialKernel {
  /// The correlation of the vectors, component by component.
  let correlation: Double
  /// sqrt(1 − ρ²).
  let deviation: Double
  /// The lengths given another that have all but 10⁻¹⁶ of the probability lie this far below ρr, in
  /// units of the deviation, and this far above.
  let reach: (below: Double, above: Double)
  /// The length over which 16 points integrate the density to 10⁻¹¹.
  var piece: Double { 6 * deviation }
  private let parameters: Int
  private let logConstant: Double
  private let order: Double
  private let logGammaOfNext: Double

  init(parameters k: Int, correlation: Double, deviation: Double) {
    parameters = k
    self.correlation = correlation
    self.deviation = deviation
    order = Double(k) / 2 - 1
    logGammaOfNext = logGamma(order + 1)
    logConstant = -Double(k) * log(deviation) - order * log(2) - logGammaOfNext
    reach = (8.3, 8.3 + Double(k - 1).squareRoot())
  }

  /// f(r' | r) = r'^(k−1) e^(−(r' − ρr)²/2s²) Λ(ρrr'/s²) / (s^k 2^ν Γ(ν + 1)), ν = k/2 − 1, with
  /// Λ(x) = e^(−x) Γ(ν + 1) (2/x)^ν I_ν(x).
  func density(_ length: Double, given other: Double) -> Double {
    let z = (length - correlation * other) / deviation
    let x = correlation * other * length / (deviation * deviation)
    let power = parameters == 1 ? 0 : Double(parameters - 1) * log(length)
    return exp(logConstant + power - z * z / 2) * normalisedBessel(x)
  }

  /// Λ, 1 at 0 and falling.
  private func normalisedBessel(_ x: Double) -> Double {
    switch parameters {
    case 1: (1 + exp(-2 * x)) / 2
    case 2: Distributions.scaledBesselI(order: 0, x)
    case 3 where x > 0.1: -expm1(-2 * x) / (2 * x)
    default: x < min(max(25, order * order / 2), 500) ? series(x) : scaledTail(x)
    }
  }

  /// e^(−x) Σ_j (x²/4)^j / (j! (ν + 1)_j).
  private func series(_ x: Double) -> Double {
    let quarter = x * x / 4
    var term = 1.0
    var sum = 1.0
    var j = 1.0
    repeat {
      term *= quarter / (j * (order + j))
      sum += term
      j += 1
    } while term > 1e-17 * sum
    return exp(-x) * sum
  }

  /// Hankel's expansion where its terms fall from the first, else the library's function.
  private func scaledTail(_ x: Double) -> Double {
    let bessel =
      x > order * order / 2
      ? hankel(x) : Distributions.scaledBesselI(order: order, x)
    return exp(logGammaOfNext + order * log(2 / x)) * bessel
  }

  private func hankel(_ x: Double) -> Double {
    let mu = 4 * order * order
    var term = 1.0
    var sum = 1.0
    for j in 1...30 {
      let odd = Double(2 * j - 1)
      let next = -term * (mu - odd * odd) / (8 * x * Double(j))
      guard abs(next) < abs(term) else { break }
      term = next
      sum += term
      if abs(term) < 1e-17 { break }
    }
    return sum / (2 * Double.pi * x).squareRoot()
  }
}

private func logGamma(_ x: Double) -> Double {
  let result: (value: Double, sign: Int) = lgamma(x)
  return result.value
}
