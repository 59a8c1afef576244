import Designs
import Inference
import Numerics
import Posterior
import Stability
import Subgroups
import Trees

/// What one simulated data set shows of the effects of its subgroups.
struct StudyReplicate: Sendable {
  /// One leaf: by how much its effect is exaggerated, away from the overall effect, and whether its
  /// interval holds the truth.
  struct Leaf: Sendable {
    let exaggeration: Double
    let error: Double
    let isCovered: Bool
  }

  /// The slope c.
  var slope: Double?
  var leaves = 1
  /// The leaves of the reported tree as they are, and corrected; none for a tree without a split.
  var before: [Leaf] = []
  var after: [Leaf] = []
  /// Those of the tree of one half in the other, whether it has a split or not.
  var honest: [Leaf] = []

  init?(_ scenario: StudyScenario, _ replicate: Int, pairs: Int, seed: UInt64) {
    let (design, effects) = scenario.data(replicate, seed: seed)
    guard let priors = try? PriorSet.weaklyInformative() else { return nil }
    var analysis = AnalysisPlan(priors: priors)
    analysis.methods = [.metamobSI]
    analysis.estimators = [.reml]
    analysis.sampling.seed = seed &+ UInt64(replicate)
    var plan = StabilityPlan(analysis)
    plan.pairs = pairs
    plan.isHonest = true
    guard let result = try? stability(of: design, plan, in: AnalysisEnvironment()) else {
      return nil
    }
    let tree = result.analysis.runs[0].tree.tree
    leaves = tree.leaves.count
    slope = result.correction?.slope
    func truth(_ rows: [Int32]) -> Double {
      rows.reduce(0) { $0 + effects[Int($1)] } / Double(rows.count)
    }
    let all = truth((0..<design.rows).map { Int32($0) })
    if tree.leaves.count > 1 {
      for (leaf, subgroup) in zip(tree.leaves, result.subgroups) {
        guard let effect = subgroup.effect, let corrected = subgroup.corrected ?? subgroup.effect,
          let overall = result.overall?.estimate
        else { continue }
        let truth = truth(leaf.rows)
        let sign = effect.estimate >= overall ? 1.0 : -1
        before.append(Leaf(effect, truth: truth, sign: sign))
        after.append(Leaf(corrected, truth: truth, sign: sign))
      }
    }
    if let tree = result.honest {
      let codes = TreeShape(tree.tree).leafCodes(of: design)
      for (place, leaf) in tree.leaves.enumerated() {
        guard let effect = leaf.effect else { continue }
        let rows = codes.indices.filter { codes[$0] == Int32(place) }.map { Int32($0) }
        let truth = truth(rows)
        honest.append(Leaf(effect, truth: truth, sign: truth >= all ? 1 : -1))
      }
    }
  }
}

extension StudyReplicate.Leaf {
  fileprivate init(_ effect: EffectEstimate, truth: Double, sign: Double) {
    exaggeration = sign * (effect.estimate - truth)
    error = effect.estimate - truth
    isCovered = effect.interval.map { $0.lower <= truth && truth <= $0.upper } ?? false
  }
}
