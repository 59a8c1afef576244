import Foundation

/// The logarithm of a product of positive numbers with few logarithms taken: factors are gathered as
/// long as their product is far from the ends of the range of doubles.
struct LogProduct {
  private var product = 1.0
  private var sum = 0.0

  /// The logarithm of all factors' product.
  var logarithm: Double { sum + log(product) }

  /// Takes one more factor.
  @inline(__always)
  mutating func multiply(by factor: Double) {
    let next = product * factor
    if next > 1e-100, next < 1e100 {
      product = next
    } else {
      sum += log(product) + log(factor)
      product = 1
    }
  }
}
