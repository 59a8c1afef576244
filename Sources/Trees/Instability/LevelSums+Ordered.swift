import Foundation

extension LevelSums {
  /// The maximum of a process over the levels of an ordered variable.
  private struct Maximum {
    /// The largest value of what is maximised.
    var value = -1.0
    /// The level at which it is taken first.
    var level = 0
  }

  /// The test by the largest LM form after a level, max_l ‖B_l‖² / (T_l (1 − T_l)), B_l being the
  /// cumulated scores and T_l the share of participants up to level l; nil below two levels.
  func largestFormTest(variable: Int, _ process: ScoreProcess) -> InstabilityTest? {
    guard counts.count > 1 else { return nil }
    let maximum = maximum(of: process.tested) { $0.reduce(0) { $0 + $1 * $1 } }
    let distribution = OrderedMaximum(parameters: process.parameters, counts: counts)
    return InstabilityTest(
      variable: variable, statistic: maximum.value,
      logPValue: distribution.logUpperTail(maximum.value),
      effectShare: effectShare(upTo: maximum.level, process))
  }

  /// The test by the largest component after a level, max_{l,c} |B_lc| / sqrt(T_l (1 − T_l)).
  ///
  /// Components are independent under the hypothesis: with P one component's probability to stay
  /// below, p = 1 − P^k.
  func largestComponentTest(variable: Int, _ process: ScoreProcess) -> InstabilityTest? {
    guard counts.count > 1 else { return nil }
    let components = process.single ?? process.tested
    let maximum = maximum(of: components) { $0.reduce(0) { max($0, $1 * $1) } }
    let distribution = OrderedMaximum(parameters: 1, counts: counts)
    return InstabilityTest(
      variable: variable, statistic: maximum.value.squareRoot(),
      logPValue: logAnyOf(
        components.components, logP: distribution.logUpperTail(maximum.value)),
      effectShare: effectShare(upTo: maximum.level, process))
  }

  /// The first maximum over levels of a measure of B_l divided by T_l (1 − T_l).
  private func maximum(
    of directions: ScoreDirections, measure: ([Double]) -> Double
  ) -> Maximum {
    let n = counts.reduce(0, +)
    var sum = [Double](repeating: 0, count: directions.width)
    var participants = 0.0
    var result = Maximum()
    for level in 0..<(counts.count - 1) {
      add(level, of: directions, to: &sum)
      participants += counts[level]
      let value = measure(sum) * n * n / (participants * (n - participants))
      if value > result.value { result = Maximum(value: value, level: level) }
    }
    return result
  }

  /// What the effect adds to the LM form of the scores up to a level.
  private func effectShare(upTo level: Int, _ process: ScoreProcess) -> Double {
    let directions = process.full ?? process.tested
    var sum = [Double](repeating: 0, count: directions.width)
    for l in 0...level { add(l, of: directions, to: &sum) }
    let form = sum.reduce(0) { $0 + $1 * $1 }
    return form > 0 ? sum[0] * sum[0] / form : 0
  }
}

/// log (1 − (1 − p)^k) from log p.
private func logAnyOf(_ k: Int, logP: Double) -> Double {
  if logP < -36 { return logP + log(Double(k)) }
  let p = min(exp(logP), 1)
  return p < 1 ? log(-expm1(Double(k) * log1p(-p))) : 0
}
