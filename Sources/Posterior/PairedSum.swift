/// The sum of a function of the values, in four running sums: several times faster than one.
@inline(__always)
func pairedSum(
  _ values: UnsafeBufferPointer<Double>, of term: (SIMD4<Double>) -> SIMD4<Double>
) -> Double {
  var parts = SIMD4<Double>.zero
  let whole = values.count - values.count % 4
  for i in stride(from: 0, to: whole, by: 4) {
    parts += term(SIMD4(values[i], values[i + 1], values[i + 2], values[i + 3]))
  }
  var total = parts.sum()
  for i in whole..<values.count { total += term(SIMD4(repeating: values[i])).x }
  return total
}

/// The sum of a function of the values of an array.
@inline(__always)
func pairedSum(
  _ values: [Double], of term: (SIMD4<Double>) -> SIMD4<Double>
) -> Double {
  values.withUnsafeBufferPointer { pairedSum($0, of: term) }
}
