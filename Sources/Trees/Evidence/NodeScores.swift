/// Which rows of the data some rows are.
struct Membership {
  private var isMember: [Bool]

  init(_ rows: [Int32], dataRows: Int) {
    isMember = [Bool](repeating: false, count: dataRows)
    for row in rows { isMember[Int(row)] = true }
  }

  func holds(_ row: Int32) -> Bool { isMember[Int(row)] }
}

/// The scores of a node's rows, to be cumulated along any variable.
///
/// Written for one tree that is drawn, without the speed of ``ScoreSweep``, which it checks in tests.
struct NodeScores {
  private let rows: [Int32]
  private let scores: ScoreField
  /// The place of each row of the data among the node's, -1 for other rows.
  private var places: [Int]

  init(_ rows: [Int32], _ scores: ScoreField, dataRows: Int) {
    (self.rows, self.scores) = (rows, scores)
    places = [Int](repeating: -1, count: dataRows)
    for (place, row) in rows.enumerated() { places[Int(row)] = place }
  }

  /// Whether a row of the data is in the node.
  func holds(_ row: Int32) -> Bool { places[Int(row)] >= 0 }

  /// The LM statistic after each value at which the process is read.
  func points(
    _ process: ScoreProcess, values: [Double], order: [Int32], from: Int, readsEveryRow: Bool
  ) -> [ScoreCurve.Point] {
    let tested = process.tested
    let n = process.total
    let slack = scores.weights == nil ? 0 : 1e-9 * n
    var sum = [Double](repeating: 0, count: tested.width)
    var participants = 0.0
    var points: [ScoreCurve.Point] = []
    for (row, next) in zip(order, order.dropFirst()) {
      let place = places[Int(row)]
      let residual = scores.residuals[place]
      let start = Int(scores.cells[place]) * tested.width
      for j in sum.indices { sum[j] += residual * tested.directions[start + j] }
      participants += scores.weights?[place] ?? 1
      let (value, following) = (values[Int(row)], values[Int(next)])
      guard participants >= Double(from) - slack, participants <= n - Double(from) + slack,
        readsEveryRow || value != following
      else { continue }
      points.append(
        .init(
          value: value,
          statistic: form(sum, tested, participants) * n * n
            / (participants * (n - participants))))
    }
    return points
  }

  /// S'A⁻¹S of cumulated scores, centred.
  private func form(
    _ sum: [Double], _ directions: ScoreDirections, _ participants: Double
  ) -> Double {
    sum.indices.reduce(0) { total, j in
      let centered = sum[j] - participants * directions.center[j]
      return total + centered * centered
    }
  }

  /// The scores summed by the levels of a variable.
  func sums(_ codes: [Int32], _ levels: Int) -> LevelScores {
    let present = Set(rows.map { Int(codes[Int($0)]) }).sorted()
    return LevelScores(
      levels: present,
      sums: LevelSums(
        LevelTable(rows: rows[...], scores: scores, codes: codes, levels: levels)))
  }
}

/// The scores of a node by the levels that it has of a variable.
struct LevelScores {
  /// The levels that the node has, ascending.
  let levels: [Int]
  /// Their sums.
  let sums: LevelSums

  /// ‖S_l‖² / π_l of each level.
  func contributions(_ directions: ScoreDirections) -> [ScoreCurve.Point] {
    let n = sums.counts.reduce(0, +)
    return levels.indices.map { place in
      var sum = [Double](repeating: 0, count: directions.width)
      sums.add(place, of: directions, to: &sum)
      return .init(
        value: Double(levels[place]),
        statistic: sum.reduce(0) { $0 + $1 * $1 } * n / sums.counts[place])
    }
  }

  /// ‖B_l‖² / (T_l (1 − T_l)) after each level but the last.
  func thresholds(_ directions: ScoreDirections) -> [ScoreCurve.Point] {
    let n = sums.counts.reduce(0, +)
    var sum = [Double](repeating: 0, count: directions.width)
    var participants = 0.0
    return levels.indices.dropLast().map { place in
      sums.add(place, of: directions, to: &sum)
      participants += sums.counts[place]
      let share = participants / n
      return .init(
        value: Double(levels[place]),
        statistic: sum.reduce(0) { $0 + $1 * $1 } / (share * (1 - share)))
    }
  }
}
