import Foundation
import TestSupport
import Testing

@testable import Posterior

/// Figures of R's posterior 1.4.0 (R 4.2.2) on fixed draws; the file says how they were made.
private struct DiagnosticsFigures: Decodable {
  struct Subsets: Decodable {
    let firstChain: [String: Quantity]
    let five: [String: Quantity]

    enum CodingKeys: String, CodingKey {
      case firstChain = "first_chain_only"
      case five = "first_5_iterations_all_chains"
    }
  }
  struct Quantity: Decodable {
    let mean: Double?
    let sd: Double?
    let rhat: Double?
    let rhatBasic: Double?
    let rhatBasicUnsplit: Double?
    let essBulk: Double?
    let essTail: Double?
    let essBasicUnsplit: Double?
    let essMean: Double?
    let essSD: Double?
    let essMedian: Double?
    let essQ5: Double?
    let essQ95: Double?
    let mcseMean: Double?
    let mcseSD: Double?
    let mcseMedian: Double?
    let mcseQ5: Double?
    let mcseQ95: Double?
    let quantiles: [String: Double]?

    enum CodingKeys: String, CodingKey {
      case mean, sd, rhat, quantiles
      case rhatBasic = "rhat_basic"
      case rhatBasicUnsplit = "rhat_basic_nosplit"
      case essBulk = "ess_bulk"
      case essTail = "ess_tail"
      case essBasicUnsplit = "ess_basic_nosplit"
      case essMean = "ess_mean"
      case essSD = "ess_sd"
      case essMedian = "ess_median"
      case essQ5 = "ess_quantile_05"
      case essQ95 = "ess_quantile_95"
      case mcseMean = "mcse_mean"
      case mcseSD = "mcse_sd"
      case mcseMedian = "mcse_median"
      case mcseQ5 = "mcse_quantile_05"
      case mcseQ95 = "mcse_quantile_95"
    }
  }
  struct Energy: Decodable {
    let rstan: [Double]
    enum CodingKeys: String, CodingKey { case rstan = "per_chain_rstan" }
  }
  let quantities: [String: Quantity]
  let subsets: Subsets
  let energy: Energy
}

@Suite("Diagnostics against R's posterior")
struct DiagnosticsReferenceTests {
  private let figures: DiagnosticsFigures
  private let draws = figureTable("diagnostics/draws.csv")

  init() throws {
    let data = try #require(figure("diagnostics/reference.json"))
    figures = try JSONDecoder().decode(DiagnosticsFigures.self, from: data)
  }

  /// The first iterations of the first chains of a quantity, all of which have 1000 iterations.
  private func chains(_ name: String, chains: Int, iterations: Int) throws -> ChainValues {
    let column = try #require(draws[name])
    try #require(column.count == 4000)
    return ChainValues(
      (0..<chains).map { Array(column[($0 * 1000)..<($0 * 1000 + iterations)]) })
  }

  private func expect(
    _ ours: Double?, _ theirs: Double?, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard let ours, let theirs else {
      #expect(
        (ours == nil) == (theirs == nil), "\(what): \(ours as Any), in R \(theirs as Any)",
        sourceLocation: sourceLocation)
      return
    }
    // The figure's name without that of the draws.
    let quantity = what.components(separatedBy: " of ")[0]
    #expect(
      AgreementNotes(.diagnostics, "11 sets of fixed draws").close(
        quantity, ours, theirs, relative: 1e-6, absolute: 1e-12),
      "\(what): \(ours), in R \(theirs)", sourceLocation: sourceLocation)
  }

  private func compare(
    _ values: ChainValues, with theirs: DiagnosticsFigures.Quantity, _ name: String
  ) {
    let ours = OrderedChains(values)
    let scores = NormalScores(count: ours.splitCount)
    expect(ours.rhat(scores), theirs.rhat, "rhat of \(name)")
    expect(ours.rhatBasic, theirs.rhatBasic, "rhat_basic of \(name)")
    expect(ours.essBulk(scores), theirs.essBulk, "ess_bulk of \(name)")
    expect(ours.essTail, theirs.essTail, "ess_tail of \(name)")
    expect(ours.essMean, theirs.essMean, "ess_mean of \(name)")
    expect(ours.essSD, theirs.essSD, "ess_sd of \(name)")
    expect(ours.essQuantile(0.5), theirs.essMedian, "ess_median of \(name)")
    expect(ours.essQuantile(0.05), theirs.essQ5, "ess_quantile_05 of \(name)")
    expect(ours.essQuantile(0.95), theirs.essQ95, "ess_quantile_95 of \(name)")
    expect(EffectiveSampleSize.of(values), theirs.essBasicUnsplit, "ess unsplit of \(name)")
    if values.chains > 1 {
      expect(
        PotentialScaleReduction.basic(values), theirs.rhatBasicUnsplit, "rhat unsplit of \(name)")
    }
    expect(ours.mcseMean, theirs.mcseMean, "mcse_mean of \(name)")
    expect(ours.mcseSD, theirs.mcseSD, "mcse_sd of \(name)")
    expect(ours.mcseQuantile(0.5), theirs.mcseMedian, "mcse_median of \(name)")
    expect(ours.mcseQuantile(0.05), theirs.mcseQ5, "mcse_quantile_05 of \(name)")
    expect(ours.mcseQuantile(0.95), theirs.mcseQ95, "mcse_quantile_95 of \(name)")
    for (percent, value) in theirs.quantiles ?? [:] {
      guard let p = Double(percent) else { continue }
      expect(ours.quantile(p / 100), value, "\(percent) % quantile of \(name)")
    }
    if let mean = theirs.mean {
      expect(ours.mean, mean, "mean of \(name)")
      expect(ours.standardDeviation, theirs.sd, "sd of \(name)")
    } else {
      #expect(ours.mean.isNaN && ours.standardDeviation.isNaN)
    }
    compareSummary(values, with: theirs, name)
  }

  /// The summary shares intermediate results between figures; it must give the same ones.
  private func compareSummary(
    _ values: ChainValues, with theirs: DiagnosticsFigures.Quantity, _ name: String
  ) {
    let summariser = Summariser(
      chains: values.chains, iterations: values.iterations, level: 0.95)
    let summary = summariser.summary(of: values)
    expect(summary.rhat, theirs.rhat, "summary's rhat of \(name)")
    expect(summary.essBulk, theirs.essBulk, "summary's ess_bulk of \(name)")
    expect(summary.essTail, theirs.essTail, "summary's ess_tail of \(name)")
    expect(summary.mcseMean, theirs.mcseMean, "summary's mcse_mean of \(name)")
    let all = summariser.diagnostics(of: values, name: name)
    #expect(all.name == name && all.summary == summary || !all.isFinite)
    expect(all.mean, theirs.mean, "mean among all figures of \(name)")
    expect(all.rhatBasic, theirs.rhatBasic, "rhat_basic among all figures of \(name)")
    expect(all.essMean, theirs.essMean, "ess_mean among all figures of \(name)")
    expect(all.essSD, theirs.essSD, "ess_sd among all figures of \(name)")
    expect(all.essQ5, theirs.essQ5, "ess_q5 among all figures of \(name)")
    expect(all.essQ95, theirs.essQ95, "ess_q95 among all figures of \(name)")
    expect(all.mcseSD, theirs.mcseSD, "mcse_sd among all figures of \(name)")
    expect(all.mcseQ5, theirs.mcseQ5, "mcse_q5 among all figures of \(name)")
    expect(all.mcseQ95, theirs.mcseQ95, "mcse_q95 among all figures of \(name)")
    guard let quantiles = theirs.quantiles else { return }
    expect(summary.median, quantiles["50"], "summary's median of \(name)")
    expect(summary.central.lower, quantiles["2.5"], "summary's lower limit of \(name)")
    expect(summary.central.upper, quantiles["97.5"], "summary's upper limit of \(name)")
  }

  @Test func allChains() throws {
    #expect(figures.quantities.count == 11)
    for (name, theirs) in figures.quantities {
      compare(try chains(name, chains: 4, iterations: 1000), with: theirs, name)
    }
  }

  @Test func oneChain() throws {
    #expect(figures.subsets.firstChain.count == 3)
    for (name, theirs) in figures.subsets.firstChain {
      compare(try chains(name, chains: 1, iterations: 1000), with: theirs, name)
    }
  }

  // The first 101 iterations of each chain; R 4.2.2, posterior 1.4.0: rhat, rhat_basic,
  // ess_bulk, ess_tail, ess_mean, ess_sd, mcse_mean, mcse_sd, mcse_quantile(0.05).
  @Test(arguments: [
    "well_mixed": [
      1.0034043355474, 0.995189657096366, 451.707733367447, 372.7640106748, 447.071052177792,
      358.304180065918, 0.0989412318926742, 0.0735798035484926, 0.2829575,
    ],
    "ar1_95": [
      1.37362335039247, 1.43871280864154, 10.1186588469961, 15.8792671729061, 9.03264443307436,
      15.6706849565735, 0.337732750427791, 0.187731605068026, 0.358138,
    ],
    "discrete": [
      1.00104986336549, 0.99801427667285, 348.34995794586, 254.617966225419, 346.003450761216,
      386.106880539713, 0.056443629255693, 0.0467685062096645, 0,
    ],
  ])
  func oddNumberOfIterations(name: String, theirs: [Double]) throws {
    let ours = OrderedChains(try chains(name, chains: 4, iterations: 101))
    let scores = NormalScores(count: ours.splitCount)
    let figures = [
      ours.rhat(scores), ours.rhatBasic, ours.essBulk(scores), ours.essTail, ours.essMean,
      ours.essSD, ours.mcseMean, ours.mcseSD, ours.mcseQuantile(0.05),
    ]
    for (figure, theirs) in zip(figures, theirs) {
      expect(figure, theirs, "an odd number of iterations of \(name)")
    }
  }

  @Test func tooFewIterations() throws {
    #expect(figures.subsets.five.count == 3)
    for (name, theirs) in figures.subsets.five {
      compare(try chains(name, chains: 4, iterations: 5), with: theirs, name)
    }
  }

  @Test func energyFractionIsThatOfRstan() throws {
    let energies = try #require(figureTable("diagnostics/energy.csv")["energy"])
    #expect(figures.energy.rstan.count == 4)
    for (chain, theirs) in figures.energy.rstan.enumerated() {
      let ours = EnergyDiagnostics.missingInformation(
        Array(energies[(chain * 1000)..<((chain + 1) * 1000)]))
      expect(ours, theirs, "E-BFMI of chain \(chain + 1)")
    }
  }
}
