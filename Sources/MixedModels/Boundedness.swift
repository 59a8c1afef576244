extension MarginalDensity {
  /// Whether the density grows without limit as σ goes to zero.
  ///
  /// It does where the coefficients and the trial effects together fit the outcome exactly, to
  /// rounding, with participants to spare: then it goes as σ to the power of minus their number. It
  /// is read at a millionth and at a hundred-thousandth of the outcome's spread, the τs being as
  /// large as that spread: a residual SD above about a millionth makes the density fall from the one
  /// to the other, since the residual sum of squares stands over σ².
  public var growsWithoutLimit: Bool {
    let spread = (model.outcomeSquared / Double(max(model.statistics.rows, 1))).squareRoot()
    guard spread > 0, spread.isFinite else { return false }
    let tau = [Double](repeating: spread, count: q)
    let near = evaluate(Variances(sigma: 1e-6 * spread, tau: tau, omega: spread))
    let far = evaluate(Variances(sigma: 1e-5 * spread, tau: tau, omega: spread))
    // One participant to spare makes a difference of log 10.
    return near > -.infinity && near - far > 1
  }
}
