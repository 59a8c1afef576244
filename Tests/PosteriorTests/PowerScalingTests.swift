import Foundation
import Numerics
import Testing

@testable import Posterior

/// Power-scaling against figures of R's priorsense and against what can be worked out by hand.
@Suite("Power-scaling") struct PowerScalingTests {
  /// Normal scores of 200 draws, and the log density −½ (x − 1)² at each.
  private static let draws = (1...200).map {
    Distributions.normalQuantile((Double($0) - 0.5) / 200)
  }
  private static let densities = draws.map { -0.5 * ($0 - 1) * ($0 - 1) }

  private static func weights(power: Double) -> [Double] {
    let raw = densities.map { exp((power - 1) * $0) }
    let total = raw.reduce(0, +)
    return raw.map { $0 / total }
  }

  @Test("Distances and sensitivity are those of priorsense")
  func reference() throws {
    let up = try #require(PowerScaling.distance(Self.draws, Self.weights(power: 1.01)))
    let down = try #require(PowerScaling.distance(Self.draws, Self.weights(power: 0.99)))
    #expect(abs(up - 0.0032772736) < 1e-10)
    #expect(abs(down - 0.0033171577) < 1e-10)
    let scaling = PowerScaling(unsmoothed: Self.densities)
    let sensitivity = try #require(scaling.sensitivity(of: Self.draws))
    #expect(abs(sensitivity - 0.22853676) < 1e-8)
  }

  @Test("Location, scale and sign of a quantity, the order of draws and a constant do not matter")
  func invariance() throws {
    let scaling = PowerScaling(logDensities: Self.densities)
    let sensitivity = try #require(scaling.sensitivity(of: Self.draws))
    for map in [{ 3 * $0 + 7 }, { -$0 }, { -0.01 * $0 - 2 }] as [@Sendable (Double) -> Double] {
      let other = try #require(scaling.sensitivity(of: Self.draws.map(map)))
      #expect(abs(other - sensitivity) < 1e-12)
    }
    let order = Self.draws.indices.map { ($0 * 77) % 200 }
    let shuffled = PowerScaling(logDensities: order.map { Self.densities[$0] - 1e6 })
    let other = try #require(shuffled.sensitivity(of: order.map { Self.draws[$0] }))
    #expect(abs(other - sensitivity) < 1e-6)
  }

  // ψ = x under a base N(0, 1) and the part N(1, 1): a power a moves the mean by (a − 1)(1 − 0) to first
  // order, the spread too; another part with ten times the precision moves it further.
  @Test("What does not depend on a part does not move with it, and a sharper part moves it more")
  func strength() throws {
    let flat = PowerScaling(logDensities: [Double](repeating: -3, count: 200))
    // The root of what rounding leaves of zero.
    #expect(try #require(flat.sensitivity(of: Self.draws)) < 1e-5)
    let sharp = PowerScaling(logDensities: Self.densities.map { 10 * $0 })
    let weak = PowerScaling(logDensities: Self.densities.map { 0.1 * $0 })
    let all = try [weak, PowerScaling(logDensities: Self.densities), sharp].map {
      try #require($0.sensitivity(of: Self.draws))
    }
    #expect(all[0] < all[1] && all[1] < all[2])
  }

  @Test("Constant draws have no sensitivity; heavy weights are not relied on")
  func degenerate() {
    let scaling = PowerScaling(logDensities: Self.densities)
    #expect(scaling.sensitivity(of: [Double](repeating: 2, count: 200)) == nil)
    #expect(scaling.isReliable)
    let wild = PowerScaling(logDensities: Self.draws.map { exp(4 * abs($0)) })
    #expect(!wild.isReliable)
  }

  @Test(
    "The verdict follows from both sensitivities",
    arguments: [
      (0.06, 0.06, PowerScalingVerdict.conflict), (0.06, 0.01, .weakLikelihood),
      (0.01, 0.5, .none), (0.01, 0.01, .none),
    ])
  func verdict(prior: Double, likelihood: Double, expected: PowerScalingVerdict) {
    #expect(PowerScalingVerdict(prior: prior, likelihood: likelihood) == expected)
    #expect(PowerScalingVerdict(prior: nil, likelihood: likelihood) == .none)
  }
}
