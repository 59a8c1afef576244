import MixedModels
public import Posterior

/// The draws of a joint model's posterior that were made before, in the layout of `SampledPosterior`.
public struct KeptDraws: Sendable, Equatable {
  /// The number of chains.
  public let chains: Int
  /// The number of draws of each chain.
  public let iterations: Int
  /// Draws of the coefficients in the order of the roles, then of the random terms trial by trial; each
  /// chain after chain.
  public let effects: [[Double]]
  /// Draws of each τ, chain after chain.
  public let tau: [[Double]]
  /// Draws of the residual SD; nil where the outcome has none.
  public let sigma: [Double]?
  /// Draws of the correlation; nil where the random terms are independent.
  public let correlation: [Double]?
  /// Draws of the SD ω of pooled effects; nil where effects are not pooled.
  public let omega: [Double]?
  /// What the sampler says of each draw, one a chain.
  public let records: [SamplerRecord]

  /// Draws of named quantities, one chain after the other; all lists are equally long.
  public init(
    effects: [[Double]], tau: [[Double]], sigma: [Double]?, correlation: [Double]?,
    omega: [Double]? = nil, records: [SamplerRecord]
  ) {
    self.effects = effects
    self.tau = tau
    self.sigma = sigma
    self.correlation = correlation
    self.omega = omega
    self.records = records
    chains = records.count
    iterations = records.first?.logDensity.count ?? 0
  }

  /// The draws of a sampled posterior.
  init(_ posterior: some SampledPosterior) {
    self.init(
      effects: posterior.effects, tau: posterior.tau, sigma: posterior.residualDraws,
      correlation: posterior.correlationDraws, omega: posterior.omegaDraws,
      records: posterior.records)
  }

  /// The same chains with further draws at their ends.
  func appending(_ new: KeptDraws) -> KeptDraws {
    func joined(_ a: [Double], _ b: [Double]) -> [Double] {
      var result: [Double] = []
      result.reserveCapacity(a.count + b.count)
      for chain in 0..<chains {
        result += a[(chain * iterations)..<((chain + 1) * iterations)]
        result += b[(chain * new.iterations)..<((chain + 1) * new.iterations)]
      }
      return result
    }
    func joined(_ a: [Double]?, _ b: [Double]?) -> [Double]? {
      a.flatMap { a in b.map { joined(a, $0) } }
    }
    return KeptDraws(
      effects: zip(effects, new.effects).map { joined($0, $1) },
      tau: zip(tau, new.tau).map { joined($0, $1) }, sigma: joined(sigma, new.sigma),
      correlation: joined(correlation, new.correlation), omega: joined(omega, new.omega),
      records: zip(records, new.records).map { $0.appending($1) })
  }

  /// The place of a chain's last draw in each list.
  func last(of chain: Int) -> Int { (chain + 1) * iterations - 1 }

  /// The variances of one draw.
  func variances(at place: Int) -> Variances {
    var result = Variances(sigma: sigma?[place] ?? 1, tau: tau.map { $0[place] })
    if let correlation { result.correlation = correlation[place] }
    if let omega { result.omega = omega[place] }
    return result
  }
}

extension SampledPosterior {
  /// Its draws.
  var keptDraws: KeptDraws { KeptDraws(self) }
}

extension SamplerRecord {
  /// The same record with that of further draws at its end; step size and metric stay.
  func appending(_ new: SamplerRecord) -> SamplerRecord {
    var result = self
    result.logDensity += new.logDensity
    result.acceptance += new.acceptance
    result.treeDepth += new.treeDepth
    result.leapfrogSteps += new.leapfrogSteps
    result.divergent += new.divergent
    result.energy += new.energy
    for place in result.columns.indices {
      result.columns[place].values += new.column(result.columns[place].name) ?? []
    }
    return result
  }
}
