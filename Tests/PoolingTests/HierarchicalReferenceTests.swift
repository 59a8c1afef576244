import JSON
import Pooling
import Posterior
import TestSupport
import Testing

/// The posterior against quadrature by another program (R; its origin stands in the file).
@Suite("Figures of the hierarchical model")
struct HierarchicalReferenceTests {
  @Test("All fits are there")
  func fits() {
    #expect(ReferenceFit.all.count == 140)
  }

  @Test("Posterior", arguments: ReferenceFit.all)
  func posterior(_ fit: ReferenceFit) throws {
    let found = try pool(fit.estimates, priors: fit.priors).bayes
    // The file's integral under the log-t prior begins at τ of about e^−35 and so lacks a
    // millionth of the posterior, which the next test has not left out.
    var comparison = Comparison(
      precision: fit.name.contains("log-student-t") ? 1e-6 : 1e-8,
      AgreementNotes(.pooling, "\(fit.dataSet), exact"))
    comparison.add("tau", found.heterogeneity, fit.exact["tau"])
    comparison.add("mu", found.mean, fit.exact["mu"])
    comparison.add("new study", found.newStudy, fit.exact["theta_new"])
    let shrinkage = try #require(fit.exact["shrinkage"]?.array)
    #expect(shrinkage.count == found.shrinkage.count)
    for (index, figures) in found.shrinkage.enumerated() {
      comparison.add("study \(index)", figures, shrinkage[index])
    }
    comparison.add(
      "log marginal likelihood", found.logMarginalLikelihood, fit.exact["log_marginal_likelihood"])
    comparison.add("tau = 0", found.bayesFactorHomogeneity, fit.exact["bayes_factor_tau0"])
    comparison.add("mu = 0", found.bayesFactorZeroMean, fit.exact["bayes_factor_mu0"])
    comparison.add("P(mu < 0)", found.probabilityBelowZero, fit.exact["mu"]?["p_lt_0"])
    #expect(comparison.differences.isEmpty, "\(comparison.differences.joined(separator: "\n"))")
  }

  /// By mpmath 1.3 (Python), 20 digits, from u = −10⁹ with breaks at 1e6, 1e4 and so on.
  @Test("A tail in powers of log tau")
  func logT() throws {
    let fit = try #require(
      ReferenceFit.all.first { $0.name == "Rubin1981, log-student-t, uniform-improper" })
    let found = try pool(fit.estimates, priors: fit.priors).bayes.heterogeneity
    #expect(close(try #require(found.mean), 3.6381805354966071, relative: 1e-12))
  }
}

/// Collects what differs.
private struct Comparison {
  /// How much numbers may differ relative to themselves, and quantiles to the width of the posterior.
  let precision: Double
  private let agreement: AgreementNotes
  private(set) var differences: [String] = []

  init(precision: Double, _ agreement: AgreementNotes) {
    self.precision = precision
    self.agreement = agreement
  }

  /// The file has modes and shortest intervals to about 1e-6 of a posterior SD, so that these are
  /// compared to twice that of the width.
  mutating func add(_ name: String, _ found: PosteriorFigures, _ wanted: JSONValue?) {
    guard let wanted else {
      differences.append("\(name): no figures")
      return
    }
    let width = found.central.upper - found.central.lower
    add("\(name) mean", found.mean, wanted["mean"])
    add("\(name) sd", found.sd, wanted["sd"])
    add("\(name) median", found.median, wanted["median"], within: precision * width)
    add("\(name) mode", found.mode, wanted["mode"], within: 2e-6 * width)
    add("\(name) central", found.central, wanted["central95"], within: precision * width)
    add("\(name) shortest", found.shortest, wanted["shortest95"], within: 2e-6 * width)
    if (found.note == nil) != (found.mean != nil && found.sd != nil) {
      differences.append("\(name): note \(found.note ?? "none")")
    }
  }

  mutating func add(
    _ name: String, _ found: Interval, _ wanted: JSONValue?, within tolerance: Double
  ) {
    add(name + " lower", found.lower, wanted?.array?.first, within: tolerance)
    add(name + " upper", found.upper, wanted?.array?.last, within: tolerance)
  }

  mutating func add(
    _ name: String, _ found: Double?, _ wanted: JSONValue?, within tolerance: Double = 0
  ) {
    switch (found, wanted?.number) {
    case (nil, nil): return
    case (let found?, let wanted?):
      let kind =
        name.hasPrefix("study") ? "a study's " + (name.split(separator: " ").last ?? "") : name
      if agreement.close(
        kind, found, wanted, relative: precision, absolute: max(tolerance, 1e-9))
      {
        return
      }
      differences.append("\(name): \(found), not \(wanted)")
    default:
      differences.append("\(name): \(String(describing: found)), not \(String(describing: wanted))")
    }
  }
}
