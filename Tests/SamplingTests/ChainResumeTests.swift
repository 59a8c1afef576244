import Numerics
import Posterior
import Testing

@testable import Sampling

@Suite("Chains that go on")
struct ChainResumeTests {
  private let density = NormalTarget(means: [3, -1], scales: [0.2, 4])

  private func plan(part: Int = 1, threads: Int = 1) -> SamplerPlan {
    var plan = SamplerPlan(chains: 2, warmup: 400, draws: 600, seed: 5)
    plan.part = part
    plan.threads = threads
    return plan
  }

  private func states(_ chains: [ChainDraws]) -> [ChainState] {
    chains.map {
      ChainState(
        position: Array($0.positions.suffix($0.dimension)), stepSize: $0.stepSize,
        inverseMetric: $0.inverseMetric)
    }
  }

  private func begun() throws -> [ChainDraws] {
    try ChainGroup(plan: plan(part: 0)).run(density, from: .jittered(around: [3, -1], radius: 1))
  }

  // Four means against exact ones at four Monte-Carlo errors: a false alarm in 2.5e-4 of seeds.
  @Test func drawsAreOfTheSameDistribution() throws {
    let target = density
    let further = try ChainGroup(plan: plan()).resume(states(try begun())) { _ in target }
    for (i, (mean, scale)) in [(3.0, 0.2), (-1.0, 4.0)].enumerated() {
      for power in [1, 2] {
        let draws = OrderedChains(
          ChainValues(
            further.map { chain in
              chain.coordinate(i).map {
                let z = ($0 - mean) / scale
                return power == 1 ? z : z * z
              }
            }))
        let error = try #require(draws.mcseMean)
        #expect(abs(draws.mean - (power == 1 ? 0 : 1)) < 4 * error)
      }
    }
  }

  @Test func theyStartWhereTheLastDrawWasAndKeepStepAndMetric() throws {
    let target = density
    let first = try begun()
    let further = try ChainGroup(plan: plan()).resume(states(first)) { _ in target }
    for (old, new) in zip(first, further) {
      #expect(new.stepSize == old.stepSize)
      #expect(new.inverseMetric == old.inverseMetric)
      #expect(new.count == 600)
      // The same random numbers would repeat the first draws' energies.
      #expect(new.transitions.map(\.energy) != old.transitions.map(\.energy))
    }
    // A chain that starts far out and is not moved far by a tiny step has not left its start.
    let far = [ChainState(position: [50, 7], stepSize: 1e-9, inverseMetric: [1, 1])]
    var short = plan()
    short.draws = 1
    let stuck = try ChainGroup(plan: short).resume(far) { _ in target }
    #expect(abs(stuck[0].positions[0] - 50) < 1e-3)
  }

  @Test func threadsChangeNothing() throws {
    let target = density
    let states = states(try begun())
    let one = try ChainGroup(plan: plan()).resume(states) { _ in target }
    let two = try ChainGroup(plan: plan(threads: 2)).resume(states) { _ in target }
    #expect(one == two)
    let other = try ChainGroup(plan: plan(part: 2)).resume(states) { _ in target }
    #expect(one != other)
  }

  @Test(arguments: [
    ChainState(position: [0], stepSize: 1, inverseMetric: [1]),
    ChainState(position: [0, 0], stepSize: 1, inverseMetric: [1]),
    ChainState(position: [0, 0], stepSize: 1, inverseMetric: [1, 0]),
    ChainState(position: [0, 0], stepSize: 0, inverseMetric: [1, 1]),
    ChainState(position: [0, .nan], stepSize: 1, inverseMetric: [1, 1]),
  ])
  func statesThatDoNotFitAreRefused(state: ChainState) {
    let target = density
    let good = ChainState(position: [0, 0], stepSize: 1, inverseMetric: [1, 1])
    #expect(throws: SamplingError.notResumable(chain: 1)) {
      _ = try ChainGroup(plan: plan()).resume([good, state]) { _ in target }
    }
  }
}
