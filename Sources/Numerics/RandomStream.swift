import Foundation

/// A stream of pseudo-random numbers: xoshiro256++ (Blackman & Vigna 2021), period 2²⁵⁶ − 1.
///
/// A stream is made from (seed, purpose, index) where it is used, and cannot be copied, so that no
/// result depends on how work is spread over threads and no two uses share numbers by accident.
public struct RandomStream: ~Copyable, Sendable {
  @usableFromInline var s0: UInt64
  @usableFromInline var s1: UInt64
  @usableFromInline var s2: UInt64
  @usableFromInline var s3: UInt64
  @usableFromInline let layers = ZigguratLayer.all

  /// The stream of the given seed, purpose and index (a chain, say) and, within it, part.
  ///
  /// Streams that differ in any of the four start at unrelated states.
  public init(seed: UInt64, purpose: StreamPurpose, index: Int = 0, part: Int = 0) {
    var hash: UInt64 = 0
    for word in [
      seed, purpose.number, UInt64(bitPattern: Int64(index)), UInt64(bitPattern: Int64(part)),
    ] {
      hash = SplitMix64.mix((hash ^ word) &+ 0x9e37_79b9_7f4a_7c15)
    }
    var source = SplitMix64(state: hash)
    self.init(state: (source.next(), source.next(), source.next(), source.next()))
  }

  /// The stream that continues from a state of four words, not all zero.
  init(state: (UInt64, UInt64, UInt64, UInt64)) {
    (s0, s1, s2, s3) = state
  }

  /// The next 64 random bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = ((sum << 23) | (sum >> 41)) &+ s0
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A uniform number in the open interval (0, 1), a multiple of 2⁻⁵³.
  @inlinable
  public mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// A uniform integer in 0 ..< `bound`, without bias (Lemire 2019); `bound` > 0.
  @inlinable
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "no integer in 0 ..< \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let excess = (0 &- range) % range
      while product.low < excess { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Puts elements into a random order, every order equally likely.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for i in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(i, integer(below: i + 1))
    }
  }

  /// A standard normal number, by the ziggurat of Marsaglia & Tsang (2000).
  @inlinable
  public mutating func normal() -> Double {
    let bits = next()
    // The low 8 bits choose the layer, the high 54 sign and place: they share none.
    let layer = layers[Int(truncatingIfNeeded: bits & 0xff)]
    let place = Int64(bitPattern: bits) >> 10
    if place.magnitude < layer.core { return Double(place) * layer.scale }
    return normalAtEdge(Int(truncatingIfNeeded: bits & 0xff), place)
  }

  /// The normal number of a place in a layer that is not surely under the curve.
  @usableFromInline
  mutating func normalAtEdge(_ index: Int, _ place: Int64) -> Double {
    let x = Double(place) * layers[index].scale
    if index == 0 { return x < 0 ? -normalTail() : normalTail() }
    let layer = layers[index]
    let height = layer.floor + uniform() * (layer.ceiling - layer.floor)
    return height < ZigguratLayer.density(x) ? x : normal()
  }

  /// A normal number beyond the start of the ziggurat's tail (Marsaglia 1964).
  private mutating func normalTail() -> Double {
    while true {
      let x = exponential() / ZigguratLayer.tailStart
      if 2 * exponential() > x * x { return ZigguratLayer.tailStart + x }
    }
  }

  /// An exponential number with mean 1.
  public mutating func exponential() -> Double {
    -log(uniform())
  }
}
