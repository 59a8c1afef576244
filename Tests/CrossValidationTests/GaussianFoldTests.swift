import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Testing

@testable import CrossValidation

/// Predictive densities of Gaussian models against dense matrices.
@Suite struct GaussianFoldTests {
  /// Leaves by the sign of the first variable.
  private func leaves(_ design: Design) -> [Int32] {
    guard case .numeric(let z) = design.partitioning[0].values else { return [] }
    return z.map { $0 > 0 ? 1 : 0 }
  }

  private struct Case {
    let design: Design
    let leaf: [Int32]
    let fold: Fold
    let data: TrainingData
    let held: [HeldRow]
  }

  private func make(_ trials: FoldedTrials, parts: Int? = nil) throws -> Case {
    let design = trials.design(3)
    let leaf = leaves(design)
    let fold =
      parts.map { Fold.parts(design, count: $0, seed: 1)[0] } ?? Fold.activeArms(design)[1]
    let data = TrainingData(
      design: design, rows: fold.kept, codes: fold.kept.map { leaf[Int($0)] }, leaves: 2)
    return Case(
      design: design, leaf: leaf, fold: fold, data: data,
      held: fold.held.map { HeldRow(row: $0, leaf: leaf[Int($0)]) })
  }

  static let methods: [Subgroups.Method] = [
    .metamobSI, .metamobRI, .mobRI, .mob, .mobSI, .palmtree, .rp,
  ]

  /// By REML: flat priors, the variances at their estimates.
  @Test(arguments: methods)
  func restricted(method: Subgroups.Method) throws {
    for parts in [nil, 5] {
      let found = try make(
        FoldedTrials(trials: 3, perTrial: 16, tau: 0.5, covariates: 1, weighted: true),
        parts: parts)
      let model = try GaussianFold(found.data, method.terms)
      let variances = try VarianceMaximiser(
        MarginalModel(
          ModelStatistics(found.data.seen, leaf: found.data.codes, leaves: 2), method.terms,
          .restricted)
      ).maximum().variances
      let dense = DensePrediction(design: found.design, leaf: found.leaf, terms: method.terms)
      #expect(found.held.allSatisfy(model.determines))
      let joint = try dense.logDensity(of: found.fold.held, given: found.fold.kept, variances)
      #expect(abs(try model.joint(found.held) - joint) < 1e-4)
      for (row, value) in zip(found.held, try model.pointwise(found.held)) {
        let own = try dense.logDensity(of: [row.row], given: found.fold.kept, variances)
        #expect(abs(value - own) < 1e-5, "\(method) \(value) \(own)")
      }
    }
  }

  /// By Bayes: the mixture over the variances of the rows that were seen.
  @Test(arguments: [Subgroups.Method.metamobSI, .metamobRI, .palmtree])
  func posterior(method: Subgroups.Method) throws {
    let found = try make(FoldedTrials(trials: 3, perTrial: 16, tau: 0.5), parts: 4)
    let seen = found.data.seen
    let priors = try ResolvedPriors(PriorSet.weaklyInformative(), for: seen)
    let model = try GaussianFold(found.data, method.terms, priors)
    let dense = DensePrediction(
      design: found.design, leaf: found.leaf, terms: method.terms,
      interceptSD: priors.coefficients.intercept.sd, otherSD: priors.coefficients.effect.sd,
      center: priors.coefficients.intercept.mean)
    let quadrature = try VarianceQuadrature(
      MarginalModel(
        ModelStatistics(seen, leaf: found.data.codes, leaves: 2), method.terms,
        .integrated(priors.coefficients)),
      VariancePriors(priors, method.terms, residualScale: 1), resolution: .coarse)
    let kept = quadrature.weights.indices.filter { quadrature.weights[$0] > 1e-6 }
    let total = kept.reduce(0) { $0 + quadrature.weights[$1] }
    let rows = Array(found.held.prefix(3))
    // The points that are left out have some 1e-5 of the posterior.
    for (row, value) in zip(rows, try model.pointwise(rows)) {
      let terms = try kept.map {
        log(quadrature.weights[$0] / total)
          + (try dense.logDensity(
            of: [row.row], given: found.fold.kept, quadrature.points[$0]))
      }
      #expect(abs(value - logSumExp(terms)) < 2e-4)
    }
    // One participant's joint density is its own.
    for row in rows {
      let joint = try model.joint([row])
      #expect(abs(joint - (try model.pointwise([row])[0])) < 1e-3)
    }
  }

  /// The chain rule: a joint density is a product of conditional ones.
  @Test func jointIsAProduct() throws {
    let found = try make(FoldedTrials(trials: 3, perTrial: 16, tau: 0.5))
    let priors = try ResolvedPriors(PriorSet.weaklyInformative(), for: found.data.seen)
    let terms = Subgroups.Method.metamobSI.terms
    let first = Array(found.held.prefix(3))
    let second = Array(found.held.dropFirst(3))
    let more = TrainingData(
      design: found.design, rows: found.data.rows + first.map(\.row),
      codes: found.data.codes + first.map(\.leaf), leaves: 2)
    let whole = try GaussianFold(found.data, terms, priors).joint(found.held)
    let parts =
      try GaussianFold(found.data, terms, priors).joint(first)
      + GaussianFold(more, terms, priors).joint(second)
    #expect(abs(whole - parts) < 1e-7)
  }

  /// Moments with correlated random terms and pooled effects: against those of exact draws.
  @Test func momentsOfOtherModels() throws {
    let found = try make(FoldedTrials(trials: 3, perTrial: 16, tau: 0.5, covariates: 1), parts: 4)
    let priors = try ResolvedPriors(PriorSet.weaklyInformative(), for: found.data.seen)
    let terms = Subgroups.Method.metamobRI.terms(isCorrelated: true).poolingEffects(true)
    let model = MarginalModel(
      ModelStatistics(found.data.seen, leaf: found.data.codes, leaves: 2), terms,
      .integrated(priors.coefficients))
    let variances = Variances(sigma: 0.9, tau: [0.4, 0.6], correlation: -0.4, omega: 0.3)
    let density = MarginalDensity(model)
    let active = found.held.first { found.design.arm[Int($0.row)] == 1 }
    let place = found.data.place(try #require(active))
    let moments = try #require(density.predictors(at: variances, of: [place])[0])
    var stream = RandomStream(seed: 2, purpose: "moments")
    var values = [Double](repeating: 0, count: density.valuesPerDraw)
    func column(_ role: GlobalColumns.Role) -> Int { model.columns.index(of: role) ?? 0 }
    let draws = (0..<40_000).map { _ -> Double in
      _ = values.withUnsafeMutableBufferPointer {
        density.draw(at: variances, into: $0, normal: { stream.normal() })
      }
      let first = model.order + place.trial * 2
      return values[column(.intercept(leaf: place.leaf))]
        + values[column(.effect(leaf: place.leaf))]
        + place.covariates[0] * values[column(.covariate(0))] + values[first] + values[first + 1]
    }
    // Four standard errors of a mean and of a variance of 40,000 draws.
    #expect(abs(moments.mean - mean(draws)) < 4 * (moments.variance / 40_000).squareRoot())
    #expect(abs(variance(draws) / moments.variance - 1) < 4 * (2.0 / 40_000).squareRoot())
  }

  /// A participant of a leaf and trial that nobody else is of has no density.
  @Test func whoCannotBePredicted() throws {
    let found = try make(FoldedTrials(trials: 3, perTrial: 16))
    var codes = found.data.codes
    for (place, row) in found.data.rows.enumerated() where found.design.trial[Int(row)] == 1 {
      codes[place] = 0
    }
    let data = TrainingData(
      design: found.design, rows: found.data.rows, codes: codes, leaves: 2)
    let priors = try ResolvedPriors(PriorSet.weaklyInformative(), for: data.seen)
    let row = found.held[0].row
    for (method, isKnown) in [
      (Subgroups.Method.metamobSI, false), (.metamobRI, true), (.palmtree, true),
    ] {
      for model in [
        try GaussianFold(data, method.terms), try GaussianFold(data, method.terms, priors),
      ] {
        #expect(model.determines(HeldRow(row: row, leaf: 0)))
        #expect(model.determines(HeldRow(row: row, leaf: 1)) == isKnown)
      }
    }
  }
}
