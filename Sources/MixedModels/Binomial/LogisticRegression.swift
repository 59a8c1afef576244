import Foundation
import Numerics

/// A logistic regression without random effects, by Newton's method.
enum LogisticRegression {
  /// Whether the estimates are plainly finite: Newton's method has converged with no linear predictor
  /// beyond ±15, where a cell fitted without limit would still pull.
  static func converges(_ matrix: BinomialMatrix, counts: [Double], events: [Double]) -> Bool {
    var beta = [Double](repeating: 0, count: matrix.roles.count)
    for _ in 0..<25 {
      var gradient = beta.map { _ in 0.0 }
      var hessian = Matrix(rows: beta.count, columns: beta.count)
      for row in 0..<matrix.rows {
        let entries = matrix.starts[row]..<matrix.starts[row + 1]
        var eta = 0.0
        for entry in entries { eta += matrix.values[entry] * beta[Int(matrix.columns[entry])] }
        guard abs(eta) < 15 else { return false }
        let mean = 1 / (1 + exp(-eta))
        let weight = counts[row] * mean * (1 - mean)
        for a in entries {
          let i = Int(matrix.columns[a])
          gradient[i] += matrix.values[a] * (events[row] - counts[row] * mean)
          for b in entries {
            hessian[i, Int(matrix.columns[b])] += weight * matrix.values[a] * matrix.values[b]
          }
        }
      }
      guard let step = PositiveSystem.solve(hessian, Array(beta.indices), gradient) else {
        return false
      }
      if dot(step, gradient) < 1e-10 { return true }
      for i in beta.indices { beta[i] += step[i] }
    }
    return false
  }
}
