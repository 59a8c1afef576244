import Tables
import Words

/// The columns of covariates, those left out that the others determine.
struct ModelMatrix {
  private(set) var names: [String] = []
  private(set) var columns: [[Double]] = []
  private(set) var warnings: [String] = []

  /// Expands covariates for the used rows, in formula order.
  ///
  /// As in lme4, a column that the intercept, the treatment and the columns before it determine is
  /// left out, and the user is told.
  init(_ covariates: [(name: String, column: Column)], _ selection: RowSelection, arm: [UInt8]) {
    guard !covariates.isEmpty else { return }
    var basis = OrthogonalBasis(rows: selection.count)
    _ = basis.insert(arm.map(Double.init))
    for (name, column) in covariates {
      let expanded = Self.expand(name, column, selection)
      if expanded.isEmpty { warnings.append(Self.constantWarning(name)) }
      for (label, values) in expanded {
        if Self.isConstant(values) {
          warnings.append(Self.constantWarning(label))
        } else if basis.insert(values) {
          names.append(label)
          columns.append(values)
        } else {
          warnings.append(
            "covariate \(quoted(label)) is a linear combination of the treatment and the covariates"
              + " before it and is left out")
        }
      }
    }
  }

  private static func constantWarning(_ name: String) -> String {
    "covariate \(quoted(name)) is constant among the used rows and is left out"
  }

  private static func isConstant(_ values: [Double]) -> Bool {
    values.allSatisfy { $0 == values.first }
  }

  /// The columns that one covariate stands for, named as R names them.
  private static func expand(
    _ name: String, _ column: Column, _ selection: RowSelection
  ) -> [(String, [Double])] {
    switch column {
    case .numeric(let values):
      return [(name, selection.select(values))]
    case .nominal(let codes, let levels):
      let (codes, levels) = selection.selectLevels(codes, levels)
      return levels.indices.dropFirst().map { level in
        (name + levels[level], codes.map { Int($0) == level ? 1 : 0 })
      }
    case .ordered(let codes, let levels):
      let (codes, levels) = selection.selectLevels(codes, levels)
      let contrasts = polynomialContrasts(levels.count)
      return contrasts.enumerated().map { degree, contrast in
        let suffixes = [".L", ".Q", ".C"]
        let suffix = degree < suffixes.count ? suffixes[degree] : "^\(degree + 1)"
        return (name + suffix, codes.map { contrast[Int($0)] })
      }
    }
  }
}

/// Orthonormal polynomials of degree 1 to `count` − 1 over equally spaced points, R's `contr.poly`.
///
/// By Stieltjes' recurrence with full orthogonalisation, so that high degrees stay orthogonal; the
/// leading coefficient of each is positive.
func polynomialContrasts(_ count: Int) -> [[Double]] {
  let points = (0..<count).map { Double($0) - Double(count - 1) / 2 }
  let constant = 1 / Double(count).squareRoot()
  var polynomials = [[Double](repeating: constant, count: count)]
  while polynomials.count < count {
    guard let last = polynomials.last else { break }
    var next = zip(points, last).map(*)
    for _ in 0..<2 { next = orthogonalized(next, to: polynomials) }
    let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
    polynomials.append(next.map { $0 / norm })
  }
  return Array(polynomials.dropFirst())
}

/// A vector without its components along orthonormal vectors.
private func orthogonalized(_ vector: [Double], to basis: [[Double]]) -> [Double] {
  var result = vector
  for direction in basis {
    let component = zip(result, direction).reduce(0) { $0 + $1.0 * $1.1 }
    for row in result.indices { result[row] -= component * direction[row] }
  }
  return result
}

/// An orthonormal basis of the columns inserted so far and the constant.
private struct OrthogonalBasis {
  let rows: Int
  private var directions: [[Double]] = []

  init(rows: Int) {
    self.rows = rows
  }

  /// Adds a column; false, with nothing done, where the basis spans it already.
  ///
  /// The column is centred first. The tolerance, a residual of 10⁻⁷ of its length, is that of R's
  /// `qr`.
  mutating func insert(_ column: [Double]) -> Bool {
    let mean = column.reduce(0, +) / Double(rows)
    let centred = column.map { $0 - mean }
    let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let residual = orthogonalized(centred, to: directions)
    let rest = residual.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard rest > 1e-7 * length else { return false }
    directions.append(residual.map { $0 / rest })
    return true
  }
}
