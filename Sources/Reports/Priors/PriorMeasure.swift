import Designs
import Inference

/// In what the numbers of a heterogeneity prior are.
enum PriorMeasure: Equatable {
  /// Log odds ratios.
  case logOddsRatio
  /// SDs of the outcome within trial and arm.
  case withinArmSD
  /// SDs of the outcome over all rows.
  case outcomeSD
  /// The units of an outcome that is not known yet.
  case outcome

  /// The measure of an entry for a family of outcomes.
  init(_ unit: PriorSet.Unit, _ family: Family) {
    self =
      switch (family, unit) {
      case (.binomial, _): .logOddsRatio
      case (.gaussian, .absolute): .outcome
      case (.gaussian, .outcomeSD): .outcomeSD
      case (.gaussian, .withinArmSD), (.gaussian, .withinArmSDPerCovariateSD): .withinArmSD
      }
  }

  /// The measure in words, in the plural.
  var words: String {
    switch self {
    case .logOddsRatio: "log odds ratios"
    case .withinArmSD: "within-arm SDs"
    case .outcomeSD: "SDs of the outcome"
    case .outcome: "units of the outcome"
    }
  }

  /// The classes of τ that the literature has in this measure.
  var classes: [HeterogeneityClass] {
    switch self {
    case .logOddsRatio: HeterogeneityClass.logOddsRatio
    case .withinArmSD: HeterogeneityClass.meanDifference
    case .outcomeSD, .outcome: []
    }
  }

  /// Where 95 % of trial effects lie, in words.
  func range(_ meaning: PriorMeaning, unit: String? = nil) -> String {
    let start = "95% of trial effects within "
    let style = NumberStyle.significant
    if self == .logOddsRatio {
      let typical = NumberStyle.oddsRatio(meaning.rangeAtMedian)
      return start + "a factor of \(NumberStyle.oddsRatio(meaning.range)) of the mean odds ratio"
        + (meaning.isKnown
          ? "" : " (\(typical) with τ1 at its median, \(style(meaning.median, 3)))")
    }
    return start + "±\(style(meaning.range, 3)) \(unit ?? words) of their mean"
      + (meaning.isKnown
        ? ""
        : " (±\(style(meaning.rangeAtMedian, 3)) with τ1 at its median, \(style(meaning.median, 3)))")
  }
}

extension PriorMeaning {
  /// Whether τ has one value.
  var isKnown: Bool { prior.fixedValue != nil }
}

extension PriorSet.Unit {
  /// The unit behind a prior's numbers, empty for none; the SDs of an outcome on the logit scale are 1.
  func words(_ family: Family) -> String {
    let isGaussian = family == .gaussian
    return switch self {
    case .absolute: ""
    case .withinArmSD: isGaussian ? " × within-arm SD" : ""
    case .outcomeSD: isGaussian ? " × SD of the outcome" : ""
    case .withinArmSDPerCovariateSD:
      isGaussian ? " × within-arm SD / SD of the covariate" : " / SD of the covariate"
    }
  }
}

extension PriorSet.HeterogeneityEntry {
  /// The prior with its unit.
  func words(_ family: Family) -> String { prior.words + unit.words(family) }
}

extension PriorSet.CoefficientEntry {
  /// The prior with its unit.
  func words(_ outcome: Family) -> String {
    switch family {
    case .flat: "flat"
    case .normal(let mean, let sd):
      "normal(\(mean.map { NumberStyle.significant($0) } ?? "mean of the outcome"), "
        + "\(NumberStyle.significant(sd)))" + unit.words(outcome)
    }
  }
}

extension Family {
  /// The outcomes of the family, as a heading.
  var outcomeWords: String {
    switch self {
    case .gaussian: "Gaussian outcome"
    case .binomial: "Binomial outcome"
    }
  }
}
