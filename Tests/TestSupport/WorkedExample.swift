import Foundation

/// A deterministic data set, made by formulas: six trials of 160 participants in all.
public struct WorkedExample {
  /// Trial codes.
  public let trial: [Int32]
  /// 0 or 1.
  public let arm: [UInt8]
  /// Leaf codes.
  public let leaf: [Int32]
  /// The outcome.
  public let outcome: [Double]

  /// The data; with `leaves` = 2 the full design, with 3 the design of the joint and boundary checks.
  ///
  /// `interceptScale` and `effectScale` switch the trial effects on (1) or off (0).
  public init(
    leaves: Int = 2, interceptScale: Double = 1, effectScale: Double = 1, shift: Double = 0.5
  ) {
    let sizes = [50, 35, 25, 20, 18, 12]
    let u0 = [0.9, -0.6, 0.3, -0.8, 0.5, -0.2]
    let u1 = [0.7, -0.9, 0.2, 0.6, -0.5, 0.1]
    let trials = sizes.indices.flatMap { [Int](repeating: $0, count: sizes[$0]) }
    let index = 1...160
    let arms = index.map { (i: Int) -> Int in (i / 2) % 2 }
    let leafs = index.map { (i: Int) -> Int in (7 * i + i / 5) % leaves }
    let noise = index.map { (i: Int) -> Double in
      let remainder: Int = (7919 * i * i * i + 104729 * i) % 10007
      return Double(remainder) / 10007 - 0.5
    }
    trial = trials.map(Int32.init)
    arm = arms.map(UInt8.init)
    leaf = leafs.map(Int32.init)
    outcome = (0..<160).map { i in
      let effect = 0.4 + effectScale * u1[trials[i]] + (leafs[i] == 1 ? shift : 0)
      return 1 + interceptScale * u0[trials[i]] + Double(arms[i]) * effect + 3 * noise[i]
    }
  }
}
