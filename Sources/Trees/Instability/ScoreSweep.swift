/// What one row adds to a score process.
struct RowScore {
  /// The residual.
  var residual: Double
  /// Where the direction of the row's cell begins.
  var direction: Int
}

/// The largest LM form of a score process along an ordering, and what the effect has in it.
struct ProcessMaximum {
  /// S'A⁻¹S at the maximum of S'A⁻¹S / (m (n − m)); negative where no point qualified.
  var form = -1.0
  /// m (n − m) there.
  var weight = 1.0
  /// The part of the form that the effect adds to the other parameters.
  var effect = 0.0

  /// Whether some point qualified.
  var isFound: Bool { form >= 0 }

  /// Takes a point into account; the first of equal points stays.
  @inline(__always)
  mutating func consider(form: Double, weight: Double, effect: @autoclosure () -> Double) {
    guard form * self.weight > self.form * weight else { return }
    self.form = form
    self.weight = weight
    let root = effect()
    self.effect = root * root
  }
}

/// One pass of a score process along the rows of a node in the order of a numeric variable.
///
/// The pointers must hold for the time of the call. A step costs O(k) in registers for up to 16
/// parameters; results do not depend on which of the widths is taken, but for rounding.
struct ScoreSweep {
  /// The rows in ascending order of the variable.
  var order: UnsafeBufferPointer<Int32>
  /// The variable's value of each row of the data.
  var values: UnsafePointer<Double>
  /// The score of each row of the data.
  var scores: UnsafePointer<RowScore>
  /// The padded directions of all cells.
  var directions: UnsafePointer<Double>
  /// The padded mean of the whitened scores.
  var center: UnsafePointer<Double>
  /// The length of a padded direction.
  var width: Int
  /// The first row after which the process may be read.
  var from: Int
  /// Whether it is read at every row, and not at the last row of each distinct value only.
  var readsEveryRow: Bool

  /// The length to which directions of k components are padded.
  static func width(of parameters: Int) -> Int {
    switch parameters {
    case ...2: 2
    case ...4: 4
    case ...8: 8
    default: (parameters + 15) / 16 * 16
    }
  }

  /// The maximum over the points between the `from`-th row from either end.
  func maximum() -> ProcessMaximum {
    switch width {
    case 2: sweep(SIMD2<Double>.self)
    case 4: sweep(SIMD4<Double>.self)
    case 8: sweep(SIMD8<Double>.self)
    case 16: sweep(SIMD16<Double>.self)
    default: sweepBlocks()
    }
  }

  /// Whether the process is read after the m-th row.
  @inline(__always)
  private func reads(after m: Int) -> Bool {
    readsEveryRow || values[Int(order[m - 1])] != values[Int(order[m])]
  }

  @inline(__always)
  private func load<V: SIMD>(_ pointer: UnsafePointer<Double>, _: V.Type) -> V
  where V.Scalar == Double {
    UnsafeRawPointer(pointer).loadUnaligned(as: V.self)
  }

  /// The pass with the whole process in one vector.
  @inline(__always)
  private func sweep<V: ScoreLanes>(_ type: V.Type) -> ProcessMaximum {
    var result = ProcessMaximum()
    let n = order.count
    let mean = load(center, type)
    var sum = V(repeating: 0)
    var m = 0
    while m < n - from {
      let score = scores[Int(order[m])]
      sum += score.residual * load(directions + score.direction, type)
      m += 1
      guard m >= from, reads(after: m) else { continue }
      let centered = sum - Double(m) * mean
      result.consider(
        form: (centered * centered).total, weight: Double(m) * Double(n - m),
        effect: centered[0])
    }
    return result
  }

  /// The pass for more than 16 parameters, the process in memory.
  private func sweepBlocks() -> ProcessMaximum {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sum in
      sum.initialize(repeating: 0)
      var result = ProcessMaximum()
      let n = order.count
      var m = 0
      while m < n - from {
        let score = scores[Int(order[m])]
        let direction = directions + score.direction
        for j in 0..<width { sum[j] += score.residual * direction[j] }
        m += 1
        guard m >= from, reads(after: m) else { continue }
        var form = SIMD16<Double>(repeating: 0)
        for block in stride(from: 0, to: width, by: 16) {
          let part = UnsafeRawBufferPointer(sum)
            .loadUnaligned(
              fromByteOffset: block * MemoryLayout<Double>.stride, as: SIMD16<Double>.self)
          let centered = part - Double(m) * load(center + block, SIMD16<Double>.self)
          form += centered * centered
        }
        result.consider(
          form: form.total, weight: Double(m) * Double(n - m),
          effect: sum[0] - Double(m) * center[0])
      }
      return result
    }
  }
}

/// A vector whose sum is taken by halves: a fixed order that vector instructions can follow.
private protocol ScoreLanes: SIMD where Scalar == Double {
  var total: Double { get }
}

extension SIMD2<Double>: ScoreLanes {
  @inline(__always)
  fileprivate var total: Double { self[0] + self[1] }
}

extension SIMD4<Double>: ScoreLanes {
  @inline(__always)
  fileprivate var total: Double { (lowHalf + highHalf).total }
}

extension SIMD8<Double>: ScoreLanes {
  @inline(__always)
  fileprivate var total: Double { (lowHalf + highHalf).total }
}

extension SIMD16<Double>: ScoreLanes {
  @inline(__always)
  fileprivate var total: Double { (lowHalf + highHalf).total }
}
