import Inference
import Numerics
import Posterior
import Sampling

/// One round of simulation-based calibration (Talts and others 2018, algorithm 2): parameters from the
/// prior, data from the parameters, draws from the posterior, the rank of the former among the latter.
struct Replicate: Sendable {
  let layout: TrialLayout
  let priors: ResolvedPriors
  let quantities: [Quantity]
  let source: any PosteriorSource
  let plan: CalibrationPlan

  /// What came of a replicate.
  struct Outcome: Sendable {
    /// The rank of each quantity, 0 to the number of kept draws; nil where the fit failed.
    var ranks: [Int]?
    /// Divergent transitions of the last fit.
    var divergences = 0
    /// Whether the chains stayed too short to keep nearly independent draws.
    var isDependent = false
  }

  /// Random streams of a scenario and a sampler.
  private func stream(_ purpose: String, _ index: Int) -> RandomStream {
    RandomStream(
      seed: plan.seed,
      purpose: StreamPurpose(
        stringLiteral: "calibration \(purpose) \(layout.scenario.name) \(source.name)"),
      index: index)
  }

  /// Runs the replicate of an index.
  func run(_ index: Int) throws(CalibrationError) -> Outcome {
    var truthStream = stream("truth", index)
    let truth = JointParameters(layout.scenario, priors, &truthStream)
    let data = SimulatedTrials(layout, truth, &truthStream)
    var seeds = stream("chains", index)
    let seed = seeds.next()
    var outcome = Outcome()
    var length = (plan.firstLength + plan.chains - 1) / plan.chains
    for doubling in 0...CalibrationPlan.doublings {
      let draws: PosteriorDraws
      do {
        draws = try source.draws(
          of: data,
          plan: SamplerPlan(chains: plan.chains, warmup: plan.warmup, draws: length, seed: seed))
      } catch .sampling {
        return outcome
      }
      // The same stream for every length: the chains go on, and so do these.
      var rankStream = stream("ranks", index)
      let values = values(of: draws.parameters, data, &rankStream)
      outcome.isDependent = smallestSize(values) < plan.neededSize
      outcome.divergences = draws.divergences
      if outcome.isDependent, doubling < CalibrationPlan.doublings {
        length *= 2
        continue
      }
      outcome.ranks = ranks(of: truth, among: values, data, &rankStream)
      break
    }
    return outcome
  }

  /// The draws of each quantity.
  private func values(
    of draws: [JointParameters], _ data: SimulatedTrials, _ stream: inout RandomStream
  ) -> [[Double]] {
    var values = [[Double]](repeating: [], count: quantities.count)
    for i in values.indices { values[i].reserveCapacity(draws.count) }
    for draw in draws {
      let newTrial = stream.normal()
      for (i, quantity) in quantities.enumerated() {
        values[i].append(quantity.value(draw, data, newTrial: newTrial))
      }
    }
    return values
  }

  /// The smallest bulk or tail effective sample size of a quantity; 0 where one does not move.
  private func smallestSize(_ values: [[Double]]) -> Double {
    let iterations = (values.first?.count ?? 0) / plan.chains
    let summariser = Summariser(chains: plan.chains, iterations: iterations, level: 0.95)
    return values.reduce(.infinity) { smallest, draws in
      // The others cannot make the chains longer than they have to be already.
      guard smallest >= plan.neededSize else { return smallest }
      let ordered = OrderedChains(ChainValues(values: draws, chains: plan.chains))
      return min(smallest, ordered.essBulk(summariser.scores) ?? 0, ordered.essTail ?? 0)
    }
  }

  /// The number of kept draws below the truth; among equals every place is equally likely.
  private func ranks(
    of truth: JointParameters, among values: [[Double]], _ data: SimulatedTrials,
    _ stream: inout RandomStream
  ) -> [Int] {
    let newTrial = stream.normal()
    var ranks: [Int] = []
    for (i, quantity) in quantities.enumerated() {
      let value = quantity.value(truth, data, newTrial: newTrial)
      var (below, equal) = (0, 0)
      for kept in 1...plan.draws {
        let draw = values[i][kept * values[i].count / plan.draws - 1]
        if draw < value { below += 1 } else if draw == value { equal += 1 }
      }
      ranks.append(equal == 0 ? below : below + stream.integer(below: equal + 1))
    }
    return ranks
  }
}
