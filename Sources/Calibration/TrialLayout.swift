import Designs
import MixedModels

/// The participants of a scenario without their outcomes: the same in every replicate.
///
/// Trials are of three sizes; each leaf of each trial has both arms. A covariate is 0 or 1 by turns
/// within an arm, so that the rows of a leaf, trial, arm and value share a linear predictor: a group.
struct TrialLayout: Sendable {
  /// Rows that share a linear predictor.
  struct Group: Sendable {
    let trial: Int
    let leaf: Int
    let isActive: Bool
    /// The positions of coefficients that enter the predictor with the factor 1.
    let coefficients: [Int]
  }

  let scenario: Scenario
  let groups: [Group]
  /// The group of each row.
  let group: [Int]
  let trial: [Int32]
  let arm: [UInt8]
  let leaf: [Int32]
  private let covariates: Covariates

  /// The sizes of an arm of a leaf, by turns over the trials.
  private static let sizes = [10, 6, 4]

  init(_ scenario: Scenario) {
    self.scenario = scenario
    let roles = scenario.roles
    var groups: [Group] = []
    var (group, trials, arms, leaves) = ([Int](), [Int32](), [UInt8](), [Int32]())
    var values: [Double] = []
    for trial in 0..<scenario.trials {
      for leaf in 0..<Scenario.leaves {
        for arm in 0...1 {
          let levels = scenario.covariates == 0 ? 1 : 2
          let first = groups.count
          for level in 0..<levels {
            groups.append(
              Group(
                trial: trial, leaf: leaf, isActive: arm == 1,
                coefficients: roles.indices.filter {
                  roles[$0].isOne(trial: trial, leaf: leaf, isActive: arm == 1, level: level)
                }))
          }
          for i in 0..<Self.sizes[trial % Self.sizes.count] {
            group.append(first + i % levels)
            trials.append(Int32(trial))
            arms.append(UInt8(arm))
            leaves.append(Int32(leaf))
            values.append(Double(i % levels))
          }
        }
      }
    }
    self.groups = groups
    (self.group, trial, arm, leaf) = (group, trials, arms, leaves)
    covariates =
      scenario.covariates == 0 ? .none : Covariates(names: ["x"], columns: [values])
  }

  /// The number of rows.
  var rows: Int { group.count }

  /// The design with an outcome, one number a row.
  func design(_ outcome: [Double]) -> Design {
    Design(
      formula: "y ~ treatment | trial", outcomeName: "y", family: scenario.family,
      event: scenario.family == .binomial ? "1" : nil, outcome: outcome,
      treatment: TreatmentArms(column: "treatment", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (1...scenario.trials).map { "T\($0)" }, trial: trial,
      covariates: covariates,
      subgroups: SubgroupColumn(name: "subgroup", codes: leaf, levels: ["A", "B"]),
      exclusions: Exclusions(rows: rows, used: rows, counts: []))
  }

  /// The linear predictor of a group.
  func predictor(_ group: Group, _ parameters: JointParameters) -> Double {
    let terms = scenario.terms
    var sum = 0.0
    for i in group.coefficients { sum += parameters.coefficients[i] }
    let first = (scenario.set(of: group.leaf) * scenario.trials + group.trial) * terms.randomTerms
    if terms.randomIntercept { sum += parameters.trialEffects[first] }
    if terms.randomEffect, group.isActive {
      sum += parameters.trialEffects[first + terms.randomTerms - 1]
    }
    return sum
  }
}

extension FixedRole {
  /// Whether a coefficient enters the predictor of a group of rows.
  fileprivate func isOne(trial: Int, leaf: Int, isActive: Bool, level: Int) -> Bool {
    switch self {
    case .effect(let own): own == leaf && isActive
    case .meanEffect: false
    case .intercept(let ownLeaf, let ownTrial):
      (ownLeaf ?? leaf) == leaf && (ownTrial ?? trial) == trial
    case .covariate: level == 1
    }
  }
}
