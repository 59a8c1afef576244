import MixedModels
import Numerics
import Sampling
import Threads

/// Gaussian leaves whose τ1 are pooled.
struct PooledGaussian: Sendable {
  let models: [MarginalModel]
  let priors: VariancePriors
  /// What tells the leaves' random numbers apart.
  var parts: [Int]
  let pooling: HeterogeneityPooling
  /// The place of u_j in each leaf.
  let places: [Int]
  private let coordinates: [[VarianceCoordinate]]

  /// Nil where the prior of τ1 is a known value.
  init?(_ models: [MarginalModel], _ priors: VariancePriors, parts: [Int]) {
    let component = priors.components.count - 1
    guard let pooling = HeterogeneityPooling(priors.components[component]),
      let place = priors.free.firstIndex(of: component)
    else { return nil }
    (self.models, self.priors, self.parts, self.pooling) = (models, priors, parts, pooling)
    places = models.map { _ in place }
    coordinates = models.map { model in
      var coordinates = priors.coordinates(rows: model.statistics.rows)
      coordinates[place] = VarianceCoordinate(quantileOf: priors.components[component])
      return priors.centred(coordinates, for: model)
    }
  }

  /// The densities of the leaves, for one thread.
  func targets() -> [VarianceTarget] {
    zip(models, coordinates).map { VarianceTarget($0, priors, $1) }
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
