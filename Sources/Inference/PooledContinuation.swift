public import MixedModels
import Posterior
public import Sampling
import Threads

/// How the chains of leaves whose τ1 are pooled go on (article LongerChains).
///
/// Their state is the last draw of every leaf, and g and w, which have columns of their own in the draws
/// files.
public struct PooledContinuation: Sendable {
  private enum Family: Sendable {
    case gaussian(PooledGaussian, [GaussianContinuation])
    case binomial(PooledBinomial, [BinomialContinuation])
  }

  private let family: Family
  private let sampler: PosteriorSampler

  /// Chains on Gaussian models; nil where the prior of τ1 is a known value.
  ///
  /// `parts` tells the leaves' random numbers apart, as in the first chains.
  public init?(
    _ models: [MarginalModel], _ priors: VariancePriors, parts: [Int], sampler: PosteriorSampler
  ) {
    guard let pooled = PooledGaussian(models, priors, parts: parts) else { return nil }
    family = .gaussian(
      pooled, models.map { GaussianContinuation($0, priors, sampler: sampler) })
    self.sampler = sampler
  }

  /// The same on binomial models.
  public init?(_ models: [BinomialModel], parts: [Int], sampler: PosteriorSampler) {
    guard let pooled = PooledBinomial(models, parts: parts) else { return nil }
    family = .binomial(pooled, models.map { BinomialContinuation($0, sampler: sampler) })
    self.sampler = sampler
  }

  /// What the draws of each leaf are of.
  public var leaves: [any PosteriorContinuation] {
    switch family {
    case .gaussian(_, let leaves): leaves
    case .binomial(_, let leaves): leaves
    }
  }

  /// The posterior that kept draws are draws of, one leaf after the other; nil where the columns of g and w
  /// are missing.
  public func posterior(_ draws: [KeptDraws]) -> PooledPosterior? {
    let pooling =
      switch family {
      case .gaussian(let pooled, _): pooled.pooling
      case .binomial(let pooled, _): pooled.pooling
      }
    return PooledPosterior(
      zip(leaves, draws).map { $0.posterior($1) }, draws.first?.records ?? [], pooling)
  }

  /// The kept draws of all leaves with further ones at the end of every chain.
  ///
  /// Streams of random numbers are those of seed, chain and the plan's `part`, which is positive.
  /// - Throws: `otherDensity` where the log density at a last draw is not the recorded one; `notResumable`
  ///   where a state cannot be had from the draws.
  public func extended(
    _ draws: [KeptDraws], plan: SamplerPlan, monitor: RunMonitor
  ) throws(SamplingError) -> [KeptDraws] {
    // First chains have odd parts, or 2; shared chains go on with positive ones.
    var own = try plan.goingOn()
    own.part = -2 * plan.part
    let leaves: [any SampledPosterior]
    switch family {
    case .gaussian(let pooled, _):
      let pooled = pooled.goingOn(plan.part)
      leaves = try pooled.posteriors(try gaussian(pooled, draws, own, monitor), own)
    case .binomial(let pooled, _):
      leaves = try binomial(pooled.goingOn(plan.part), draws, own, monitor)
    }
    return draws.indices.map { draws[$0].appending(leaves[$0].keptDraws) }
  }

  private func gaussian(
    _ pooled: PooledGaussian, _ draws: [KeptDraws], _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [PooledPosterior.PooledChain] {
    let position = { @Sendable (chain: Int) throws(SamplingError) -> [Double] in
      let targets = pooled.targets()
      let layout = PooledLayout(targets.map(\.dimension), places: pooled.places)
      return try draws.position(chain, layout) { j, place in
        targets[j].position(of: draws[j].variances(at: place))
      }
    }
    switch sampler {
    case .hmc:
      return try hamiltonian(
        draws, { PooledTarget(pooled.targets(), places: pooled.places) }, position, plan, monitor)
    case .gibbs:
      let records = draws.first?.records ?? []
      return try concurrentMap(count: records.count, threads: plan.threads) {
        (chain) throws(SamplingError) in
        var sampler = try PooledGibbs(
          resuming: try position(chain), pooled.targets(), places: pooled.places, index: chain,
          plan: plan)
        try records[chain].check(sampler.recordedDensity(), chain: chain)
        return try sampler.run(plan, monitor)
      }
    }
  }

  private func binomial(
    _ pooled: PooledBinomial, _ draws: [KeptDraws], _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [any SampledPosterior] {
    switch sampler {
    case .hmc:
      let chains = try hamiltonian(
        draws, { PooledTarget(pooled.targets(), places: pooled.places) },
        { (chain) throws(SamplingError) in
          let targets = pooled.targets()
          let layout = PooledLayout(targets.map(\.dimension), places: pooled.places)
          return try draws.position(chain, layout) { j, place in
            targets[j].position(
              of: draws[j].values(at: place, of: pooled.models[j]),
              deviations: draws[j].deviations(at: place))
          }
        }, plan, monitor)
      return pooled.posteriors(chains, plan)
    case .gibbs:
      let records = draws.first?.records ?? []
      let drawn = try concurrentMap(count: records.count, threads: plan.threads) {
        (chain) throws(SamplingError) in
        let last = draws[0].last(of: chain)
        let leaves = pooled.models.indices.map { j in
          PooledBinomialLeaf(
            resuming: draws[j], at: last, pooled.models[j], draws: plan.draws)
        }
        let layout = PooledLayout(leaves.map(\.dimension), places: pooled.conditionalPlaces)
        var sampler = try PooledGibbs(
          resuming: try draws.position(chain, layout) { j, _ in leaves[j].position }, leaves,
          places: pooled.conditionalPlaces, index: chain, plan: plan)
        try records[chain].check(sampler.recordedDensity(), chain: chain)
        return (try sampler.run(plan, monitor), leaves.map(\.chain))
      }
      return pooled.posteriors(drawn, plan)
    }
  }

  private func hamiltonian<Leaf: LogDensity & SendableMetatype>(
    _ draws: [KeptDraws], _ makeTarget: @Sendable () -> PooledTarget<Leaf>,
    _ position: @Sendable (_ chain: Int) throws(SamplingError) -> [Double], _ plan: SamplerPlan,
    _ monitor: RunMonitor
  ) throws(SamplingError) -> [PooledPosterior.PooledChain] {
    let target = makeTarget()
    var gradient = [Double](repeating: 0, count: target.dimension)
    var states: [ChainState] = []
    for (chain, record) in (draws.first?.records ?? []).enumerated() {
      let position = try position(chain)
      guard position.allSatisfy(\.isFinite) else { throw .notResumable(chain: chain) }
      try record.check(target.evaluate(at: position, gradient: &gradient), chain: chain)
      states.append(
        ChainState(
          position: position, stepSize: record.stepSize, inverseMetric: record.inverseMetric))
    }
    return try ChainGroup(plan: plan, monitor: monitor).resume(states) { _ in makeTarget() }
      .map {
        PooledPosterior.PooledChain(
          layout: target.layout, positions: $0.positions, record: SamplerRecord($0))
      }
  }
}

extension [KeptDraws] {
  /// The position of the last draw of a chain; `leaf` gives that of one leaf at a place.
  fileprivate func position(
    _ chain: Int, _ layout: PooledLayout, leaf: (_ leaf: Int, _ place: Int) -> [Double]
  ) throws(SamplingError) -> [Double] {
    guard let record = first?.records[chain],
      let g = record.column(PooledPosterior.columns.level)?.last,
      let w = record.column(PooledPosterior.columns.likeness)?.last
    else { throw .notResumable(chain: chain) }
    return layout.position(of: indices.map { leaf($0, self[$0].last(of: chain)) }, g, w)
  }
}

extension PooledGaussian {
  /// The same leaves with other random numbers.
  func goingOn(_ part: Int) -> PooledGaussian {
    var result = self
    result.parts = parts.map { $0 &+ 2 &* part }
    return result
  }
}

extension PooledBinomial {
  /// The same leaves with other random numbers.
  func goingOn(_ part: Int) -> PooledBinomial {
    var result = self
    result.parts = parts.map { $0 &+ 2 &* part }
    return result
  }
}

extension PooledPosterior {
  /// The posterior of leaves that were sampled before, with the records of their chains.
  init?(
    _ leaves: [any SampledPosterior], _ records: [SamplerRecord], _ pooling: HeterogeneityPooling
  ) {
    var places: [(g: Double, w: Double)] = []
    for record in records {
      guard let g = record.column(Self.columns.level), let w = record.column(Self.columns.likeness)
      else { return nil }
      places += zip(g, w).map { ($0, $1) }
    }
    self.init(leaves, records, pooling, at: places)
  }
}
