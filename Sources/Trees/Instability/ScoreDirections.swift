import Numerics

/// How far a residual of 1 moves a score process in each cell, and how far the mean score does.
struct ScoreDirections {
  /// The number of components.
  let components: Int
  /// The length of a padded direction: a length that the sweeps are written for.
  let width: Int
  /// One direction a cell, padded with zeros; the effect's component stands first, where there is one.
  let directions: [Double]
  /// The mean of the transformed scores, padded likewise.
  let center: [Double]

  /// The directions of a transformation, which writes the components of a score vector into a result
  /// from a position on.
  init(
    components: Int, _ scores: ScoreField, means: [Double],
    transform: (_ score: [Double], _ result: inout [Double], _ start: Int) -> Void
  ) {
    self.components = components
    let width = ScoreSweep.width(of: components)
    let cells = scores.regressors.rows
    var directions = [Double](repeating: 0, count: cells * width)
    var vector = means
    for cell in 0..<cells {
      for j in vector.indices { vector[j] = scores.regressors[cell, j] }
      transform(vector, &directions, cell * width)
    }
    var center = [Double](repeating: 0, count: width)
    transform(means, &center, 0)
    self.width = width
    self.directions = directions
    self.center = center
  }

  /// The first of some directions' components alone.
  init(firstOf other: ScoreDirections) {
    components = 1
    width = ScoreSweep.width(of: 1)
    var directions = [Double](repeating: 0, count: other.directions.count / other.width * width)
    for cell in 0..<(directions.count / width) {
      directions[cell * width] = other.directions[cell * other.width]
    }
    self.directions = directions
    center = [other.center[0], 0]
  }
}
