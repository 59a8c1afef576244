/// One block of doubles that its owner cuts into buffers at the start and reuses ever after; it
/// belongs to one thread.
public final class Workspace {
  private let base: UnsafeMutablePointer<Double>
  private let capacity: Int
  private var used = 0

  /// What stands behind the block, so that a number written past its end does not go unseen.
  private static let sentinel = Double(bitPattern: 0x7ff8_dead_beef_cafe)

  /// A block of zeros.
  public init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity + 1)
    base.initialize(repeating: 0, count: capacity)
    base[capacity] = Self.sentinel
  }

  deinit {
    precondition(
      base[capacity].bitPattern == Self.sentinel.bitPattern, "written past \(capacity) numbers")
    base.deallocate()
  }

  /// The next `count` numbers of the block; they live as long as the workspace.
  ///
  /// - Precondition: the block has as many left.
  public func take(_ count: Int) -> UnsafeMutablePointer<Double> {
    precondition(used + count <= capacity, "\(used + count) numbers of \(capacity)")
    defer { used += count }
    return base + used
  }

  /// A block of zeros cut into buffers of given lengths.
  public static func cut(
    _ lengths: [Int]
  ) -> (workspace: Workspace, parts: [UnsafeMutablePointer<Double>]) {
    let workspace = Workspace(capacity: lengths.reduce(0, +))
    return (workspace, lengths.map { workspace.take($0) })
  }
}
