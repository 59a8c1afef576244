import Designs
import Foundation
import Inference
import Posterior
import Sampling
import Subgroups
import Tables
import TestSupport
import Testing
import Trees

@testable import Sensitivity

/// Refits against analyses that were made with the other prior in the first place.
@Suite("Refits under other priors") struct PriorSensitivityTests {
  static func design(_ name: String) throws -> Design {
    let data = try #require(ReferenceData(named: name))
    let text = try DelimitedText(InputFile(reading: data.file.path))
    let options = DesignOptions(orders: try data.orders.map { try LevelOrder(parsing: $0) })
    return try DesignBuilder(
      text, formula: Formula(parsing: data.formula), options: options
    ).design()
  }

  static func plan(_ method: Subgroups.Method) throws -> AnalysisPlan {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.methods = [method]
    plan.sampling.chains = 2
    // Figures are compared exactly, for which short chains do.
    plan.sampling.warmup = 30
    plan.sampling.draws = 20
    plan.threads = 2
    return plan
  }

  static func fit(
    _ design: Design, _ plan: AnalysisPlan
  ) throws -> (run: Run, result: BayesianResult) {
    let run = try analyse(design, plan, in: AnalysisEnvironment()).runs[0]
    let result: BayesianResult? =
      if case .bayesian(let found) = run.fit { found } else { nil }
    return (run, try #require(result))
  }

  static func sensitivity(
    _ design: Design, _ plan: AnalysisPlan, _ run: Run
  ) throws -> PriorSensitivity? {
    try PriorSensitivity(run, of: design, plan, in: AnalysisEnvironment())
  }

  /// The default set with another prior of one SD.
  static func set(_ key: String, _ prior: String, _ family: Family) throws -> PriorSet {
    let text = """
      {"schema": "metamob.priors/1", "name": "other", "\(family.rawValue)": {"\(key)": \(prior)}}
      """
    return try PriorSet(data: Data(text.utf8), file: "other.json")
  }

  static func document(_ prior: HeterogeneityPrior) -> String {
    switch prior {
    case .halfNormal(let scale): #"{"family": "half-normal", "scale": \#(scale)}"#
    case .halfCauchy(let scale): #"{"family": "half-cauchy", "scale": \#(scale)}"#
    case .uniform(let a, let b): #"{"family": "uniform", "lower": \#(a), "upper": \#(b)}"#
    case .exponential(let rate): #"{"family": "exponential", "rate": \#(rate)}"#
    default: "null"
    }
  }

  static let cases: [(name: String, method: Subgroups.Method)] = [
    ("few-trials", .metamobSI), ("few-trials", .metamobRI), ("few-trials", .mobRI),
    ("binary-outcome", .metamobSI),
  ]

  @Test("A refit is the analysis under that prior: tree, effects and SD", arguments: cases.indices)
  func sameAsAnalysis(index: Int) throws {
    let (name, method) = Self.cases[index]
    let design = try Self.design(name)
    var plan = try Self.plan(method)
    let (run, result) = try Self.fit(design, plan)
    let sensitivity = try #require(try Self.sensitivity(design, plan, run))
    let parameter = method == .mobRI ? "tau0" : "tau1"
    #expect(sensitivity.parameter.rawValue == parameter)
    #expect(sensitivity.refits.count == 12)
    // The analysis itself is one of the refits.
    let own = try #require(sensitivity.refits[1].same)
    #expect(sensitivity.refits[1].entry.prior == sensitivity.prior)
    #expect(own.effects.map(\.mean) == result.subgroups.map(\.effect.mean))
    #expect(own.effects.map(\.interval) == result.subgroups.map(\.effect.central))
    #expect(own.differences.map(\.difference.mean) == result.contrasts.map(\.difference.mean))
    #expect(sensitivity.refits[1].isSameTree == true)
    for place in [0, 5, 7, 11] {
      let refit = sensitivity.refits[place]
      plan.priors = try Self.set(
        parameter, Self.document(refit.entry.prior), design.family)
      let (other, expected) = try Self.fit(design, plan)
      let found = try #require(refit.regrown)
      #expect(found.tree.hasSameSplits(as: other.tree.tree))
      #expect(found.effects.map(\.mean) == expected.subgroups.map(\.effect.mean))
      let deviation = parameter == "tau0" ? expected.tau0 : expected.tau1
      #expect(found.deviations.map(\.mean) == [deviation?.mean])
      if refit.isSameTree == true {
        #expect(refit.same?.effects == found.effects && refit.same?.deviations == found.deviations)
      }
    }
  }

  @Test(
    "Every heterogeneity of subgroups has refits under all priors",
    arguments: [HeterogeneityChoice.perSubgroup, .perSubgroupPooled])
  func perSubgroup(choice: HeterogeneityChoice) throws {
    let design = try Self.design("few-trials")
    var plan = try Self.plan(.metamobSI)
    plan.heterogeneity = choice
    let (run, result) = try Self.fit(design, plan)
    let sensitivity = try #require(try Self.sensitivity(design, plan, run))
    let done = sensitivity.refits.filter { $0.same != nil }
    #expect(done.count == 12 && sensitivity.refits.count == 12)
    let own = try #require(sensitivity.refits[1].same)
    #expect(own.effects.map(\.mean) == result.subgroups.map(\.effect.mean))
    #expect(own.deviations.count == result.subgroups.count)
    #expect(sensitivity.conclusion.done == done.count)
  }

  @Test("Gibbs and pooled effects as well; threads do not matter")
  func settings() throws {
    let design = try Self.design("few-trials")
    var plan = try Self.plan(.metamobSI)
    plan.sampling.sampler = .gibbs
    plan.poolsEffects = true
    let (run, result) = try Self.fit(design, plan)
    let two = try #require(try Self.sensitivity(design, plan, run))
    let own = try #require(two.refits[1].same)
    #expect(own.effects.map(\.mean) == result.subgroups.map(\.effect.mean))
    plan.threads = 1
    #expect(try Self.sensitivity(design, plan, run) == two)
  }

  @Test("Where there is no heterogeneity, or it is fixed at zero, nothing is varied")
  func nothing() throws {
    let design = try Self.design("few-trials")
    for method in [Subgroups.Method.mob, .mobSI, .palmtree] {
      let plan = try Self.plan(method)
      #expect(try Self.sensitivity(design, plan, try Self.fit(design, plan).run) == nil)
    }
    var plan = try Self.plan(.metamobSI)
    plan.priors = try Self.set("tau1", #"{"family": "fixed", "value": 0}"#, .gaussian)
    #expect(try Self.sensitivity(design, plan, try Self.fit(design, plan).run) == nil)
  }

  @Test("Cancelled work throws")
  func cancelled() throws {
    let design = try Self.design("few-trials")
    let plan = try Self.plan(.metamobSI)
    let run = try Self.fit(design, plan).run
    let stopped = AnalysisEnvironment(monitor: .init(isCancelled: { true }))
    #expect(throws: AnalysisError.sampling(.cancelled)) {
      try PriorSensitivity(run, of: design, plan, in: stopped)
    }
  }
}
