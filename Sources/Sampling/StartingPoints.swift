public import Numerics

/// Where chains start: a rule that may be asked again if a point turns out to be unusable.
public struct StartingPoints: Sendable {
  /// The point of a chain, counted from 0; the stream belongs to the chain's start alone.
  let point: @Sendable (_ chain: Int, _ stream: inout RandomStream) -> [Double]

  /// Starting points by any rule.
  public init(_ point: @escaping @Sendable (Int, inout RandomStream) -> [Double]) {
    self.point = point
  }

  /// One given point a chain; further chains begin again with the first point.
  public static func fixed(_ points: [[Double]]) -> StartingPoints {
    StartingPoints { chain, _ in points[chain % points.count] }
  }

  /// Points uniform on a box: each coordinate within `radius` of that of `center`.
  public static func jittered(around center: [Double], radius: Double) -> StartingPoints {
    StartingPoints { _, stream in
      center.map { $0 + radius * (2 * stream.uniform() - 1) }
    }
  }
}
