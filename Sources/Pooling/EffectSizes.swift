public import Designs
import Foundation

/// How two arms' numbers of events are compared.
public enum EffectMeasure: String, Sendable, CaseIterable {
  /// The log odds ratio.
  case oddsRatio = "OR"
  /// The log risk ratio.
  case riskRatio = "RR"
  /// The risk difference.
  case riskDifference = "RD"
}

extension ArmCounts {
  /// The effect of the active arm against the reference arm with its standard error by the delta
  /// method, as `escalc` of the R package metafor has it by default.
  ///
  /// Where a cell is zero, ½ is added to all four.
  public func effect(_ measure: EffectMeasure) -> (estimate: Double, se: Double) {
    let added = hasZeroCell ? 0.5 : 0
    let (a, b) = (activeEvents + added, activeTotal - activeEvents + added)
    let (c, d) = (referenceEvents + added, referenceTotal - referenceEvents + added)
    let (n, m) = (a + b, c + d)
    switch measure {
    case .oddsRatio:
      return (log(a) - log(b) - log(c) + log(d), (1 / a + 1 / b + 1 / c + 1 / d).squareRoot())
    case .riskRatio:
      return (log(a / n) - log(c / m), (1 / a - 1 / n + 1 / c - 1 / m).squareRoot())
    case .riskDifference:
      let variance = a * b / (n * n * n) + c * d / (m * m * m)
      return (a / n - c / m, variance.squareRoot())
    }
  }
}
