import Designs
import JSON
import Numerics
import Pooling
import Trees

extension FitDocument {
  /// What the figures show of the participants of each leaf: outcomes in five numbers (events in one), and
  /// the effect in each trial from its participants alone.
  ///
  /// Groups of fewer than ``smallestGroup`` participants have a count alone, so that nobody's outcome
  /// can be read off.
  func figures(_ tree: Tree) -> JSONValue {
    [
      "outcomes": .array(tree.leaves.map(outcomes)),
      "trial_effects": .array(tree.leaves.map(trialEffects)),
    ]
  }

  /// The smallest number of participants whose outcomes are summarised.
  static let smallestGroup = 5

  private func outcomes(_ leaf: TreeNode) -> JSONValue {
    var cells = [[Double]](repeating: [], count: 2 * design.trials.count)
    for row in leaf.rows.map(Int.init) {
      cells[2 * Int(design.trial[row]) + Int(design.arm[row])].append(design.outcome[row])
    }
    let arms = [design.treatment.reference, design.treatment.active]
    let byArm = arms.indices.map { arm in
      group(
        ["arm": .string(arms[arm])], design.trials.indices.flatMap { cells[2 * $0 + arm] })
    }
    let byTrial = design.trials.enumerated().map { place, trial in
      group(["trial": .string(trial)], cells[2 * place] + cells[2 * place + 1])
    }
    let byBoth = cells.indices.map { cell in
      group(
        ["trial": .string(design.trials[cell / 2]), "arm": .string(arms[cell % 2])], cells[cell])
    }
    return [
      "node": JSONValue(leaf.id), "by_arm": .array(byArm), "by_trial": .array(byTrial),
      "by_trial_and_arm": .array(byBoth),
    ]
  }

  /// The number of some participants, with minimum, quartiles and maximum of their outcomes, or the
  /// number of events.
  private func group(_ names: [String: JSONValue], _ outcomes: [Double]) -> JSONValue {
    var members = names
    let isShown = outcomes.count >= Self.smallestGroup
    members["n"] = JSONValue(outcomes.count)
    switch design.family {
    case .gaussian:
      let sorted = outcomes.sorted()
      members["five"] =
        isShown
        ? .array([0, 0.25, 0.5, 0.75, 1].map { JSONValue(quantile(sorted: sorted, $0)) }) : nil
    case .binomial:
      members["events"] = isShown ? JSONValue(outcomes.reduce(0, +)) : nil
    }
    return .object(members)
  }

  private func trialEffects(_ leaf: TreeNode) -> JSONValue {
    let found = TrialEffects(design, rows: leaf.rows.map(Int.init)).estimates
    return [
      "node": JSONValue(leaf.id),
      "trials": .array(
        found.map {
          [
            "trial": .string($0.study), "estimate": JSONValue($0.estimate), "se": JSONValue($0.se),
          ]
        }),
    ]
  }
}
