import MixedModels

extension BinomialTarget {
  /// The position of parameters: the inverse of `parameters(at:into:deviations:)`.
  ///
  /// `values` are the coefficients in the order of the roles and the random terms trial by trial; every SD
  /// is positive and inside the support of its prior; the correlation, if any, comes after the SDs.
  func position(of values: [Double], deviations: [Double]) -> [Double] {
    let (p, q, strata) = (model.common, model.terms.randomTerms, model.strata)
    var z = [Double](repeating: 0, count: dimension)
    for i in stride(from: p - 1, through: 0, by: -1) {
      var rest = values[i] - coordinates.center[i]
      for j in (i + 1)..<max(p, i + 1) { rest -= coordinates.spread[i * p + j] * z[j] }
      z[i] = rest / coordinates.spread[i * p + i]
    }
    let stretched = Array(z[..<p])
    for r in 0..<q {
      let direction = coordinates.directions[(r * p)..<(r * p + p)]
      let component = zip(direction, z).reduce(0) { $0 + $1.0 * $1.1 }
      let factor = 1 / coordinates.stretch(r, deviations[r]) - 1
      for (i, part) in direction.enumerated() { z[i] += factor * component * part }
    }
    let random = Array(values[(p + strata)...])
    for trial in 0..<model.trials where q > 0 {
      placeTerms(trial, random, deviations, stretched, into: &z)
    }
    for trial in 0..<model.trials {
      for g in model.strataStarts[trial]..<model.strataStarts[trial + 1] {
        var rest = values[p + g] - coordinates.interceptCenters[g]
        for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1]
        where model.stratum[cell] == g {
          rest += coordinates.shares[cell] * predictor(cell, trial, values, random)
        }
        z[p + model.trials * q + g] = rest / coordinates.interceptSpreads[g]
      }
    }
    let last = p + model.trials * q + strata
    for (i, r) in coordinates.free.enumerated() {
      z[last + i] = coordinates.deviations[i].position(of: deviations[r])
    }
    return z
  }

  /// The linear predictor of a cell without the stratified intercept.
  private func predictor(
    _ cell: Int, _ trial: Int, _ values: [Double], _ random: [Double]
  ) -> Double {
    let q = model.terms.randomTerms
    var eta = 0.0
    for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
      eta += model.entryValues[entry] * values[model.entryColumns[entry]]
    }
    if model.terms.randomIntercept { eta += random[trial * q] }
    if model.terms.randomEffect { eta += model.active[cell] * random[trial * q + q - 1] }
    return eta
  }

  private func placeTerms(
    _ trial: Int, _ random: [Double], _ tau: [Double], _ stretched: [Double],
    into z: inout [Double]
  ) {
    let (p, q) = (model.common, model.terms.randomTerms)
    func pull(_ term: Int) -> Double {
      (0..<p).reduce(coordinates.pull[term]) {
        $0 - coordinates.pullSlopes[term * p + $1] * stretched[$1]
      }
    }
    // The map is linear in z: what it gives at 0 and at 1 tells the rest.
    if q == 1 {
      func at(_ z: Double) -> Double {
        ConditionalTerm(
          tau: tau[0], information: coordinates.information[trial], pull: pull(trial), z: z
        ).v
      }
      z[p + trial] = (random[trial] / tau[0] - at(0)) / (at(1) - at(0))
      return
    }
    let information = Array(coordinates.information[(3 * trial)..<(3 * trial + 3)])
    let pulls = (pull(2 * trial), pull(2 * trial + 1))
    let factor = TrialFactor(tau, model.terms)
    func at(_ first: Double, _ second: Double) -> (Double, Double) {
      ConditionalPair(
        factor: factor, information: (information[0], information[1], information[2]),
        pull: pulls, z: (first, second)
      ).v
    }
    let intercept = random[2 * trial] / factor.intercept
    let v = (
      intercept, (random[2 * trial + 1] - factor.cross * intercept) / factor.effect
    )
    let first = (v.0 - at(0, 0).0) / (at(1, 0).0 - at(0, 0).0)
    let second = (v.1 - at(first, 0).1) / (at(first, 1).1 - at(first, 0).1)
    z[p + 2 * trial] = first
    z[p + 2 * trial + 1] = second
  }
}
