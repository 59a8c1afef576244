/// What a stream of random numbers is for, so that two uses of one seed share no numbers.
///
/// Written as a string literal; the number is a hash of the name (FNV-1a, 64 bits) and so the same
/// in every run and on every machine.
public struct StreamPurpose: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The number that enters the seed of a stream.
  public let number: UInt64

  /// The purpose with the given name.
  public init(stringLiteral name: String) {
    number = name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// The generator splitmix64 of Steele, Lea & Flood (2014), which spreads a seed over a longer state.
struct SplitMix64 {
  /// The counter behind the outputs.
  var state: UInt64

  /// The next 64 bits.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// A bijection of 64-bit words in which every input bit changes about half of the output bits.
  static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
