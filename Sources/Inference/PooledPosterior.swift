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

/// Gaussian leaves whose τ1 are pooled.
struct PooledGaussian: Sendable {
  let models: [MarginalModel]
  let priors: VariancePriors
  /// What tells the leaves' random numbers apart.
  var parts: [Int]
  let pooling: HeterogeneityPooling
  /// The place of u_j in each leaf.
  let places: [Int]
  private let component: Int

  /// Nil where the prior of τ1 is a known value.
  init?(_ models: [MarginalModel], _ priors: VariancePriors, parts: [Int]) {
    component = priors.components.count - 1
    guard let pooling = HeterogeneityPooling(priors.components[component]),
      let place = priors.free.firstIndex(of: component)
    else { return nil }
    (self.models, self.priors, self.parts, self.pooling) = (models, priors, parts, pooling)
    places = models.map { _ in place }
  }

  /// The densities of the leaves, for one thread.
  func targets() -> [VarianceTarget] {
    models.map { VarianceTarget($0, priors, quantileOf: component) }
  }

  /// The posteriors of the leaves, their effects drawn given the variances.
  func posteriors(
    _ chains: [PooledPosterior.PooledChain], _ plan: SamplerPlan
  ) throws(SamplingError) -> [any SampledPosterior] {
    var leaves: [any SampledPosterior] = []
    for (j, model) in models.enumerated() {
      var own = plan
      own.part = parts[j]
      let leafPlan = own
      let drawn = try concurrentMap(count: chains.count, threads: plan.threads) {
        (chain) throws(SamplingError) in
        var part = PosteriorChain(
          targets()[j], positions: chains[chain].positions(of: j), index: chain, plan: leafPlan)
        part.record = chains[chain].record
        return part
      }
      leaves.append(GaussianPosterior(model, priors, plan, drawn))
    }
    return leaves
  }
}

/// Binomial leaves whose τ1 are pooled.
struct PooledBinomial: Sendable {
  let models: [BinomialModel]
  /// What tells the leaves' random numbers apart.
  var parts: [Int]
  let pooling: HeterogeneityPooling
  /// The place of u_j among the coordinates of each leaf's density.
  let places: [Int]
  /// The same among those of its density given Pólya-Gamma numbers.
  let conditionalPlaces: [Int]
  private let coordinates: [BinomialCoordinates]

  /// Nil where the prior of τ1 is a known value.
  init?(_ models: [BinomialModel], parts: [Int]) {
    guard let prior = models.first?.heterogeneity.last, let pooling = HeterogeneityPooling(prior)
    else { return nil }
    (self.models, self.parts, self.pooling) = (models, parts, pooling)
    coordinates = models.map { BinomialCoordinates($0, quantileOfLast: true) }
    places = zip(models, coordinates).map { BinomialTarget($0, $1).lastDeviationPlace ?? 0 }
    conditionalPlaces = models.map { model in
      model.freeDeviations.firstIndex(of: model.heterogeneity.count - 1) ?? 0
    }
  }

  /// The densities of the leaves, for one thread.
  func targets() -> [BinomialTarget] {
    zip(models, coordinates).map { BinomialTarget($0, $1) }
  }

  /// The leaves of a Gibbs chain at its start.
  func leaves(index: Int, _ plan: SamplerPlan) -> [PooledBinomialLeaf] {
    zip(models, parts).map { model, part in
      var starts = RandomStream(seed: plan.seed, purpose: "start", index: index, part: part)
      return PooledBinomialLeaf(model, draws: plan.draws, &starts)
    }
  }

  /// The posteriors of the leaves of chains on the coordinates of the densities.
  func posteriors(
    _ chains: [PooledPosterior.PooledChain], _ plan: SamplerPlan
  ) -> [any SampledPosterior] {
    models.indices.map { j in
      var own = plan
      own.part = parts[j]
      let parts = chains.enumerated().map { index, chain in
        var part = BinomialChain(
          models[j], coordinates[j], chain.positions(of: j), index: index, plan: own)
        part.record = chain.record
        return part
      }
      return BinomialPosterior(models[j], parts, own)
    }
  }

  /// The same of Gibbs chains, with the draws of their leaves.
  func posteriors(
    _ drawn: [(PooledPosterior.PooledChain, [BinomialChain])], _ plan: SamplerPlan
  ) -> [any SampledPosterior] {
    models.indices.map { j in
      let parts = drawn.map { chain, leaves in
        var part = leaves[j]
        part.record = chain.record
        return part
      }
      return BinomialPosterior(models[j], parts, plan)
    }
  }
}
