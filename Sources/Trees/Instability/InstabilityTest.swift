import Foundation

/// The parameter-instability test of one variable in one node.
public struct InstabilityTest: Sendable, Equatable {
  /// The variable's index.
  public var variable: Int
  /// The statistic; nil where the variable could not be tested.
  public var statistic: Double?
  /// log p before adjustment.
  public var logPValue: Double?
  /// p before adjustment.
  public var pValue: Double?
  /// p after the Bonferroni adjustment over the variables that could be tested.
  public var adjustedPValue: Double?
  /// The share of the statistic that the treatment effect carries (article InstabilityTests).
  public var effectShare: Double?

  /// The test of a variable; nil throughout where it could not be tested.
  public init(
    variable: Int, statistic: Double? = nil, logPValue: Double? = nil, pValue: Double? = nil,
    adjustedPValue: Double? = nil, effectShare: Double? = nil
  ) {
    self.variable = variable
    self.statistic = statistic
    self.logPValue = logPValue
    self.pValue = pValue
    self.adjustedPValue = adjustedPValue
    self.effectShare = effectShare
  }
}

extension InstabilityTest {
  /// A test of a variable before adjustment.
  init(variable: Int, statistic: Double, logPValue: Double, effectShare: Double) {
    self.init(
      variable: variable, statistic: statistic, logPValue: logPValue, pValue: exp(logPValue),
      adjustedPValue: nil, effectShare: effectShare)
  }
}

/// The p-value after adjustment for m tests, as partykit has it: 1 − (1 − p)^m where p > 0.001, else
/// m p, at most 1.
public func bonferroniAdjusted(_ p: Double, tests m: Int) -> Double {
  p > 0.001 ? -expm1(Double(m) * log1p(-p)) : min(1, Double(m) * p)
}

extension [InstabilityTest] {
  /// The tests with p-values adjusted over those that could be made, or left as they are.
  func adjusted(bonferroni: Bool) -> [InstabilityTest] {
    let made = count { $0.pValue != nil }
    return map { test in
      var test = test
      test.adjustedPValue = test.pValue.map {
        bonferroni ? bonferroniAdjusted($0, tests: made) : $0
      }
      return test
    }
  }

  /// The test with the smallest log p, the first of equal ones; nil where none could be made.
  var strongest: InstabilityTest? {
    indexOfMinimum(map { $0.logPValue ?? .nan }).map { self[$0] }
  }
}

/// The first position whose value is the minimum; not-a-number is skipped.
///
/// Values that differ by rounding alone, 10⁻¹² relative, are equal, so that the choice between them
/// does not hang on the order of summation.
func indexOfMinimum(_ values: [Double]) -> Int? {
  var minimum = Double.nan
  for value in values where !(value >= minimum) && !value.isNaN { minimum = value }
  guard !minimum.isNaN else { return nil }
  let bound = minimum + 1e-12 * abs(minimum)
  return values.firstIndex { $0 == minimum || $0 <= bound }
}
