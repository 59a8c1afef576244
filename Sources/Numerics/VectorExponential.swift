/// e^x of four numbers at a time, for x in −708 … 0; below −708 it is that of −708, which is next to nothing.
///
/// x = k log 2 + r with |r| ≤ ½ log 2, e^r by its series to the thirteenth power: relative errors stay
/// below 3 × 10⁻¹⁶.
@inlinable
@inline(__always)
public func exponential(ofNegative x: SIMD4<Double>) -> SIMD4<Double> {
  let x = x.replacing(with: SIMD4(repeating: -708), where: x .< -708)
  // Adding 1.5 × 2⁵² rounds to a whole number, which then stands in the last bits.
  let shifter = 0x1.8p52
  let shifted = x * 0x1.71547652b82fep0 + shifter
  let k = shifted - shifter
  // log 2 in two parts, of which the first has zeros at its end.
  let r = (x - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45
  let r2 = r * r
  let r4 = r2 * r2
  // By pairs, so that the steps need not wait for one another; typed, for the compiler's sake.
  let low: SIMD4<Double> = pair(r, 1, 1) + r2 * pair(r, 0.5, 1 / 6)
  let middle: SIMD4<Double> = pair(r, 1 / 24, 1 / 120) + r2 * pair(r, 1 / 720, 1 / 5040)
  let high: SIMD4<Double> =
    pair(r, 1 / 40_320, 1 / 362_880) + r2 * pair(r, 1 / 3_628_800, 1 / 39_916_800)
  let top: SIMD4<Double> = pair(r, 1 / 479_001_600, 1 / 6_227_020_800)
  let series: SIMD4<Double> = low + r4 * (middle + r4 * (high + r4 * top))
  let bits = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< 52
  let power = unsafeBitCast(bits &+ 0x3ff0_0000_0000_0000, to: SIMD4<Double>.self)
  return series * power
}

/// a + b r.
@inlinable
@inline(__always)
func pair(_ r: SIMD4<Double>, _ a: Double, _ b: Double) -> SIMD4<Double> { a + b * r }
