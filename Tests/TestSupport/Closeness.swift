/// |a − b| relative to the larger of the two, 0 where both are equal (zero and infinity included).
public func relativeDifference(_ a: Double, _ b: Double) -> Double {
  a == b ? 0 : abs(a - b) / max(abs(a), abs(b))
}

/// Whether two numbers agree within a relative tolerance, or within an absolute one near zero.
public func close(
  _ a: Double, _ b: Double, relative: Double, absolute: Double = 0
) -> Bool {
  abs(a - b) <= absolute || relativeDifference(a, b) <= relative
}
