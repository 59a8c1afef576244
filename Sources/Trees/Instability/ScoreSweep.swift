/// What one row adds to a score process: its residual times the direction of its cell.
struct RowScore {
  /// The residual.
  var residual: Double
  /// The cell.
  var cell: Int
}

/// The largest LM form of a score process along an ordering, and what the effect has in it.
struct ProcessMaximum {
  /// S'A⁻¹S at the maximum of S'A⁻¹S / (m (n − m)); negative where no point qualified.
  var form = -1.0
  /// m (n − m) there.
  var weight = 1.0
  /// The part of the form that the first component has: what the effect adds to the others.
  var effect = 0.0
  /// The rows before the point.
  var cut = 0

  /// Whether some point qualified.
  var isFound: Bool { form >= 0 }

  /// Takes a point into account; the first of equal points stays.
  @inline(__always)
  mutating func consider(
    form: Double, weight: Double, cut: Int, effect: @autoclosure () -> Double
  ) {
    guard form * self.weight > self.form * weight else { return }
    self.form = form
    self.weight = weight
    self.cut = cut
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
  /// The case weight of each row of the data, nil where all are 1.
  var weights: UnsafePointer<Double>?
  /// The participants, counted by their weights.
  var total: Double
  /// The padded directions of all cells.
  var directions: UnsafePointer<Double>
  /// The padded mean of the whitened scores.
  var center: UnsafePointer<Double>
  /// The length of a padded direction.
  var width: Int
  /// The participants before the first point at which the process may be read.
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

  /// The maximum over the points that have `from` participants or more on either side.
  func maximum() -> ProcessMaximum {
    guard let weights else { return maximum(UnitWeights()) }
    return maximum(CaseWeights(weights: weights))
  }

  @inline(__always)
  private func maximum(_ weights: some RowWeights) -> ProcessMaximum {
    switch width {
    case 2: sweep(SIMD2<Double>.self, weights)
    case 4: sweep(SIMD4<Double>.self, weights)
    case 8: sweep(SIMD8<Double>.self, weights)
    case 16: sweep(SIMD16<Double>.self, weights)
    default: sweepBlocks(weights)
    }
  }

  /// The first and the last number of rows after which the process may be read; sums of weights may
  /// miss a bound by rounding.
  private func window(_ weights: some RowWeights) -> (first: Int, last: Int) {
    guard self.weights != nil else { return (from, order.count - from) }
    let slack = 1e-9 * total
    var window = (first: 0, last: 0)
    var participants = 0.0
    for m in 1..<max(order.count, 1) {
      participants = weights.participants(after: m, participants, adding: Int(order[m - 1]))
      if participants > total - Double(from) + slack { break }
      if participants < Double(from) - slack { window.first = m }
      window.last = m
    }
    window.first += 1
    return window
  }

  /// Whether the process is read after the m-th row.
  @inline(__always)
  private func reads(after m: Int) -> Bool {
    readsEveryRow || values[Int(order[m &- 1])] != values[Int(order[m])]
  }

  @inline(__always)
  private func load<V: SIMD>(_ pointer: UnsafePointer<Double>, _: V.Type) -> V
  where V.Scalar == Double {
    UnsafeRawPointer(pointer).loadUnaligned(as: V.self)
  }

  /// The pass with the whole process in one vector.
  @inline(__always)
  private func sweep<V: ScoreLanes>(_ type: V.Type, _ weights: some RowWeights) -> ProcessMaximum {
    var result = ProcessMaximum()
    let (first, last) = window(weights)
    let mean = load(center, type)
    var sum = V(repeating: 0)
    var participants = 0.0
    var m = 0
    // Two loops, so that the rows before the first point cost no test of whether it is reached.
    while m < min(first - 1, last) {
      participants = add(m, to: &sum, participants, weights)
      m &+= 1
    }
    while m < last {
      participants = add(m, to: &sum, participants, weights)
      m &+= 1
      guard reads(after: m) else { continue }
      let centered = sum - participants * mean
      result.consider(
        form: (centered * centered).total, weight: participants * (total - participants), cut: m,
        effect: centered[0])
    }
    return result
  }

  /// Adds the score of the row at a place of the order to the process; returns the participants up to it.
  @inline(__always)
  private func add<V: ScoreLanes>(
    _ place: Int, to sum: inout V, _ participants: Double, _ weights: some RowWeights
  ) -> Double {
    let row = Int(order[place])
    let score = scores[row]
    sum += score.residual * load(directions + score.cell &* V.scalarCount, V.self)
    return weights.participants(after: place &+ 1, participants, adding: row)
  }

  /// The pass for more than 16 parameters, the process in memory.
  private func sweepBlocks(_ weights: some RowWeights) -> ProcessMaximum {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sum in
      sum.initialize(repeating: 0)
      var result = ProcessMaximum()
      let (first, last) = window(weights)
      var participants = 0.0
      var m = 0
      while m < last {
        let row = Int(order[m])
        let score = scores[row]
        let direction = directions + score.cell * width
        for j in 0..<width { sum[j] += score.residual * direction[j] }
        m += 1
        participants = weights.participants(after: m, participants, adding: row)
        guard m >= first, reads(after: m) else { continue }
        var form = SIMD16<Double>(repeating: 0)
        for block in stride(from: 0, to: width, by: 16) {
          let part = UnsafeRawBufferPointer(sum)
            .loadUnaligned(
              fromByteOffset: block * MemoryLayout<Double>.stride, as: SIMD16<Double>.self)
          let centered = part - participants * load(center + block, SIMD16<Double>.self)
          form += centered * centered
        }
        result.consider(
          form: form.total, weight: participants * (total - participants), cut: m,
          effect: sum[0] - participants * center[0])
      }
      return result
    }
  }
}

/// How the rows of a sweep are counted.
private protocol RowWeights {
  /// The participants of the first m rows, the last of which is `row`, from those before it.
  func participants(after m: Int, _ before: Double, adding row: Int) -> Double
}

/// Each row is one participant.
private struct UnitWeights: RowWeights {
  @inline(__always)
  func participants(after m: Int, _ before: Double, adding row: Int) -> Double { Double(m) }
}

/// A row counts by its weight.
private struct CaseWeights: RowWeights {
  let weights: UnsafePointer<Double>

  @inline(__always)
  func participants(after m: Int, _ before: Double, adding row: Int) -> Double {
    before + weights[row]
  }
}

/// A vector whose sum is taken by halves: a fixed order that vector instructions can follow.
protocol ScoreLanes: SIMD where Scalar == Double {
  var total: Double { get }
}

extension SIMD2<Double>: ScoreLanes {
  @inline(__always)
  var total: Double { self[0] + self[1] }
}

extension SIMD4<Double>: ScoreLanes {
  @inline(__always)
  var total: Double { (lowHalf + highHalf).total }
}

extension SIMD8<Double>: ScoreLanes {
  @inline(__always)
  var total: Double { (lowHalf + highHalf).total }
}

extension SIMD16<Double>: ScoreLanes {
  @inline(__always)
  var total: Double { (lowHalf + highHalf).total }
}
