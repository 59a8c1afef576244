import Numerics

/// Which cells of a logistic model can be fitted without limit.
///
/// δ is a direction of recession where s_c x_c'δ ≥ 0 in every cell with one outcome alone (s = 1 all
/// events, −1 none) and x_c'δ = 0 in every other (Albert & Anderson 1984). Cells where it moves η are
/// fitted exactly in the limit: they leave the likelihood, and what remains has finite estimates. Random
/// effects change nothing, since the condition does not depend on what else is in η.
struct SeparatedCells {
  /// One flag a cell.
  private(set) var flags: [Bool]

  /// Finds all separated cells.
  ///
  /// By Stiemke's alternative there is no δ if and only if the s_c x_c, less their components along the
  /// mixed cells, have a combination Σ λ_c s_c x_c = 0 with all λ_c ≥ 1. The least-squares attempt at
  /// one (non-negative, Lawson & Hanson 1974) ends either at zero or at a residual that is itself a
  /// direction of recession. Cells that it separates leave, and the rest is asked again.
  init(_ matrix: BinomialMatrix, signs: [Int]) {
    flags = [Bool](repeating: false, count: signs.count)
    var mixed = OrthonormalBasis(dimension: matrix.roles.count)
    for row in signs.indices where signs[row] == 0 { mixed.insert(matrix.dense(row)) }
    var candidates: [(cell: Int, vector: [Double])] = []
    for cell in signs.indices where signs[cell] != 0 {
      let row = matrix.dense(cell).map { Double(signs[cell]) * $0 }
      guard let vector = mixed.direction(of: row) else { continue }
      candidates.append((cell, vector))
    }
    while !candidates.isEmpty {
      let residual = PositiveCombination.residual(candidates.map(\.vector))
      let length = dot(residual, residual).squareRoot()
      guard length > 1e-7 else { return }
      let count = candidates.count
      candidates.removeAll { candidate in
        let isSeparated = dot(candidate.vector, residual) > 1e-7 * length
        if isSeparated { flags[candidate.cell] = true }
        return isSeparated
      }
      guard candidates.count < count else { return }
    }
  }
}

/// An orthonormal basis of the vectors inserted so far.
struct OrthonormalBasis {
  let dimension: Int
  private(set) var vectors: [[Double]] = []

  init(dimension: Int) { self.dimension = dimension }

  /// The unit vector of what is left of a vector after the basis; nil where that is rounding alone.
  func direction(of vector: [Double]) -> [Double]? {
    let length = dot(vector, vector).squareRoot()
    var rest = vector
    for _ in 0..<2 {
      for basis in vectors {
        let component = dot(basis, rest)
        for i in rest.indices { rest[i] -= component * basis[i] }
      }
    }
    let left = dot(rest, rest).squareRoot()
    guard left > 1e-8 * length, length > 0 else { return nil }
    return rest.map { $0 / left }
  }

  /// Adds a vector where it is no combination of the others.
  mutating func insert(_ vector: [Double]) {
    guard vectors.count < dimension, let direction = direction(of: vector) else { return }
    vectors.append(direction)
  }

  /// Whether the basis spans a coordinate axis.
  func spans(_ axis: Int) -> Bool {
    vectors.reduce(0) { $0 + $1[axis] * $1[axis] } > 1 - 1e-7
  }
}

/// The attempt to write zero as a combination of unit vectors with all weights at least 1.
enum PositiveCombination {
  /// The shortest Σ (1 + ν_c) a_c over ν ≥ 0, by the active-set method of Lawson & Hanson.
  static func residual(_ vectors: [[Double]]) -> [Double] {
    let dimension = vectors.first?.count ?? 0
    var extra = [Double](repeating: 0, count: vectors.count)
    var isPassive = [Bool](repeating: false, count: vectors.count)
    var target = [Double](repeating: 0, count: dimension)
    for vector in vectors { for i in target.indices { target[i] += vector[i] } }
    func residual() -> [Double] {
      var sum = target
      for (c, vector) in vectors.enumerated() where extra[c] > 0 {
        for i in sum.indices { sum[i] += extra[c] * vector[i] }
      }
      return sum
    }
    for _ in 0..<(3 * vectors.count + 10) {
      let rest = residual()
      let length = dot(rest, rest).squareRoot()
      guard length > 1e-9 else { break }
      let slopes = vectors.indices.map { isPassive[$0] ? 0 : dot(vectors[$0], rest) }
      guard let entering = slopes.indices.min(by: { slopes[$0] < slopes[$1] }),
        slopes[entering] < -1e-9 * length
      else { break }
      isPassive[entering] = true
      while !advance(&extra, &isPassive, vectors, target) {}
    }
    return residual()
  }

  /// Moves to the least-squares weights of the passive vectors, or as far as none becomes negative;
  /// false where a vector had to leave.
  private static func advance(
    _ extra: inout [Double], _ isPassive: inout [Bool], _ vectors: [[Double]], _ target: [Double]
  ) -> Bool {
    let passive = vectors.indices.filter { isPassive[$0] }
    var gram = Matrix(rows: passive.count, columns: passive.count)
    for (j, b) in passive.enumerated() {
      for (i, a) in passive.enumerated() { gram[i, j] = dot(vectors[a], vectors[b]) }
    }
    // Passive vectors can come to depend on one another; the ridge keeps their weights defined.
    for i in passive.indices { gram[i, i] += 1e-14 }
    guard let solution = try? Cholesky(gram).solve(passive.map { -dot(vectors[$0], target) })
    else {
      for c in passive where extra[c] == 0 { isPassive[c] = false }
      return true
    }
    var share = 1.0
    for (i, c) in passive.enumerated() where solution[i] <= 0 {
      share = min(share, extra[c] / max(extra[c] - solution[i], 1e-300))
    }
    for (i, c) in passive.enumerated() { extra[c] += share * (solution[i] - extra[c]) }
    guard share < 1 else { return true }
    var hasLeft = false
    for (i, c) in passive.enumerated() where solution[i] <= 0 && extra[c] <= 1e-12 {
      extra[c] = 0
      isPassive[c] = false
      hasLeft = true
    }
    return !hasLeft
  }
}
