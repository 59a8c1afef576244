import Foundation

/// One reason why chains are not taken as converged, or, for tree depth, why they were slow.
public enum ConvergenceProblem: Sendable, Equatable, CustomStringConvertible {
  /// R-hat of a parameter is above the limit.
  case rhat(parameter: String, value: Double)
  /// The bulk effective sample size of a parameter is below the limit.
  case essBulk(parameter: String, value: Double, limit: Int)
  /// The tail effective sample size of a parameter is below the limit.
  case essTail(parameter: String, value: Double, limit: Int)
  /// Some draws of a parameter are not finite numbers.
  case nonFinite(parameter: String)
  /// The chains are too short for the diagnostics of a parameter.
  case undefined(parameter: String)
  /// Transitions whose energy error passed the limit.
  case divergences(count: Int)
  /// The energy fraction of a chain, counted from 1, is below the limit.
  case energy(chain: Int, value: Double)
  /// Two chains, counted from 1, have the same draws.
  case sameDraws(chains: [Int])
  /// No parameter takes more than one value.
  case nothingVaries
  /// Anything else, in words: a failure in an earlier round, say.
  case other(String)

  /// The problem in words.
  public var description: String {
    switch self {
    case .rhat(let parameter, let value):
      value.isFinite
        ? "R-hat of \(parameter) is \(String(format: value < 1e5 ? "%.4f" : "%.3g", value)), above 1.01"
        : "R-hat of \(parameter) has no finite value"
    case .essBulk(let parameter, let value, let limit):
      "bulk ESS of \(parameter) is \(String(format: "%.1f", value)), below \(limit)"
    case .essTail(let parameter, let value, let limit):
      "tail ESS of \(parameter) is \(String(format: "%.1f", value)), below \(limit)"
    case .nonFinite(let parameter):
      "some draws of \(parameter) are not finite"
    case .undefined(let parameter):
      "too few draws of \(parameter) to judge"
    case .divergences(let count):
      count == 1 ? "1 divergent transition" : "\(count) divergent transitions"
    case .energy(let chain, let value):
      "E-BFMI of chain \(chain) is \(String(format: "%.3f", value)), below 0.3"
    case .sameDraws(let chains):
      "chains \(chains.map(\.description).joined(separator: " and ")) have the same draws"
    case .nothingVaries:
      "no parameter varies"
    case .other(let text):
      text
    }
  }
}

/// Whether chains have converged, with the figures that say so.
public struct Convergence: Sendable, Equatable {
  /// The largest R-hat of a reported parameter; nil where none is defined.
  public let maxRhat: Double?
  /// The smallest bulk effective sample size of a reported parameter.
  public let minEssBulk: Double?
  /// The smallest tail effective sample size of a reported parameter.
  public let minEssTail: Double?
  /// The number of divergent transitions over all chains.
  public let divergences: Int
  /// The number of transitions that ended at the largest tree depth; they cost time, no more.
  public let maxTreeDepthHits: Int
  /// The smallest E-BFMI of a chain; nil where no chain has one, as by Gibbs sampling.
  public let minEnergyFraction: Double?
  /// Why the chains are not taken as converged; empty if they are.
  public var problems: [ConvergenceProblem]

  /// Whether there is no problem.
  public var converged: Bool { problems.isEmpty }

  /// The largest R-hat of converged chains.
  public static let rhatLimit = 1.01
  /// The smallest effective sample size of converged chains, for each chain.
  public static let essPerChain = 100
  /// The smallest E-BFMI of a converged chain.
  public static let energyLimit = 0.3

  /// The verdict on reported parameters and on the records of their chains.
  ///
  /// Parameters whose draws are all equal do not count. A record without leapfrog steps has neither
  /// energy fraction nor tree depth.
  public init(
    parameters: [(name: String, summary: PosteriorSummary)], records: [SamplerRecord], chains: Int,
    maxTreeDepth: Int
  ) {
    let counted = parameters.filter { $0.summary.sd != 0 }
    maxRhat = counted.compactMap(\.summary.rhat).max()
    minEssBulk = counted.compactMap(\.summary.essBulk).min()
    minEssTail = counted.compactMap(\.summary.essTail).min()
    divergences = records.reduce(0) { $0 + $1.divergent.count(where: \.self) }
    let moving = records.map { $0.leapfrogSteps.contains { $0 > 0 } ? $0 : nil }
    maxTreeDepthHits = moving.reduce(0) { sum, record in
      sum + (record?.treeDepth.count { $0 >= maxTreeDepth } ?? 0)
    }
    let energies = moving.map { $0.flatMap(EnergyDiagnostics.missingInformation) }
    minEnergyFraction = energies.compactMap(\.self).min()
    problems = counted.flatMap { Self.problems(of: $0.name, $0.summary, chains: chains) }
    if divergences > 0 { problems.append(.divergences(count: divergences)) }
    for (index, value) in energies.enumerated() {
      if let value, value < Self.energyLimit {
        problems.append(.energy(chain: index + 1, value: value))
      }
    }
  }

  /// What is wrong with the draws of one parameter.
  private static func problems(
    of name: String, _ summary: PosteriorSummary, chains: Int
  ) -> [ConvergenceProblem] {
    guard summary.mean.isFinite else { return [.nonFinite(parameter: name)] }
    guard summary.essBulk != nil else { return [.undefined(parameter: name)] }
    var found: [ConvergenceProblem] = []
    let limit = essPerChain * chains
    // An R-hat that is not a number does not pass.
    if let value = summary.rhat, !(value <= rhatLimit) {
      found.append(.rhat(parameter: name, value: value))
    }
    if let value = summary.essBulk, !(value >= Double(limit)) {
      found.append(.essBulk(parameter: name, value: value, limit: limit))
    }
    if let value = summary.essTail, !(value >= Double(limit)) {
      found.append(.essTail(parameter: name, value: value, limit: limit))
    }
    return found
  }
}
