import Foundation
import Numerics
import Posterior
import Synchronization
import Testing

@testable import Sampling

@Suite("Groups of chains")
struct ChainGroupTests {
  private func run(
    _ density: any LogDensity & Sendable, warmup: Int = 400, draws: Int = 500, seed: UInt64 = 1,
    target: Double = 0.8
  ) throws -> [ChainDraws] {
    var plan = SamplerPlan(chains: 4, warmup: warmup, draws: draws, seed: seed)
    plan.targetAcceptance = target
    plan.threads = 2
    let center = [Double](repeating: 0.5, count: density.dimension)
    return try ChainGroup(plan: plan).run(density, from: .jittered(around: center, radius: 0.5))
  }

  /// Expects a function's mean over all draws within four Monte-Carlo errors of its exact mean.
  ///
  /// That is a false alarm of 6e-5 for a seed chosen at random; the seeds are fixed.
  private func expectMean(
    _ chains: [ChainDraws], _ exact: Double, _ function: ([Double]) -> Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let values = ChainValues(
      chains.map { chain in
        (0..<chain.count).map { s in
          function(Array(chain.positions[(s * chain.dimension)..<((s + 1) * chain.dimension)]))
        }
      })
    let draws = OrderedChains(values)
    let error = try #require(draws.mcseMean)
    #expect(
      abs(draws.mean - exact) < 4 * error, "\(draws.mean) ± \(error) for \(exact)",
      sourceLocation: sourceLocation)
    let rhat = try #require(draws.rhat(NormalScores(count: draws.splitCount)))
    #expect(rhat < 1.03, sourceLocation: sourceLocation)
  }

  @Test(arguments: [1, 2, 5, 12])
  func momentsOfNormals(dimension: Int) throws {
    let means = (0..<dimension).map { 3 - Double($0) }
    let scales = (0..<dimension).map { 0.2 + 0.7 * Double($0) }
    let chains = try run(NormalTarget(means: means, scales: scales))
    for i in Set([0, dimension / 2, dimension - 1]) {
      let z = { (q: [Double]) in (q[i] - means[i]) / scales[i] }
      try expectMean(chains, 0) { z($0) }
      try expectMean(chains, 1) { z($0) * z($0) }
      try expectMean(chains, 0) { z($0) * z($0) * z($0) }
      // P(z <= 1), by R's pnorm.
      try expectMean(chains, 0.841_344_746_068_543) { z($0) <= 1 ? 1 : 0 }
    }
    if dimension > 1 {
      try expectMean(chains, 0) { ($0[0] - means[0]) * ($0[1] - means[1]) }
    }
    #expect(chains.allSatisfy { $0.transitions.allSatisfy { !$0.divergent } })
  }

  @Test func momentsOfCorrelatedNormals() throws {
    let chains = try run(CorrelatedTarget(correlation: 0.95))
    try expectMean(chains, 0) { $0[0] }
    try expectMean(chains, 1) { $0[1] * $0[1] }
    try expectMean(chains, 0.95) { $0[0] * $0[1] }
  }

  // E log Y = digamma(2.5) and its variance trigamma(2.5), by R.
  @Test func momentsOfALogGamma() throws {
    let chains = try run(LogGammaTarget(shape: 2.5))
    try expectMean(chains, 2.5) { exp($0[0]) }
    try expectMean(chains, 8.75) { exp(2 * $0[0]) }
    try expectMean(chains, 0.703_156_640_645_243) { $0[0] }
    try expectMean(chains, 0.490_357_756_100_235) { pow($0[0] - 0.703_156_640_645_243, 2) }
  }

  @Test func hardEdgeOfTheSupportIsRespected() throws {
    let chains = try run(ExponentialTarget())
    #expect(chains.allSatisfy { $0.positions.allSatisfy { $0 >= 0 } })
    // Trajectories that cross the edge have an infinite energy error.
    #expect(chains.contains { $0.transitions.contains(where: \.divergent) })
  }

  @Test func funnelIsFlaggedAsDivergent() throws {
    let funnel = try run(FunnelTarget(dimension: 6))
    #expect(funnel.reduce(0) { $0 + $1.transitions.count(where: \.divergent) } > 5)
  }

  @Test func adaptationMeetsTargetAndScales() throws {
    let scales = [0.1, 1, 30]
    let density = NormalTarget(means: [0, 0, 0], scales: scales)
    let chains = try run(density, warmup: 1000, draws: 300)
    for chain in chains {
      for (variance, scale) in zip(chain.inverseMetric, scales) {
        // The last window has 500 nearly independent draws: an SD of 6 % of the variance.
        #expect(abs(variance / (scale * scale) - 1) < 0.5)
      }
      let acceptance = chain.transitions.reduce(0) { $0 + $1.acceptance } / Double(chain.count)
      #expect(acceptance > 0.75 && acceptance < 0.97)
    }
    let careful = try run(density, warmup: 1000, draws: 300, target: 0.97)
    for (a, b) in zip(careful, chains) { #expect(a.stepSize < b.stepSize) }
  }

  @Test func drawsDoNotDependOnThreads() throws {
    let density = NormalTarget(means: [0, 0], scales: [1, 2])
    var plan = SamplerPlan(chains: 5, warmup: 60, draws: 40, seed: 3)
    let starts = StartingPoints.jittered(around: [0, 0], radius: 2)
    let one = try ChainGroup(plan: plan).run(density, from: starts)
    for threads in [2, 8] {
      plan.threads = threads
      #expect(try ChainGroup(plan: plan).run(density, from: starts) == one)
    }
    #expect(one.count == 5)
    #expect(one.allSatisfy { $0.count == 40 && $0.positions.count == 80 })
    // More chains leave the first ones as they are.
    plan.chains = 6
    #expect(Array(try ChainGroup(plan: plan).run(density, from: starts).prefix(5)) == one)
  }

  @Test func seedPartAndChainAllMatter() throws {
    let density = NormalTarget(means: [0], scales: [1])
    var plan = SamplerPlan(chains: 2, warmup: 20, draws: 10, seed: 3)
    let starts = StartingPoints.fixed([[0.5]])
    let base = try ChainGroup(plan: plan).run(density, from: starts)
    #expect(base[0].positions != base[1].positions)
    plan.part = 1
    #expect(try ChainGroup(plan: plan).run(density, from: starts)[0] != base[0])
    (plan.part, plan.seed) = (0, 4)
    #expect(try ChainGroup(plan: plan).run(density, from: starts)[0] != base[0])
  }

  @Test func coordinatesAreColumnsOfThePositions() throws {
    let chain = try run(NormalTarget(means: [0, 50], scales: [1, 1]), warmup: 150, draws: 20)[0]
    #expect(chain.coordinate(0).count == 20)
    #expect(chain.coordinate(0).allSatisfy { abs($0) < 10 })
    #expect(chain.coordinate(1).allSatisfy { abs($0 - 50) < 10 })
  }

  @Test func startingPointsAreTriedAgain() throws {
    // Half of the box is outside the support.
    let plan = SamplerPlan(chains: 8, warmup: 10, draws: 5)
    let chains = try ChainGroup(plan: plan).run(
      ExponentialTarget(), from: .jittered(around: [0], radius: 1))
    #expect(chains.count == 8)
    #expect(throws: SamplingError.noUsableStart(chain: 0, attempts: 100)) {
      try ChainGroup(plan: plan).run(ExponentialTarget(), from: .fixed([[-1]]))
    }
  }

  @Test func densityWithoutCoordinatesHasEmptyDraws() throws {
    let chains = try run(PointTarget(), warmup: 30, draws: 7)
    #expect(chains.allSatisfy { $0.positions.isEmpty && $0.count == 7 })
    #expect(chains[0].transitions.allSatisfy { $0.logDensity == -1.5 })
  }

  @Test func flatDensityIsImproper() {
    #expect(throws: SamplingError.improperDensity(chain: 0)) {
      try run(RuleTarget { _ in (0, 0) })
    }
  }

  @Test func densityThatVanishesHasNoStepSize() {
    // Finite when it is first asked, never again.
    let plan = SamplerPlan(chains: 1, warmup: 10, draws: 5)
    let counter = CallCounter()
    let density = RuleTarget { _ in (counter.next() == 0 ? 0 : -.infinity, 0) }
    #expect(throws: SamplingError.noStepSize(chain: 0)) {
      try ChainGroup(plan: plan).run(density, from: .fixed([[0]]))
    }
  }

  @Test func settingsAreChecked() {
    let density = NormalTarget(means: [0], scales: [1])
    func refuses(_ change: (inout SamplerPlan) -> Void) -> Bool {
      var plan = SamplerPlan(chains: 1, warmup: 1, draws: 1)
      change(&plan)
      do throws(SamplingError) {
        _ = try ChainGroup(plan: plan).run(density, from: .fixed([[0]]))
        return false
      } catch {
        if case .invalidPlan = error { return true }
        return false
      }
    }
    #expect(!refuses { _ in })
    #expect(!refuses { $0.warmup = 0 })
    #expect(refuses { $0.chains = 0 })
    #expect(refuses { $0.warmup = -1 })
    #expect(refuses { $0.draws = 0 })
    #expect(refuses { $0.threads = 0 })
    #expect(refuses { $0.maxTreeDepth = 0 })
    #expect(refuses { $0.maxTreeDepth = 61 })
    #expect(refuses { $0.targetAcceptance = 1 })
    #expect(refuses { $0.targetAcceptance = .nan })
  }

  @Test func progressIsReportedAndTheRunCanBeStopped() throws {
    let density = NormalTarget(means: [0], scales: [1])
    var plan = SamplerPlan(chains: 2, warmup: 150, draws: 130)
    plan.threads = 2
    let sink = RecordingSink()
    _ = try ChainGroup(plan: plan, monitor: RunMonitor(sink: sink)).run(
      density, from: .fixed([[0]]))
    for chain in 0..<2 {
      let heard = sink.events.filter { $0.chain == chain }
      #expect(heard.map(\.completed) == [100, 200, 280])
      #expect(heard.allSatisfy { $0.total == 280 })
    }
    let asked = CallCounter()
    let monitor = RunMonitor(isCancelled: { asked.next() >= 30 })
    #expect(throws: SamplingError.cancelled) {
      try ChainGroup(plan: plan, monitor: monitor).run(density, from: .fixed([[0]]))
    }
    // Each of the two chains asks once more at most.
    #expect(asked.next() <= 32)
  }
}

/// Counts calls from any thread.
private final class CallCounter: Sendable {
  private let calls = Atomic<Int>(0)

  func next() -> Int { calls.wrappingAdd(1, ordering: .relaxed).oldValue }
}
