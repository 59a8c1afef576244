public import Designs
import Words

/// A two-stage meta-analysis with all that a report says of it.
public struct PoolingAnalysis: Sendable, Equatable {
  /// What the estimates are.
  public enum Scale: Sendable, Equatable {
    /// What a table of estimates holds.
    case unknown
    /// Differences between arms in a Gaussian outcome.
    case difference
    /// A comparison of events.
    case events(EffectMeasure)
  }

  /// The pooled estimates of some participants of each study.
  public struct Part: Sendable, Equatable {
    /// The level of the subgroups' column.
    public let label: String
    /// The estimates.
    public let estimates: [StudyEstimate]
    /// What they come to; nil where fewer than two studies have an estimate.
    public let pooled: PooledEstimates?

    /// Estimates and what they come to.
    public init(label: String, estimates: [StudyEstimate], pooled: PooledEstimates?) {
      self.label = label
      self.estimates = estimates
      self.pooled = pooled
    }
  }

  /// What the estimates are.
  public var scale: Scale
  /// The column of studies or trials.
  public var studyName: String
  /// Which arm is compared with which; nil for a table of estimates.
  public var treatment: TreatmentArms?
  /// The column of subgroups.
  public var subgroupName: String?
  /// Rows of the file, and which of them were left out.
  public var exclusions: Exclusions
  /// The priors and where they come from.
  public var priors: SourcedPriors
  /// The level of intervals.
  public var level: Double
  /// All participants.
  public var overall: PooledEstimates
  /// The subgroups in level order.
  public var subgroups: [Part]
  /// What the user should know.
  public var warnings: [String]

  /// Pools what was read.
  ///
  /// `priors` are given, or follow from the estimates of all participants. Throws `tooFew` where fewer
  /// than two studies have an estimate.
  public init(
    _ data: PoolingData, measure: EffectMeasure, level: Double,
    priors: ([StudyEstimate]) -> SourcedPriors
  ) throws(PoolingFailure) {
    self.level = level
    subgroupName = nil
    subgroups = []
    let estimates: [StudyEstimate]
    switch data {
    case .estimates(let table):
      scale = .unknown
      (studyName, treatment, exclusions) = (table.studyName, nil, table.exclusions)
      estimates = zip(table.studies, zip(table.estimates, table.standardErrors)).map {
        StudyEstimate(study: $0, estimate: $1.0, se: $1.1)
      }
      warnings = []
    case .counts(let table):
      scale = .events(measure)
      (studyName, treatment, exclusions) = (table.studyName, table.treatment, table.exclusions)
      estimates = zip(table.studies, table.counts).map { study, counts in
        let effect = counts.effect(measure)
        return StudyEstimate(study: study, estimate: effect.estimate, se: effect.se)
      }
      warnings = table.warnings + Self.correctionWarnings(table.withZeroCell)
    case .participants(let design):
      let effects = TrialEffects(design, measure: measure)
      scale = design.family == .gaussian ? .difference : .events(measure)
      (studyName, treatment, exclusions) = (design.trialName, design.treatment, design.exclusions)
      estimates = effects.estimates
      warnings = design.warnings + effects.warnings
    }
    guard estimates.count > 1 else { throw .tooFew(studies: estimates.map(\.study)) }
    self.priors = priors(estimates)
    overall = try pool(estimates, priors: self.priors.priors, level: level)
    if case .participants(let design) = data, let column = design.subgroups {
      subgroupName = column.name
      try addSubgroups(column, of: design, measure: measure)
    }
  }

  private static func correctionWarnings(_ studies: [String]) -> [String] {
    studies.isEmpty
      ? []
      : [
        "1/2 added to all four counts of \(counted(studies.count, "study", "studies")) with a zero "
          + "cell: \(listed(studies))"
      ]
  }

  private mutating func addSubgroups(
    _ column: SubgroupColumn, of design: Design, measure: EffectMeasure
  ) throws(PoolingFailure) {
    for (code, label) in column.levels.enumerated() {
      let rows = (0..<design.rows).filter { Int(column.codes[$0]) == code }
      let effects = TrialEffects(design, rows: rows, measure: measure)
      warnings += effects.warnings.map { "subgroup \(quoted(label)): \($0)" }
      var pooled: PooledEstimates?
      if effects.estimates.count > 1 {
        do throws(PoolingFailure) {
          pooled = try pool(effects.estimates, priors: priors.priors, level: level)
        } catch {
          // A flat prior that the whole can do with may leave a subgroup of fewer trials improper.
          guard case .improper = error else { throw error }
        }
      }
      if pooled == nil {
        warnings.append(
          "subgroup \(quoted(label)) has too few trials with an estimate to be pooled: "
            + "\(effects.estimates.count)")
      }
      subgroups.append(Part(label: label, estimates: effects.estimates, pooled: pooled))
    }
  }
}
