public import Inference
private import Synchronization
import Threads

/// Simulation-based calibration of one sampler under one scenario.
///
/// If the sampler draws from the posterior, the rank of a true value among nearly independent draws is
/// uniform, whatever the quantity (Cook, Gelman & Rubin 2006; Talts et al. 2018).
public struct Calibrator: Sendable {
  /// The scenario.
  public let scenario: Scenario
  /// What is checked.
  public let source: any PosteriorSource
  /// The settings.
  public let plan: CalibrationPlan
  private let priors: ResolvedPriors

  /// A calibration of one of the program's samplers.
  ///
  /// The priors are resolved here, once: the truth is drawn from the same numbers that the fits use.
  public init(
    _ scenario: Scenario, _ sampler: PosteriorSampler, _ plan: CalibrationPlan
  ) throws(CalibrationError) {
    try self.init(scenario, plan) { ModelSampler(sampler, $0) }
  }

  /// A calibration of whatever claims to be a sampler, made from the scenario's priors.
  public init(
    _ scenario: Scenario, _ plan: CalibrationPlan,
    source: (ResolvedPriors) -> any PosteriorSource
  ) throws(CalibrationError) {
    guard plan.replicates >= 2, plan.draws >= 2, plan.chains >= 1 else {
      throw .tooFew("2 replicates, 2 draws and a chain are the least")
    }
    self.scenario = scenario
    self.plan = plan
    do {
      priors = try scenario.resolvedPriors()
    } catch {
      throw .prior(error)
    }
    self.source = source(priors)
  }

  /// Runs all replicates; `progress` hears, from any thread, how many are done.
  ///
  /// The same seed gives the same ranks whatever the number of threads.
  public func run(
    progress: @Sendable (_ done: Int) -> Void = { _ in }
  ) throws(CalibrationError) -> RankTable {
    let quantities = Quantity.all(scenario, priors)
    let replicate = Replicate(
      layout: TrialLayout(scenario), priors: priors, quantities: quantities, source: source,
      plan: plan)
    let done = Atomic<Int>(0)
    let outcomes = try concurrentMap(count: plan.replicates, threads: plan.threads) {
      (index) throws(CalibrationError) in
      let outcome = try replicate.run(index)
      progress(done.wrappingAdd(1, ordering: .relaxed).newValue)
      return outcome
    }
    return RankTable(self, quantities, outcomes)
  }
}
