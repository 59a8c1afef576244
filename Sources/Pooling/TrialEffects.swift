public import Designs
import Words

/// The treatment effect of each trial, estimated from its participants alone.
public struct TrialEffects: Sendable, Equatable {
  /// One estimate for each trial that has one.
  public let estimates: [StudyEstimate]
  /// Trials without an estimate, and why.
  public let absent: [Absence]
  /// Trials of whose counts a cell was zero, so that ½ was added to all.
  public let corrected: [String]

  /// A trial without an estimate.
  public struct Absence: Sendable, Equatable {
    /// Why there is no estimate.
    public enum Reason: String, Sendable, CaseIterable {
      /// One of the arms has no participant.
      case oneArm = "one arm"
      /// There are not more participants than coefficients.
      case tooFew = "no participant more than coefficients"
      /// The treatment is a combination of the covariates.
      case aliased = "a treatment that covariates determine"
      /// The outcome is fitted exactly.
      case exactFit = "no residual variance"
      /// The estimate of a logistic regression is infinite.
      case separated = "an infinite estimate"
    }

    /// The trial.
    public let trial: String
    /// Why.
    public let reason: Reason
  }

  /// Estimates the effect in each trial: least squares for a Gaussian outcome, the measure of the
  /// trial's counts for a binomial one, and with covariates logistic regression.
  ///
  /// `rows` limits the participants to some of the design's. Complexity: linear in the rows.
  public init(_ design: Design, rows: [Int]? = nil, measure: EffectMeasure = .oddsRatio) {
    var members = [[Int]](repeating: [], count: design.trials.count)
    if let rows {
      for row in rows { members[Int(design.trial[row])].append(row) }
    } else {
      for row in 0..<design.rows { members[Int(design.trial[row])].append(row) }
    }
    var estimates: [StudyEstimate] = []
    var absent: [Absence] = []
    var corrected: [String] = []
    for (trial, own) in zip(design.trials, members) where !own.isEmpty {
      let active = own.count { design.arm[$0] == 1 }
      guard active > 0, active < own.count else {
        absent.append(Absence(trial: trial, reason: .oneArm))
        continue
      }
      let found: Result<(estimate: Double, se: Double), Failure>
      switch design.family {
      case .gaussian: found = TrialRegression(design, own).leastSquares()
      case .binomial where design.covariates.columns.isEmpty:
        let counts = ArmCounts(design, own)
        if counts.hasZeroCell { corrected.append(trial) }
        found = .success(counts.effect(measure))
      case .binomial: found = TrialRegression(design, own).logistic()
      }
      switch found {
      case .success(let effect):
        estimates.append(StudyEstimate(study: trial, estimate: effect.estimate, se: effect.se))
      case .failure(let failure): absent.append(Absence(trial: trial, reason: failure.reason))
      }
    }
    self.estimates = estimates
    self.absent = absent
    self.corrected = corrected
  }

  /// Why a regression has no estimate.
  struct Failure: Error {
    let reason: Absence.Reason
  }

  /// What the user should know: trials without an estimate, and corrected counts.
  public var warnings: [String] {
    var warnings = Absence.Reason.allCases.compactMap { reason -> String? in
      let trials = absent.filter { $0.reason == reason }.map(\.trial)
      guard !trials.isEmpty else { return nil }
      return "\(counted(trials.count, "trial")) with \(reason.rawValue) left out: \(listed(trials))"
    }
    if !corrected.isEmpty {
      warnings.append(
        "1/2 added to all four counts of \(counted(corrected.count, "trial")) with a zero cell: "
          + listed(corrected))
    }
    return warnings
  }
}

extension ArmCounts {
  /// The counts of some rows of a binomial design.
  fileprivate init(_ design: Design, _ rows: [Int]) {
    self.init(activeEvents: 0, activeTotal: 0, referenceEvents: 0, referenceTotal: 0)
    for row in rows {
      if design.arm[row] == 1 {
        activeTotal += 1
        activeEvents += design.outcome[row]
      } else {
        referenceTotal += 1
        referenceEvents += design.outcome[row]
      }
    }
  }
}
