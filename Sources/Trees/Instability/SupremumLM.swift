import Foundation
import Numerics

/// The null distribution of the supremum of an LM process over the middle of an ordering.
///
/// Hansen (1997), Journal of Business & Economic Statistics 15, 60-67, by his response surface up
/// to 40 parameters; Estrella (2003), Econometric Theory 19, 1128-1143, beyond.
public struct SupremumLM: Sendable, Equatable {
  /// The number of parameters that are tested.
  public let parameters: Int
  /// The odds ratio of the last to the first candidate point, (n − from) to / (from (n − to)).
  public let lambda: Double

  /// The distribution for k parameters and an odds ratio of the end points.
  public init(parameters: Int, lambda: Double) {
    self.parameters = parameters
    self.lambda = lambda
  }

  /// The distribution for k parameters where the process is read from row `from` to row n − `from`.
  public init(parameters: Int, from: Int, of n: Int) {
    self.init(parameters: parameters, from: from, of: Double(n))
  }

  /// The distribution for k parameters where the process is read with `from` participants or more on
  /// either side of n, who are counted by their weights.
  public init(parameters: Int, from: Int, of n: Double) {
    let odds = n / Double(from) - 1
    self.init(parameters: parameters, lambda: odds * odds)
  }

  /// The share of the rows that is cut off at either end.
  private var trimming: Double { lambda < 1 ? lambda : 1 / (1 + lambda.squareRoot()) }

  /// log P(supremum > statistic), finite far into the tail.
  public func logUpperTail(_ statistic: Double) -> Double {
    parameters > SupremumLMTable.largestCount
      ? estrella(statistic) : hansen(statistic)
  }

  /// The response surface, linear in the p-value between neighbouring trimming fractions.
  private func hansen(_ statistic: Double) -> Double {
    let tau = trimming
    if tau == 0.5 { return chiSquared(statistic) }
    if tau <= 0.01 { return tabulated(statistic, row: SupremumLMTable.rowsPerCount) }
    if tau >= 0.49 {
      return mixture(
        tabulated(statistic, row: 1), weight: 100 * (0.5 - tau), chiSquared(statistic),
        weight: 100 * (tau - 0.49))
    }
    let position = (0.51 - tau) * 50
    let row = Int(position.rounded(.down))
    return mixture(
      tabulated(statistic, row: row), weight: Double(row + 1) - position,
      tabulated(statistic, row: row + 1), weight: position - Double(row))
  }

  /// log P by one row of the table.
  private func tabulated(_ statistic: Double, row: Int) -> Double {
    let entry = SupremumLMTable.hansen.row(row, count: parameters)
    return Distributions.logChiSquaredUpperTail(entry.b0 + entry.b1 * statistic, df: entry.df)
  }

  /// log P at a single fixed point, the limit of full trimming.
  private func chiSquared(_ statistic: Double) -> Double {
    Distributions.logChiSquaredUpperTail(statistic, df: Double(parameters))
  }

  /// The log of a weighted mean of two p-values; the mean of their logs where both underflow.
  ///
  /// A stable sum would have no need of the second rule, but would differ from R in the far tail.
  private func mixture(
    _ first: Double, weight w1: Double, _ second: Double, weight w2: Double
  ) -> Double {
    let logMean = log(w1 * exp(first) + w2 * exp(second))
    return logMean.isFinite ? logMean : (first + second) / 2
  }

  /// Estrella's tail expansion, continued below 1.5 k by a power.
  private func estrella(_ statistic: Double) -> Double {
    let k = Double(parameters)
    let start = 1.5 * k
    if statistic > start { return estrellaTail(statistic) }
    return pow(statistic / start, k.squareRoot()) * estrellaTail(start)
  }

  private func estrellaTail(_ x: Double) -> Double {
    let k = Double(parameters)
    let crossing = abs(log(lambda) * (1 - k / x) + 2 / x)
    let logGamma: (value: Double, sign: Int) = lgamma(k / 2)
    return -logGamma.value + k / 2 * log(x / 2) - x / 2 + log(crossing)
  }
}
