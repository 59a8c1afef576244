public import MixedModels
import Numerics
public import Posterior
public import Sampling
import Threads

/// The posteriors of several leaves, each with a model of its own, whose τ1 are partially pooled
/// (article PooledHeterogeneity).
public struct PooledPosterior: Sendable {
  /// The posterior of each leaf.
  public let leaves: [any SampledPosterior]
  /// Draws of the mean of τ1 over subgroups, chain after chain.
  public let mean: [Double]
  /// Draws of its SD.
  public let sd: [Double]
  /// What the sampler says of each draw of all leaves, one a chain.
  public let records: [SamplerRecord]

  /// Whether τ1 can be pooled under a prior: it has a positive standard deviation, and with it the
  /// distribution of τ1 over subgroups.
  public static func isPossible(under prior: HeterogeneityPrior) -> Bool {
    HeterogeneityPooling(prior) != nil
  }

  /// Samples the posteriors of Gaussian models that all have a random effect.
  ///
  /// `parts` tells the leaves' random numbers apart; the chains' are those of the plan. Nil where the prior
  /// of τ1 has no positive standard deviation. Throws where a chain finds no usable start, or was told to
  /// stop.
  public init?(
    _ models: [MarginalModel], _ priors: VariancePriors, parts: [Int], plan: SamplerPlan,
    sampler: PosteriorSampler = .hmc, monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    let component = priors.components.count - 1
    guard let pooling = HeterogeneityPooling(priors.components[component]),
      let place = priors.free.firstIndex(of: component)
    else { return nil }
    let makeTarget = { @Sendable () -> PooledTarget<VarianceTarget> in
      PooledTarget(
        models.map { VarianceTarget($0, priors, quantileOf: component) },
        places: models.map { _ in place })
    }
    let chains =
      switch sampler {
      case .hmc: try Self.hamiltonian(makeTarget, plan, monitor)
      case .gibbs: try Self.gibbs(makeTarget, plan, monitor)
      }
    let moments = Self.moments(chains, pooling)
    (mean, sd) = (moments.mean, moments.sd)
    let records = chains.map(\.record)
    self.records = records
    var leaves: [any SampledPosterior] = []
    for (j, model) in models.enumerated() {
      var own = plan
      own.part = parts[j]
      let leafPlan = own
      let drawn = try concurrentMap(count: plan.chains, threads: plan.threads) {
        (chain) throws(SamplingError) in
        let target = makeTarget()
        var part = PosteriorChain(
          target.leaves[j], positions: chains[chain].positions(of: j, target), index: chain,
          plan: leafPlan)
        part.record = records[chain]
        return part
      }
      leaves.append(GaussianPosterior(model, priors, plan, drawn))
    }
    self.leaves = leaves
  }

  /// The same of binomial models, by the No-U-Turn sampler.
  public init?(
    _ models: [BinomialModel], parts: [Int], plan: SamplerPlan, monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    guard let prior = models.first?.heterogeneity.last, let pooling = HeterogeneityPooling(prior)
    else { return nil }
    let coordinates = models.map { BinomialCoordinates($0, quantileOfLast: true) }
    let makeTarget = { @Sendable () -> PooledTarget<BinomialTarget> in
      let leaves = zip(models, coordinates).map { BinomialTarget($0, $1) }
      return PooledTarget(leaves, places: leaves.map { $0.lastDeviationPlace ?? 0 })
    }
    let chains = try Self.hamiltonian(makeTarget, plan, monitor)
    let moments = Self.moments(chains, pooling)
    (mean, sd) = (moments.mean, moments.sd)
    records = chains.map(\.record)
    let target = makeTarget()
    leaves = models.indices.map { j in
      var own = plan
      own.part = parts[j]
      let parts = chains.enumerated().map { index, chain in
        var part = BinomialChain(
          models[j], coordinates[j], chain.positions(of: j, target), index: index, plan: own)
        part.record = chain.record
        return part
      }
      return BinomialPosterior(models[j], parts, own)
    }
  }

  /// The draws of one chain on the coordinates of all leaves.
  struct PooledChain: Sendable {
    let dimension: Int
    /// Draw after draw.
    let positions: [Double]
    let record: SamplerRecord

    var count: Int { positions.count / dimension }

    /// One leaf's coordinates, draw after draw.
    func positions<Leaf: LogDensity>(of leaf: Int, _ target: PooledTarget<Leaf>) -> [Double] {
      var own = [Double](repeating: 0, count: target.leaves[leaf].dimension)
      return (0..<count).flatMap { s in
        target.leafPosition(
          leaf, Array(positions[(s * dimension)..<((s + 1) * dimension)]), into: &own)
        return own
      }
    }
  }

  private static func moments(
    _ chains: [PooledChain], _ pooling: HeterogeneityPooling
  ) -> (mean: [Double], sd: [Double]) {
    var result: (mean: [Double], sd: [Double]) = ([], [])
    for chain in chains {
      for s in 0..<chain.count {
        let last = (s + 1) * chain.dimension
        let found = pooling.moments(chain.positions[last - 2], chain.positions[last - 1])
        result.mean.append(found.mean)
        result.sd.append(found.sd)
      }
    }
    return result
  }

  private static func hamiltonian<Leaf: LogDensity & SendableMetatype>(
    _ makeTarget: @Sendable () -> PooledTarget<Leaf>, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [PooledChain] {
    let dimension = makeTarget().dimension
    let starts = StartingPoints { _, stream in (0..<dimension).map { _ in stream.normal() } }
    return try ChainGroup(plan: plan, monitor: monitor).run(from: starts) { _ in makeTarget() }
      .map {
        PooledChain(dimension: dimension, positions: $0.positions, record: SamplerRecord($0))
      }
  }

  private static func gibbs(
    _ makeTarget: @Sendable () -> PooledTarget<VarianceTarget>, _ plan: SamplerPlan,
    _ monitor: RunMonitor
  ) throws(SamplingError) -> [PooledChain] {
    try plan.validate()
    return try concurrentMap(count: plan.chains, threads: plan.threads) {
      (chain) throws(SamplingError) in
      var sampler = try PooledGibbs(makeTarget(), index: chain, plan: plan)
      return try sampler.run(plan, monitor)
    }
  }
}
