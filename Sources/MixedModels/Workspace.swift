/// A block of doubles of fixed length that its owner reuses; never shared between threads.
final class Workspace {
  let base: UnsafeMutablePointer<Double>
  let count: Int

  init(_ count: Int) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { base.deallocate() }

  @inline(__always)
  subscript(index: Int) -> Double {
    get {
      assert(index >= 0 && index < count, "index \(index) of \(count)")
      return base[index]
    }
    set {
      assert(index >= 0 && index < count, "index \(index) of \(count)")
      base[index] = newValue
    }
  }

  /// The elements as a value.
  var elements: [Double] { (0..<count).map { base[$0] } }
}
