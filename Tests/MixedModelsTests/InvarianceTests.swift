import Foundation
import MixedModels
import Numerics
import TestSupport
import Testing

/// What must not change a density, or must change it in a known way.
@Suite struct InvarianceTests {
  static func prior(shift: Double = 0, scale: Double = 1, sign: Double = 1) -> CoefficientTreatment
  {
    .integrated(
      CoefficientPrior(
        intercept: .init(mean: scale * 18 + shift, sd: scale * 6),
        effect: .init(mean: -0.4 * scale * sign, sd: 1.5 * scale),
        coefficients: [.init(mean: 0.1 * scale, sd: 0.9 * scale)]))
  }

  static func value(
    _ data: SampleData, _ terms: ModelTerms, _ treatment: CoefficientTreatment, scale: Double = 1
  ) -> Double {
    let at = Variances(
      sigma: 1.3 * scale, tau: Array([0.6 * scale, 0.9 * scale].prefix(terms.randomTerms)))
    return MarginalDensity(MarginalModel(data.statistics, terms, treatment)).evaluate(at)
  }

  static func check(
    _ change: (inout SampleData) -> Void, _ treatment: CoefficientTreatment,
    changed: CoefficientTreatment, scale: Double = 1, power: Double = 0,
    _ terms: [ModelTerms] = everyTerms
  ) {
    for shape in [SampleData.Shape.complete, .ragged] {
      for terms in terms {
        let data = SampleData(shape, covariates: 1)
        var other = data
        change(&other)
        let before = value(data, terms, treatment)
        let after = value(other, terms, changed, scale: scale)
        #expect(close(after + power * log(scale), before, relative: 1e-12), "\(shape), \(terms)")
      }
    }
  }

  @Test func orderOfRowsTrialsAndLeaves() {
    for treatment in [Self.prior(), .restricted, .profiled] {
      Self.check(
        { data in
          let order = data.outcome.indices.sorted { ($0 * 37) % 101 < ($1 * 37) % 101 }
          data.trial = order.map { data.trial[$0] }
          data.arm = order.map { data.arm[$0] }
          data.leaf = order.map { data.leaf[$0] }
          data.covariates = data.covariates.map { column in order.map { column[$0] } }
          data.outcome = order.map { data.outcome[$0] }
        }, treatment, changed: treatment)
      Self.check({ $0.trial = $0.trial.map { 3 - $0 } }, treatment, changed: treatment)
      // A proper prior of what leaves add to the first leaf depends on which is the first.
      let isProper = treatment == Self.prior()
      Self.check(
        { data in
          let last = Int32(data.leaves - 1)
          data.leaf = data.leaf.map { last - $0 }
        }, treatment, changed: treatment,
        everyTerms.filter { !isProper || $0.intercepts != .perTrial })
    }
  }

  @Test(arguments: [-1e4, 0.3, 250]) func shiftOfTheOutcome(shift: Double) {
    let move = { (data: inout SampleData) in data.outcome = data.outcome.map { $0 + shift } }
    Self.check(move, Self.prior(), changed: Self.prior(shift: shift))
    Self.check(move, .restricted, changed: .restricted)
    Self.check(move, .profiled, changed: .profiled)
  }

  // p(k y) = p(y) / k in every dimension that is integrated: n, n − p, n.
  @Test(arguments: [1e-4, 3, 1e5]) func scaleOfTheOutcome(scale: Double) {
    let stretch = { (data: inout SampleData) in data.outcome = data.outcome.map { $0 * scale } }
    for shape in [SampleData.Shape.complete, .ragged] {
      for terms in everyTerms {
        let data = SampleData(shape, covariates: 1)
        var other = data
        stretch(&other)
        let n = Double(data.rows)
        let p = Double(MarginalModel(data.statistics, terms, .restricted).coefficientCount)
        for (treatment, changed, power) in [
          (Self.prior(), Self.prior(scale: scale), n), (.restricted, .restricted, n - p),
          (.profiled, .profiled, n),
        ] {
          let before = Self.value(data, terms, treatment)
          let after = Self.value(other, terms, changed, scale: scale)
          #expect(close(after + power * log(scale), before, relative: 1e-10), "\(terms)")
        }
      }
    }
  }

  // With an intercept for every cell, 1 − t spans what t does, and contrasts do not see which is
  // random. (With random intercepts, and for the likelihood that is not restricted, the coding counts:
  // Riley et al. 2020.)
  @Test func swappedArmsUnderStratifiedIntercepts() {
    let swap = { (data: inout SampleData) in data.arm = data.arm.map { 1 - $0 } }
    let terms = [
      stratified,
      ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: false),
    ]
    Self.check(swap, .restricted, changed: .restricted, terms)
    let flat = CoefficientPrior.Normal(mean: 0, sd: .infinity)
    let slope = CoefficientPrior.Normal(mean: 0.1, sd: 0.9)
    let effect = { (mean: Double) in
      CoefficientTreatment.integrated(
        .init(intercept: flat, effect: .init(mean: mean, sd: 1.5), coefficients: [slope]))
    }
    Self.check(swap, effect(-0.4), changed: effect(0.4), terms)
  }

  // A constant added to one trial moves its own intercepts and nothing else.
  @Test func constantAddedToOneTrialUnderStratifiedIntercepts() throws {
    for shape in [SampleData.Shape.complete, .ragged] {
      let data = SampleData(shape, covariates: 1)
      var other = data
      for i in other.outcome.indices where other.trial[i] == 1 { other.outcome[i] += 50 }
      let fits = try [data, other].map {
        try MixedModelFit(MarginalModel($0.statistics, stratified, .restricted))
      }
      #expect(
        close(fits[0].estimate.logLikelihood, fits[1].estimate.logLikelihood, relative: 1e-11))
      for (a, b) in zip(fits[0].fixed, fits[1].fixed) {
        guard let before = a.estimate, let after = b.estimate else {
          #expect(a.estimate == nil && b.estimate == nil)
          continue
        }
        var shift = 0.0
        if case .intercept(_, 1) = a.role { shift = 50 }
        #expect(abs(after - before - shift) < 1e-7)
      }
    }
  }
}
