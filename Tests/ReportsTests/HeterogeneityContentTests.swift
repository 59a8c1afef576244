import Designs
import MixedModels
import Posterior
import Reports
import Testing
import Trees

@testable import Subgroups

@Suite struct HeterogeneityContentTests {
  private func printed(_ fixture: Fixture) throws -> Printed {
    let tree = fixture.data.tree(.withoutAge)
    return Printed(try fixture.comparison(tree, tree))
  }

  /// The posterior of τ is shown by its shortest interval: 0.002 and 2.3 times the mean of 1.03.
  @Test func deviationsOfBothEstimatorsStandSideBySide() throws {
    let printed = try printed(Fixture())
    #expect(
      printed.flowing.contains(
        "τ1 treatment effect 0.67 [0.10, 2.31] 0.89 1.03 [0.00, 2.37] σ residual 3.55 [3.42, 3.68] "
          + "3.54 3.55 [3.43, 3.67]"))
    #expect(
      printed.flowing.contains(
        "The central interval of an SD can never contain zero; the shortest one is shown."))
    #expect(printed.flowing.contains("divided by that of its prior: 0.51"))
    #expect(!printed.flowing.contains("exactly"))
    #expect(!printed.flowing.contains("mostly its prior"))
    #expect(!printed.text.contains("τ0"))
  }

  @Test func aREMLEstimateOfZeroIsSaidInWords() throws {
    var fixture = Fixture()
    fixture.tau = [0]
    fixture.tauIntervals = [Interval(lower: 0, upper: 1.406)]
    let printed = try printed(fixture)
    #expect(
      printed.flowing.contains(
        "REML puts τ1 at exactly zero (a singular fit): the likelihood is largest there, which does "
          + "not show that the treatment effect is the same in every trial. The posterior of τ1 has "
          + "median 0.89 and its shortest 95% interval is [0.00, 2.37]."))
    #expect(printed.flowing.contains("τ1: REML exactly 0, 95% CI [0.00, 1.41]; posterior median"))
  }

  @Test func withThreeTrialsThePosteriorIsMostlyThePrior() throws {
    var fixture = Fixture()
    fixture.data.trials = ["A", "B", "C"]
    #expect(
      try printed(fixture).flowing.contains(
        "the posterior of τ1 is mostly its prior (SD ratio 0.51)"))
    let tree = fixture.data.tree(.withoutAge)
    var analysis = try fixture.comparison(tree, tree)
    if case .bayesian(var fit) = analysis.runs[1].fit {
      fit.tau1SDRatio = nil
      analysis.runs[1].fit = .bayesian(fit)
    }
    #expect(
      Printed(analysis).flowing.contains("mostly its prior (SD ratio unknown, the prior has no SD)")
    )
  }

  @Test func randomInterceptsHaveARowOfTheirOwn() throws {
    var fixture = Fixture()
    fixture.method = .metamobRI
    fixture.tau = [2.336, 0.585]
    fixture.tauIntervals = [Interval(lower: 1.1, upper: .infinity), nil]
    let printed = try printed(fixture)
    #expect(printed.flowing.contains("τ0 intercept 2.34 [1.10, ∞]"))
    #expect(printed.flowing.contains("τ1 treatment effect 0.58 –"))
    #expect(printed.flowing.contains("τ0 half-normal("))
    // Deviations of trial T1: −1.5 times τ by REML, −0.6 ± 1.1 by the fixture's posterior.
    #expect(
      printed.flowing.contains(
        "T1 -3.50 -0.88 -0.60 [-1.70, 0.50] -0.60 [-1.70, 0.50]"))
  }

  @Test func aMethodWithoutRandomTermsSaysSo() throws {
    var fixture = Fixture()
    fixture.method = .mobSI
    fixture.tau = []
    fixture.tauIntervals = []
    let printed = try printed(fixture)
    #expect(printed.lines.contains("Residual SD on the scale of rmdq"))
    #expect(
      printed.flowing.contains(
        "mob-si takes the treatment effect of a subgroup as the same in every trial: heterogeneity "
          + "between trials is not in the intervals."))
    #expect(printed.flowing.contains("t interval and test on the residual degrees of freedom"))
    #expect(!printed.lines.contains { $0.hasPrefix("τ1") })
    #expect(!printed.flowing.contains("new trial"))
    #expect(printed.flowing.contains("a stopping rule, not posterior evidence."))
    #expect(!printed.flowing.contains("posterior mean;"))
  }

  // MARK: Chains

  @Test func theVerdictHasItsFigures() throws {
    #expect(
      try printed(Fixture()).flowing.contains(
        "Converged: 4 chains of 1000 draws after 1000 of warm-up (hmc, seed 1); largest R-hat "
          + "1.002, smallest ESS 2110 (bulk) and 1705 (tail), 0 divergences, smallest E-BFMI 0.91."
      ))
  }

  @Test func chainsThatHaveNotConvergedAreMarkedWhereverTheirFiguresStand() throws {
    var fixture = Fixture()
    fixture.converged = false
    let printed = try printed(fixture)
    #expect(
      printed.flowing.occurrences(
        of: "The chains have NOT converged: the posterior figures are not to be relied on.") == 2)
    #expect(printed.flowing.contains("The chains have NOT converged; do not rely on"))
    #expect(printed.flowing.contains("NOT converged: 4 chains"))
    #expect(printed.flowing.contains("- round 2: R-hat of tau1 is 1.031, above 1.01"))
    #expect(printed.flowing.contains("3 divergences"))
  }

  // MARK: Several methods

  @Test func severalMethodsAreSectionsWithATableOfAgreement() throws {
    var fixture = Fixture()
    let tree = fixture.data.tree(.withoutAge)
    var analysis = try fixture.comparison(tree, tree)
    fixture.method = .mobSI
    fixture.tau = []
    fixture.tauIntervals = []
    analysis.runs += try fixture.comparison(tree, tree).runs
    analysis.agreement.append(
      Agreement(
        runs: [0, 2], adjustedRandIndex: 0.874, sameRootSplit: true, splitsInBoth: 3,
        splitsOnlyFirst: 1, splitsOnlySecond: 0))
    let printed = Printed(analysis)
    #expect(printed.lines.contains("Chains: metamob-si"))
    #expect(printed.lines.contains("Chains: mob-si"))
    #expect(printed.flowing.contains("- mob-si: The chains have converged."))
    #expect(printed.lines.contains("Agreement between the trees"))
    #expect(printed.flowing.contains("metamob-si REML, mob-si REML 0.87 yes 3 1 0"))
  }

  @Test func aLoneBayesianRunHasItsREMLEffectsAndDiagnosticsBeside() throws {
    let fixture = Fixture()
    var run = try fixture.bayesian(fixture.data.tree(.withoutAge))
    if case .bayesian(var fit) = run.fit {
      var subgroup = LikelihoodSubgroup(node: 3, rows: 365)
      subgroup.effect.estimate = 0.284
      subgroup.effect.standardError = 0.565
      subgroup.effect.degreesOfFreedom = 8.9
      subgroup.effect.interval = Interval(lower: -1, upper: 1.57)
      subgroup.effect.pValue = 0.627
      fit.subgroups[0].likelihood = subgroup
      run.fit = .bayesian(fit)
    }
    let printed = Printed(try fixture.analysis([run]))
    #expect(printed.flowing.contains("REML on this tree"))
    #expect(
      printed.line(after: "[3] rmdq_0 <= 4, n = 365")?.split(separator: " ").map(String.init)
        .prefix(5) == ["0.28", "[-1.00,", "1.57]", "8.9", "0.627"])
    #expect(printed.flowing.contains("R-hat ESS bulk ESS tail"))
    #expect(printed.flowing.contains("1.001 3120 2412"))
  }
}
