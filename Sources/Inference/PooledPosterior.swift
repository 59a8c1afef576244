public import MixedModels
import Numerics
public import Posterior
public import Sampling
import Threads

/// The posteriors of several leaves, each with a model of its own, whose τ1 are partially pooled
/// (article PooledHeterogeneity).
public struct PooledPosterior: Sendable {
  /// What describes the distribution of τ1 over subgroups.
  public enum Figures: Sendable, Equatable {
    /// Mean and SD.
    case moments
    /// Median and interquartile range: the prior has no SD.
    case quartiles
  }

  /// The posterior of each leaf.
  public let leaves: [any SampledPosterior]
  /// What describes the distribution of τ1 over subgroups.
  public let figures: Figures
  /// Draws of its mean or median, chain after chain.
  public let location: [Double]
  /// Draws of its SD or interquartile range.
  public let spread: [Double]
  /// What the sampler says of each draw of all leaves, one a chain, with g and w in further columns.
  public let records: [SamplerRecord]

  /// The names of the columns of g and w = Φ⁻¹(ρ).
  public static let columns = (level: "pooling_g__", likeness: "pooling_w__")

  /// Whether τ1 can be pooled under a prior: it is no known value.
  public static func isPossible(under prior: HeterogeneityPrior) -> Bool {
    HeterogeneityPooling(prior) != nil
  }

  /// Samples the posteriors of Gaussian models that all have a random effect.
  ///
  /// `parts` tells the leaves' random numbers apart; the chains' are those of the plan. Nil where the prior
  /// of τ1 is a known value. Throws where a chain finds no usable start, or was told to stop.
  public init?(
    _ models: [MarginalModel], _ priors: VariancePriors, parts: [Int], plan: SamplerPlan,
    sampler: PosteriorSampler = .hmc, monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    guard let family = PooledGaussian(models, priors, parts: parts) else { return nil }
    let chains =
      switch sampler {
      case .hmc:
        try Self.hamiltonian(
          { PooledTarget(family.targets(), places: family.places) }, plan, monitor)
      case .gibbs:
        try Self.each(plan) { (chain) throws(SamplingError) in
          var sampler = try PooledGibbs(
            family.targets(), places: family.places, index: chain, plan: plan)
          return try sampler.run(plan, monitor)
        }
      }
    self.init(chains, family.pooling, leaves: try family.posteriors(chains, plan))
  }

  /// The same of binomial models; Gibbs needs whole counts.
  public init?(
    _ models: [BinomialModel], parts: [Int], plan: SamplerPlan, sampler: PosteriorSampler = .hmc,
    monitor: RunMonitor = .silent
  ) throws(SamplingError) {
    guard let family = PooledBinomial(models, parts: parts) else { return nil }
    switch sampler {
    case .hmc:
      let chains = try Self.hamiltonian(
        { PooledTarget(family.targets(), places: family.places) }, plan, monitor)
      self.init(chains, family.pooling, leaves: family.posteriors(chains, plan))
    case .gibbs:
      let drawn = try Self.each(plan) { (chain) throws(SamplingError) in
        let leaves = family.leaves(index: chain, plan)
        var sampler = try PooledGibbs(
          leaves, places: family.conditionalPlaces, index: chain, plan: plan)
        return (try sampler.run(plan, monitor), leaves.map(\.chain))
      }
      self.init(drawn.map(\.0), family.pooling, leaves: family.posteriors(drawn, plan))
    }
  }

  /// The posterior of chains that have run, and of its leaves.
  private init(
    _ chains: [PooledChain], _ pooling: HeterogeneityPooling, leaves: [any SampledPosterior]
  ) {
    let places = chains.flatMap { chain in
      zip(chain.coordinate(fromEnd: 2), chain.coordinate(fromEnd: 1)).map { ($0, $1) }
    }
    self.init(leaves, chains.map(\.record), pooling, at: places)
  }

  /// The posterior of leaves at the g and w of each draw.
  init(
    _ leaves: [any SampledPosterior], _ records: [SamplerRecord], _ pooling: HeterogeneityPooling,
    at places: [(g: Double, w: Double)]
  ) {
    figures = if case .moments = pooling.figures { .moments } else { .quartiles }
    let found = places.map { pooling.summary($0.g, $0.w) }
    location = found.map(\.location)
    spread = found.map(\.spread)
    self.leaves = leaves
    self.records = records
  }

  /// The draws of one chain on the coordinates of all leaves.
  struct PooledChain: Sendable {
    let layout: PooledLayout
    /// Draw after draw.
    let positions: [Double]
    /// With the columns of g and w.
    private(set) var record: SamplerRecord

    init(layout: PooledLayout, positions: [Double], record: SamplerRecord) {
      self.layout = layout
      self.positions = positions
      self.record = record
      self.record.columns = [
        .init(name: columns.level, values: coordinate(fromEnd: 2)),
        .init(name: columns.likeness, values: coordinate(fromEnd: 1)),
      ]
    }

    /// The values of a coordinate, counted from 1 at the last one.
    func coordinate(fromEnd place: Int) -> [Double] {
      let dimension = layout.dimension
      return stride(from: dimension - place, to: positions.count, by: dimension).map {
        positions[$0]
      }
    }

    /// One leaf's coordinates, draw after draw.
    func positions(of leaf: Int) -> [Double] {
      let dimension = layout.dimension
      var own = [Double](repeating: 0, count: layout.starts[leaf + 1] - layout.starts[leaf])
      return (0..<(positions.count / dimension)).flatMap { s in
        layout.leafPosition(
          leaf, Array(positions[(s * dimension)..<((s + 1) * dimension)]), into: &own)
        return own
      }
    }
  }

  private static func hamiltonian<Leaf: LogDensity & SendableMetatype>(
    _ makeTarget: @Sendable () -> PooledTarget<Leaf>, _ plan: SamplerPlan, _ monitor: RunMonitor
  ) throws(SamplingError) -> [PooledChain] {
    let layout = makeTarget().layout
    let starts = StartingPoints { _, stream in (0..<layout.dimension).map { _ in stream.normal() } }
    return try ChainGroup(plan: plan, monitor: monitor).run(from: starts) { _ in makeTarget() }
      .map { PooledChain(layout: layout, positions: $0.positions, record: SamplerRecord($0)) }
  }

  private static func each<Result: Sendable>(
    _ plan: SamplerPlan, _ run: @Sendable (_ chain: Int) throws(SamplingError) -> Result
  ) throws(SamplingError) -> [Result] {
    try plan.validate()
    return try concurrentMap(count: plan.chains, threads: plan.threads, run)
  }
}
