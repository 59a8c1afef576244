import Foundation

/// The arithmetic mean, 0 for no values.
@inlinable
public func mean(_ values: some Collection<Double>) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}

/// The variance with divisor n − 1; not a number for fewer than two values.
@inlinable
public func variance(_ values: some Collection<Double>) -> Double {
  let center = mean(values)
  let sum = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return values.count < 2 ? .nan : sum / Double(values.count - 1)
}

/// The standard deviation with divisor n − 1.
@inlinable
public func standardDeviation(_ values: some Collection<Double>) -> Double {
  variance(values).squareRoot()
}

/// The quantile of sorted values by linear interpolation, R's type 7.
public func quantile(sorted values: [Double], _ probability: Double) -> Double {
  guard let last = values.indices.last else { return .nan }
  let position = Double(last) * min(max(probability, 0), 1)
  let lower = Int(position.rounded(.down))
  let upper = min(lower + 1, last)
  // Equal neighbours may be infinite.
  guard values[lower] != values[upper] else { return values[lower] }
  return values[lower] + (position - Double(lower)) * (values[upper] - values[lower])
}

/// The logarithm of a sum of exponentials, −∞ for no terms; safe under any shift.
public func logSumExp(_ terms: [Double]) -> Double {
  var top = -Double.infinity
  for term in terms where !(term <= top) { top = term }
  guard top > -.infinity else { return -.infinity }
  guard top < .infinity else { return .infinity }
  var sum = 0.0
  for term in terms { sum += exp(term - top) }
  return top + log(sum)
}

/// The same of any collection; of an array the other is the faster.
public func logSumExp(_ terms: some Collection<Double>) -> Double {
  guard let top = terms.max(), top > -.infinity else { return -.infinity }
  guard top < .infinity else { return .infinity }
  return top + log(terms.reduce(0) { $0 + exp($1 - top) })
}
