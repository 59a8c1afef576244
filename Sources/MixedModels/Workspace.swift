/// One block of doubles that its owner cuts into buffers at the start and reuses ever after; it
/// belongs to one thread.
final class Workspace {
  private let base: UnsafeMutablePointer<Double>
  private let capacity: Int
  private var used = 0

  /// A block of zeros.
  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: max(capacity, 1))
    base.initialize(repeating: 0, count: max(capacity, 1))
  }

  deinit { base.deallocate() }

  /// The next `count` numbers of the block; they live as long as the workspace.
  func take(_ count: Int) -> UnsafeMutablePointer<Double> {
    precondition(used + count <= capacity, "\(used + count) numbers of \(capacity)")
    defer { used += count }
    return base + used
  }
}
