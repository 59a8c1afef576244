import Numerics
import TestSupport
import Testing

@Suite struct AscendingOrderTests {
  @Test("ascending and stable, whatever the numbers")
  func random() {
    var generator = TestGenerator(seed: 2)
    let kinds: [(inout TestGenerator) -> Double] = [
      { Double(Int.random(in: -5...5, using: &$0)) },
      { Double.random(in: -1e9..<1e9, using: &$0) },
      { Double(bitPattern: $0.next() & 0x800F_FFFF_FFFF_FFFF) },
      { _ in 4 },
      { Double(sign: Bool.random(using: &$0) ? .plus : .minus, exponent: 900, significand: 1) },
    ]
    for kind in kinds {
      let values = (0..<3000).map { _ in kind(&generator) }
      let order = ascendingOrder(values)
      #expect(Set(order).count == 3000)
      for (a, b) in zip(order, order.dropFirst()) {
        let (x, y) = (values[Int(a)], values[Int(b)])
        #expect(x < y || (x == y && a < b))
      }
    }
  }

  @Test("negative zero equals zero, and infinities are the ends")
  func edges() {
    #expect(ascendingOrder([0, -0.0, .infinity, -1, -.infinity, -0.0]) == [4, 3, 0, 1, 5, 2])
    #expect(ascendingOrder([]) == [])
    #expect(ascendingOrder([7]) == [0])
  }
}
