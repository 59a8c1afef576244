/// The diagnosis of draws files: figures of every parameter and chain, and the verdict on them.
public struct ChainsDiagnosis: Sendable, Equatable {
  /// What the sampler's columns say of one chain.
  public struct Chain: Sendable, Equatable {
    /// E-BFMI; nil where no transition has a leapfrog step, or energies do not vary.
    public let energyFraction: Double?
    /// The number of divergent transitions; nil where the file does not say.
    public let divergences: Int?
    /// The number of transitions at the largest tree depth; nil where the file does not say.
    public let maxTreeDepthHits: Int?
  }

  /// The number of draws of each chain.
  public let iterations: Int
  /// One entry a parameter, in the order of the columns.
  public let parameters: [ParameterDiagnostics]
  /// One entry a chain, in the order of the files.
  public let chains: [Chain]
  /// The verdict.
  public let convergence: Convergence

  /// The smallest effective sample size of converged chains.
  public var essLimit: Int { Convergence.essPerChain * chains.count }

  /// The diagnosis of draws from the figures of their parameters.
  public init(_ contents: DrawsFile.Contents, parameters: [ParameterDiagnostics]) {
    let draws = contents.draws
    iterations = draws.iterations
    self.parameters = parameters
    let depths = contents.headers.map(\.maxTreeDepth)
    chains = zip(contents.records, depths).map { Chain($0, maxTreeDepth: $1) }
    var verdict = Convergence(
      parameters: parameters.map { ($0.name, $0.summary) }, records: contents.records,
      chains: draws.chains, maxTreeDepth: depths.first.flatMap(\.self) ?? .max)
    if iterations == 1 {
      // One draw is as good as constant; it must not pass for a parameter that is fixed.
      verdict.problems += parameters.filter(\.isConstant).map { .undefined(parameter: $0.name) }
    } else if parameters.allSatisfy(\.isConstant) {
      verdict.problems.append(.nothingVaries)
    } else {
      verdict.problems += Self.copies(draws)
    }
    convergence = verdict
  }

  /// Chains that repeat an earlier one: as where a file is given twice, or a seed was used twice.
  private static func copies(_ draws: Draws) -> [ConvergenceProblem] {
    (1..<max(draws.chains, 1)).compactMap { later in
      (0..<later).first { isSame(draws, $0, later) }.map {
        .sameDraws(chains: [$0 + 1, later + 1])
      }
    }
  }

  private static func isSame(_ draws: Draws, _ a: Int, _ b: Int) -> Bool {
    draws.names.indices.allSatisfy { variable in
      (0..<draws.iterations).allSatisfy { t in
        draws[variable: variable, chain: a, iteration: t].bitPattern
          == draws[variable: variable, chain: b, iteration: t].bitPattern
      }
    }
  }
}

extension ChainsDiagnosis.Chain {
  init(_ record: SamplerRecord, maxTreeDepth: Int?) {
    let moves = record.leapfrogSteps.contains { $0 > 0 }
    energyFraction = EnergyDiagnostics.missingInformation(record)
    divergences = record.divergent.isEmpty ? nil : record.divergent.count(where: \.self)
    if let maxTreeDepth, moves, !record.treeDepth.isEmpty {
      maxTreeDepthHits = record.treeDepth.count { $0 >= maxTreeDepth }
    } else {
      maxTreeDepthHits = nil
    }
  }
}
