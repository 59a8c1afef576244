import Foundation
import MixedModels
import TestSupport
import Testing

@testable import Inference

@Suite("Likelihood of a trial's random terms")
struct TrialOddsTests {
  // Counts and single participants; predictors of every size, the last where e^η leaves the range of doubles.
  @Test(arguments: [12, 240, 2400], [0.1, 1, 20, 140, 1000] as [Double])
  func agreesWithPlainSums(rows: Int, size: Double) throws {
    let model = try BinomialCells(rows: rows, covariates: 2).model(
      BinomialCells.terms[4], .halfNormal(scale: 1))
    var odds = TrialOdds(model)
    let predictors = (0..<model.cells).map { size * sin(Double(7 * $0)) }
    odds.take { predictors[$0] }
    for trial in 0..<model.trials {
      for active in [false, true] {
        let cells = (model.trialStarts[trial]..<model.trialStarts[trial + 1]).filter {
          (model.active[$0] == 1) == active
        }
        func plain(_ b: Double) -> Double {
          cells.reduce(0.0) { sum, cell in
            let eta = predictors[cell] + b
            let soft = max(eta, 0) + log1p(exp(-abs(eta)))
            return sum + model.events[cell] * b - model.counts[cell] * soft
          }
        }
        for b in [-3, 0, 0.4, 200] {
          let found = odds.logLikelihood(trial, active: active, at: b)
          #expect(close(found, plain(b), relative: 1e-11, absolute: 1e-11))
          let moments = odds.moments(trial, active: active, at: b)
          let (residual, weight) = cells.reduce((0.0, 0.0)) { sums, cell in
            let mean = 1 / (1 + exp(-predictors[cell] - b))
            let n = model.counts[cell]
            return (
              sums.0 + model.events[cell] - n * mean,
              sums.1 + n * mean / (1 + exp(predictors[cell] + b))
            )
          }
          #expect(close(moments.residual, residual, relative: 1e-9, absolute: 1e-9))
          #expect(close(moments.weight, weight, relative: 1e-9, absolute: 1e-9))
        }
      }
    }
  }
}
