import Designs
import Foundation
import MixedModels
import Numerics

/// What a node's model without a split says of each participant: what is taken off and put back where arms are
/// drawn anew (article RecursivePartitioning).
struct NodeEffects: Sendable {
  /// The treatment effect in each trial.
  var effects: [Double] = []
  /// The log odds of the event without treatment, one a row; empty where the outcome is no event.
  var controlOdds: [Double] = []
}

/// Arms drawn anew within trials.
extension InteractionSearch {
  /// The smallest p-value of all candidates where the arms are drawn anew within trials.
  func smallestP(rerandomised stream: inout RandomStream, _ known: NodeEffects) -> Double {
    let arm = redrawnArms(&stream)
    switch design.family {
    case .gaussian:
      let outcome = rows.outcome.indices.map { row in
        rows.outcome[row]
          + known.effects[Int(rows.trial[row])] * (Double(arm[row]) - Double(rows.arm[row]))
      }
      let drawn = InteractionRows(rows, arm: arm, outcome: outcome)
      let products = InteractionCells.products(drawn)
      return smallest { gaussian($0, drawn, products) }
    case .binomial:
      let redrawn = design.with(arm: arm, outcome: redrawnEvents(arm, known, &stream))
      let joint = joint(of: redrawn)
      return smallest { binomial($0, joint) }
    }
  }

  private func smallest(_ finding: (Int) -> Finding?) -> Double {
    variables.indices.reduce(.infinity) { min($0, finding($1)?.interaction.pValue ?? .infinity) }
  }

  func redrawnArms(_ stream: inout RandomStream) -> [UInt8] {
    var members = [[Int]](repeating: [], count: rows.trials)
    for row in rows.trial.indices { members[Int(rows.trial[row])].append(row) }
    var arm = rows.arm
    for trial in members.indices {
      var arms = members[trial].map { rows.arm[$0] }
      stream.shuffle(&arms)
      for (row, drawn) in zip(members[trial], arms) { arm[row] = drawn }
    }
    return arm
  }

  /// The events under other arms, each participant having a latent outcome: an event happens where a logistic
  /// variable is below the log odds.
  ///
  /// Given the event that was observed the latent variable lies on one side of the log odds of the own arm; that the
  /// other arm's event differs has then the probability (p' − p)/(1 − p) where its risk p' is higher and there was no
  /// event, (p − p')/p where it is lower and there was one, and zero else.
  func redrawnEvents(
    _ arm: [UInt8], _ known: NodeEffects, _ stream: inout RandomStream
  ) -> [Double] {
    design.outcome.indices.map { row in
      let event = design.outcome[row]
      let odds = known.controlOdds[row]
      // One number a row, so that a draw does not hang on what others came to.
      let uniform = stream.uniform()
      guard arm[row] != design.arm[row], odds.isFinite else { return event }
      let effect = known.effects[Int(design.trial[row])]
      let own = risk(odds + effect * Double(design.arm[row]))
      let other = risk(odds + effect * Double(arm[row]))
      let change = event > 0 ? (own - other) / own : (other - own) / (1 - own)
      return uniform < change ? 1 - event : event
    }
  }

  private func risk(_ odds: Double) -> Double { 1 / (1 + exp(-odds)) }
}

extension Design {
  /// The same participants with other arms and outcomes.
  fileprivate func with(arm: [UInt8], outcome: [Double]) -> Design {
    Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event, outcome: outcome,
      weights: weights, treatment: treatment, arm: arm, trialName: trialName, trials: trials,
      trial: trial, covariates: covariates, partitioning: partitioning, exclusions: exclusions)
  }
}
