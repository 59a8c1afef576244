import Numerics

/// The scores of a node summed by the levels of a variable, those that the node lacks included.
struct LevelTable {
  /// The number of cells.
  let cells: Int
  /// The number of levels.
  let levels: Int
  /// For each level the residuals of each cell, then the participants.
  private var table: [Double]

  /// Sums the scores of some rows by their codes below `levels`; the rows are touched once.
  init(rows: ArraySlice<Int32>, scores: ScoreField, codes: [Int32], levels: Int) {
    cells = scores.regressors.rows
    self.levels = levels
    let (cells, stride) = (cells, cells + 1)
    table = [Double](repeating: 0, count: levels * stride)
    table.withUnsafeMutableBufferPointer { table in
      rows.withUnsafeBufferPointer { rows in
        codes.withUnsafeBufferPointer { codes in
          scores.withRows(count: rows.count) { i, residual, cell in
            let level = stride &* Int(codes[Int(rows[i])])
            table[level &+ cell] += residual
            table[level &+ cells] += 1
          }
          guard let weights = scores.weights else { return }
          for level in 0..<levels { table[level * stride + cells] = 0 }
          for (i, row) in rows.enumerated() {
            table[stride * Int(codes[Int(row)]) + cells] += weights[i]
          }
        }
      }
    }
  }

  /// The participants of a level, counted by their weights.
  func count(_ level: Int) -> Double { table[level * (cells + 1) + cells] }

  /// The residuals of a level by cell.
  func residuals(_ level: Int) -> ArraySlice<Double> {
    table[(level * (cells + 1))..<(level * (cells + 1) + cells)]
  }

  /// The test by the supremum of the LM process over the levels, in their order, that leave `from`
  /// participants or more on either side; nil where there is none, or the node has one level only.
  func supremumTest(variable: Int, _ process: ScoreProcess, from: Int) -> InstabilityTest? {
    let n = process.total
    let maximum = maximum(process.tested, total: n, from: from)
    guard maximum.isFound else { return nil }
    let statistic = maximum.form * n * n / maximum.weight
    return InstabilityTest(
      variable: variable, statistic: statistic,
      logPValue: SupremumLM(parameters: process.parameters, from: from, of: n)
        .logUpperTail(statistic),
      effectShare: effectShare(process, maximum))
  }

  /// What the effect adds to the LM form of all parameters at the maximum.
  private func effectShare(_ process: ScoreProcess, _ maximum: ProcessMaximum) -> Double {
    guard let full = process.full else {
      return maximum.form > 0 ? maximum.effect / maximum.form : 0
    }
    var sum = [Double](repeating: 0, count: full.width)
    for level in 0...maximum.cut { add(level, of: full, to: &sum) }
    let form = sum.reduce(0) { $0 + $1 * $1 }
    return form > 0 ? sum[0] * sum[0] / form : 0
  }

  /// Adds what a level moves the process by to a sum.
  private func add(_ level: Int, of directions: ScoreDirections, to sum: inout [Double]) {
    let (base, width) = (level * (cells + 1), directions.width)
    for j in 0..<width { sum[j] -= table[base + cells] * directions.center[j] }
    for cell in 0..<cells where table[base + cell] != 0 {
      for j in 0..<width {
        sum[j] += table[base + cell] * directions.directions[cell * width + j]
      }
    }
  }
}

// The maximum of the process; its `cut` is the last level before the point.
extension LevelTable {
  private func maximum(
    _ directions: ScoreDirections, total: Double, from: Int
  ) -> ProcessMaximum {
    // Sums of weights may miss a bound by rounding.
    let slack = 1e-9 * total
    let window = (Double(from) - slack)...max(total - Double(from) + slack, Double(from) - slack)
    switch directions.width {
    case 2: return sweep(SIMD2<Double>.self, directions, total, window)
    case 4: return sweep(SIMD4<Double>.self, directions, total, window)
    case 8: return sweep(SIMD8<Double>.self, directions, total, window)
    case 16: return sweep(SIMD16<Double>.self, directions, total, window)
    default: return sweep(directions, total, window)
    }
  }

  /// The pass with the whole process in one vector.
  @inline(__always)
  private func sweep<V: ScoreLanes>(
    _ type: V.Type, _ directions: ScoreDirections, _ total: Double,
    _ window: ClosedRange<Double>
  ) -> ProcessMaximum {
    table.withUnsafeBufferPointer { table in
      directions.directions.withUnsafeBytes { vectors in
        var result = ProcessMaximum()
        let mean = directions.center.withUnsafeBytes { $0.loadUnaligned(as: type) }
        var sum = V(repeating: 0)
        var participants = 0.0
        for level in 0..<levels {
          let base = level &* (cells &+ 1)
          let count = table[base &+ cells]
          guard count > 0 else { continue }
          for cell in 0..<cells {
            let residual = table[base &+ cell]
            guard residual != 0 else { continue }
            sum +=
              residual
              * vectors.loadUnaligned(
                fromByteOffset: cell &* MemoryLayout<V>.stride, as: type)
          }
          participants += count
          guard participants <= window.upperBound else { break }
          guard participants >= window.lowerBound else { continue }
          let centered = sum - participants * mean
          result.consider(
            form: (centered * centered).total, weight: participants * (total - participants),
            cut: level, effect: centered[0])
        }
        return result
      }
    }
  }

  /// The pass for more than 16 parameters.
  private func sweep(
    _ directions: ScoreDirections, _ total: Double, _ window: ClosedRange<Double>
  ) -> ProcessMaximum {
    var result = ProcessMaximum()
    var sum = [Double](repeating: 0, count: directions.width)
    var participants = 0.0
    for level in 0..<levels where count(level) > 0 {
      add(level, of: directions, to: &sum)
      participants += count(level)
      guard participants <= window.upperBound else { break }
      guard participants >= window.lowerBound else { continue }
      result.consider(
        form: sum.reduce(0) { $0 + $1 * $1 }, weight: participants * (total - participants),
        cut: level, effect: sum[0])
    }
    return result
  }
}
