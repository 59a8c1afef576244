public import Designs
import Numerics
import Sampling
public import Subgroups
import Threads
import Trees

/// Applies a procedure to resampled data sets, many at a time and each on one thread.
public struct Resampler: Sendable {
  private let design: Design
  private let plan: StabilityPlan
  private let procedure: TreeProcedure

  /// A resampler of a design.
  public init(
    _ design: Design, _ plan: StabilityPlan,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.design = design
    self.plan = plan
    procedure = TreeProcedure(plan.analysis, family: design.family, isCancelled: isCancelled)
  }

  /// The number of rounds: of pairs of halves, or of trials to be left out.
  public var rounds: Int {
    plan.resampling == .halves ? plan.pairs : design.trials.count
  }

  /// The outcomes of all rounds, two a pair of halves and one a trial, in order.
  ///
  /// Rounds that are `known` are not done again. `finished` hears, from any thread, of every round that
  /// was done. The same seed gives the same outcomes whatever the number of threads.
  public func run(
    known: [Int: [ResampledOutcome]] = [:],
    finished: @Sendable (_ round: Int, [ResampledOutcome]) -> Void = { _, _ in }
  ) throws(AnalysisError) -> [[ResampledOutcome]] {
    try concurrentMap(count: rounds, threads: plan.analysis.threads) {
      (round) throws(AnalysisError) in
      if let outcomes = known[round] { return outcomes }
      let outcomes = try outcomes(of: round)
      finished(round, outcomes)
      return outcomes
    }
  }

  private func outcomes(of round: Int) throws(AnalysisError) -> [ResampledOutcome] {
    let seed = plan.analysis.sampling.seed
    var seeds = RandomStream(seed: seed, purpose: "stability chains", index: round)
    // Documents hold a seed as a double.
    let procedure = procedure.seeded(seeds.next() >> 11)
    switch plan.resampling {
    case .trials:
      let rows = (0..<design.rows).map { Int32($0) }.filter { design.trial[Int($0)] != round }
      let part = Part(design.subset(rows), procedure)
      return [try part.outcome(against: nil)]
    case .halves:
      var stream = RandomStream(seed: seed, purpose: "stability halves", index: round)
      let halves = Halves(design, &stream)
      let first = Part(design.subset(halves.first), procedure)
      let second = Part(design.subset(halves.second), procedure)
      return [try first.outcome(against: second), try second.outcome(against: first)]
    }
  }
}

/// A part of the participants.
private struct Part {
  let design: Design
  let sample: ProcedureSample

  init(_ design: Design, _ procedure: TreeProcedure) {
    self.design = design
    sample = ProcedureSample(design, procedure)
  }

  /// The tree that this part grows, its effects compared with those in the other part.
  func outcome(against other: Part?) throws(AnalysisError) -> ResampledOutcome {
    do {
      let grown = try sample.grow()
      var tree = ResampledTree(
        shape: TreeShape(grown.tree), deviations: [], isSettled: grown.isSettled,
        hasConverged: grown.hasConverged)
      if let other, tree.shape.leaves > 1 {
        tree.deviations = try deviations(tree.shape, grown.method, other)
      }
      return .grown(tree)
    } catch {
      guard let reason = error.ofOneDataSet else { throw error }
      return .failed(reason)
    }
  }

  private func deviations(
    _ shape: TreeShape, _ method: Method, _ other: Part
  ) throws(AnalysisError) -> [ResampledTree.Deviation] {
    let own = try leaves(shape, method)
    let others = try other.leaves(shape, method)
    guard let center = own.effects.overall, let otherCenter = others.effects.overall else {
      return []
    }
    return own.sizes.indices.compactMap { leaf in
      guard let grown = own.effects.leaves[leaf], let again = others.effects.leaves[leaf] else {
        return nil
      }
      return ResampledTree.Deviation(
        grown: grown.estimate - center.estimate, other: again.estimate - otherCenter.estimate,
        weight: Double(min(own.sizes[leaf], others.sizes[leaf])))
    }
  }

  private func leaves(
    _ shape: TreeShape, _ method: Method
  ) throws(AnalysisError) -> (effects: LeafEstimates, sizes: [Int]) {
    let codes = shape.leafCodes(of: design)
    var sizes = [Int](repeating: 0, count: shape.leaves)
    for code in codes where code >= 0 { sizes[Int(code)] += 1 }
    return (try sample.effects(of: codes, leaves: shape.leaves, by: method), sizes)
  }
}
