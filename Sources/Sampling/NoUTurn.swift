/// A direction of time along a trajectory.
enum Direction: Sendable {
  case forward
  case backward
}

/// How one state is drawn when two neighbouring branches of a trajectory are joined.
enum BranchSampling: Sendable {
  /// In proportion to the weights of the branches.
  case proportional
  /// With probability min(1, weight of the new ÷ weight of the old): away from the start.
  case progressive
}

/// What the doubling of a trajectory needs to know of it: how to grow, join and judge branches.
///
/// A branch is a stretch of consecutive states, kept by the trajectory under a small number, its
/// slot. Slots 0 ..< the largest depth are scratch; the slot of the largest depth itself holds the
/// whole trajectory, at first the starting state alone.
protocol Trajectory: ~Copyable {
  /// Makes the next state at the trajectory's end in the given direction the branch in a slot.
  ///
  /// - Returns: Whether the state may be used; false where the integration diverged.
  mutating func extend(_ direction: Direction, into slot: Int) -> Bool

  /// Appends the branch in slot `newer`, which follows that in `older` in the given direction.
  ///
  /// - Returns: Whether the joint branch, now in `older`, still moves away from its own ends.
  mutating func join(
    _ newer: Int, onto older: Int, _ direction: Direction, _ sampling: BranchSampling
  ) -> Bool
}

/// The No-U-Turn recursion (Hoffman & Gelman 2014) with multinomial sampling (Betancourt 2017), in
/// the form of Stan since 2.21.
enum NoUTurn {
  /// Doubles a trajectory until it turns, diverges or has `maxDepth` doublings.
  ///
  /// Bit k of `directions` is 1 where doubling k goes forward. A new half that turns or diverges
  /// inside is given up, and its states are never drawn.
  /// - Returns: The number of halves that were joined, the tree depth.
  static func grow<T: Trajectory & ~Copyable>(
    _ trajectory: inout T, directions: UInt64, maxDepth: Int
  ) -> Int {
    for depth in 0..<maxDepth {
      let direction: Direction = (directions >> UInt64(depth)) & 1 == 1 ? .forward : .backward
      guard build(&trajectory, depth: depth, direction, into: depth) else { return depth }
      guard trajectory.join(depth, onto: maxDepth, direction, .progressive) else {
        return depth + 1
      }
    }
    return maxDepth
  }

  /// Grows a branch of 2^depth states into a slot, using the slots below `depth` as scratch.
  private static func build<T: Trajectory & ~Copyable>(
    _ trajectory: inout T, depth: Int, _ direction: Direction, into slot: Int
  ) -> Bool {
    guard depth > 0 else { return trajectory.extend(direction, into: slot) }
    guard build(&trajectory, depth: depth - 1, direction, into: slot),
      build(&trajectory, depth: depth - 1, direction, into: depth - 1)
    else { return false }
    return trajectory.join(depth - 1, onto: slot, direction, .proportional)
  }
}
