import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// Golden figures: R 4.2.2, lme4 1.1-31, `glmer(y ~ 0 + L + L:t + …, family = binomial)` on
/// `BinomialData.example` with bobyqa, rhoend 1e-10, tolPwrss 1e-13 (the default, 1e-7, leaves the
/// log-likelihood with errors of 1e-4); `glm(epsilon = 1e-14)` where there is no random term.
@Suite struct BinomialFitTests {
  /// One model and what R reports of it.
  struct Golden: CustomTestStringConvertible {
    var testDescription: String
    var terms: ModelTerms
    var points = 1
    var weighted = false
    var covariates = false
    var logLikelihood: Double
    var tau: [Double]
    /// Intercepts, effects, covariates: estimates and standard errors.
    var fixed: [(estimate: Double, error: Double)]
    var effects: [[Double]] = []
  }

  static func terms(
    _ randomIntercept: Bool, _ randomEffect: Bool, _ intercepts: Intercepts = .perLeaf,
    correlated: Bool = false
  ) -> ModelTerms {
    ModelTerms(
      intercepts: intercepts, randomIntercept: randomIntercept, randomEffect: randomEffect,
      isCorrelated: correlated)
  }

  static let models = [
    Golden(
      testDescription: "(1|trial), Laplace", terms: terms(true, false),
      logLikelihood: -114.68817944866, tau: [0.9280855406],
      fixed: [
        (-0.45305996932, 0.5556191074), (-0.33124812850, 0.5543458686),
        (-0.07236495409, 0.6568565946), (1.01968839691, 0.5251351969),
        (1.51457336581, 0.5504267105), (0.78610645456, 0.7306991419),
      ],
      effects: [[1.292666008], [-1.208986543], [0.477211863], [-0.163752526], [-0.418451974]]),
    Golden(
      testDescription: "(1|trial), 10 points", terms: terms(true, false), points: 10,
      logLikelihood: -114.66188896334, tau: [0.9303873088],
      fixed: [
        (-0.45274933833, 0.5563743411), (-0.33090419305, 0.5550934671),
        (-0.07216948095, 0.6574273809), (1.01924546296, 0.5250192783),
        (1.51385648755, 0.5503476195), (0.78568253126, 0.7305263852),
      ],
      effects: [[1.293296639], [-1.209507697], [0.477425191], [-0.163962668], [-0.418875024]]),
    Golden(
      testDescription: "(0+t|trial), a covariate, Laplace", terms: terms(false, true),
      covariates: true, logLikelihood: -117.49838734507, tau: [1.380590419],
      fixed: [
        (0.59652685958, 4.4577451237), (0.49226034438, 4.4430659125),
        (0.80106892458, 4.4905828759), (0.88676978956, 0.8158432074),
        (1.83034051001, 0.8475510515), (0.90345404168, 0.9711414862),
        (-0.02500581715, 0.1394792983),
      ],
      effects: [[1.266977554], [-1.887270282], [0.939034187], [0.393737040], [-1.016095391]]),
    Golden(
      testDescription: "(0+t|trial), a covariate, 5 points", terms: terms(false, true), points: 5,
      covariates: true, logLikelihood: -117.43186496963, tau: [1.395619287],
      fixed: [
        (0.59917403328, 4.4575077087), (0.49489875780, 4.4428261214),
        (0.80372855595, 4.4903441607), (0.88794142442, 0.8210064242),
        (1.83203656248, 0.8526956060), (0.90497566781, 0.9755537110),
        (-0.02508885481, 0.1394718027),
      ],
      effects: [[1.270706113], [-1.891817878], [0.941883418], [0.394736548], [-1.021302488]]),
    Golden(
      testDescription: "(1|trial) + (0+t|trial), Laplace", terms: terms(true, true),
      logLikelihood: -112.94882368768, tau: [0.7470049180, 0.9355176827],
      fixed: [
        (-0.43424094239, 0.4917371695), (-0.33858197157, 0.4881640177),
        (-0.09367211071, 0.5925202495), (1.11054365698, 0.6941690406),
        (1.78328035136, 0.7293847298), (0.96566415356, 0.8734461900),
      ],
      effects: [
        [1.09425598, 0.334188599], [-0.69583703, -1.103334934], [0.20387770, 0.654429327],
        [-0.38602995, 0.562344011], [-0.21447385, -0.653969868],
      ]),
    Golden(
      testDescription: "(1+t|trial), Laplace, correlation 1",
      terms: terms(true, true, correlated: true), logLikelihood: -112.39941613851,
      tau: [0.6379960332, 0.7429573698],
      fixed: [
        (-0.33954047976, 0.4498386550), (-0.31554974426, 0.4460979520),
        (-0.04343368845, 0.5567037456), (1.03436435535, 0.6399559659),
        (1.74534033310, 0.6765845267), (0.91262788670, 0.8303320478),
      ],
      effects: [
        [0.8434415631, 0.9822022281], [-0.8369432070, -0.9746347805],
        [0.3432430929, 0.3997124939], [-0.0157694916, -0.0183638446],
        [-0.3998529895, -0.4656356935],
      ]),
    Golden(
      testDescription: "(1|trial) + (0+t|trial), Laplace, weights", terms: terms(true, true),
      weighted: true, logLikelihood: -180.2371110834, tau: [0.9704126944, 0.8690824464],
      fixed: [
        (-0.5924991402, 0.5236421611), (-0.3847520106, 0.5208741690),
        (-0.4005606095, 0.5928418703), (1.3664349395, 0.5930216587),
        (1.6015308418, 0.6025758261), (1.0898679419, 0.7193252200),
      ],
      effects: [
        [1.566383095, 0.171182037], [-0.791956432, -1.000248769], [0.246312146, 0.610811646],
        [-0.861319091, 0.726722741], [-0.123666243, -0.681929529],
      ]),
    Golden(
      testDescription: "stratified, (0+t|trial), Laplace",
      terms: terms(false, true, .perLeafAndTrial), logLikelihood: -103.72409703009,
      tau: [0.5060378257],
      fixed: [
        (0.754464103485, 0.5224111884), (-1.128003295157, 0.7692242771),
        (-0.047814088824, 0.6692550660), (-0.325219535576, 1.0295540646),
        (-1.295640446514, 0.8645115614), (1.216985722382, 0.6778564593),
        (-1.218375342433, 0.6438703859), (-0.001793122483, 0.6735602736),
        (-1.021686806985, 0.8460015468), (-1.085456475485, 0.9828065638),
        (1.919187856817, 1.0919670699), (-2.841987342973, 1.3836206630),
        (0.477894062273, 0.9299060197), (-0.745998265341, 1.2287371220),
        (0.673873676672, 1.2718766542), (0.900643698096, 0.5989672096),
        (1.658080366390, 0.6918146580), (1.248157665864, 1.0090659705),
      ],
      effects: [
        [0.097292518], [-0.511515091], [0.331006257], [0.262594215], [-0.229516942],
      ]),
    Golden(
      testDescription: "glm, trial intercepts common to leaves, a covariate, weights",
      terms: terms(false, false, .perTrial), weighted: true, covariates: true,
      logLikelihood: -173.56290318452, tau: [],
      fixed: [
        (-1.62186015573, 3.6650796783), (-4.81030576096, 3.7028794968),
        (-2.89596494826, 3.6856739775), (-3.99843133090, 3.7136861167),
        (-3.82082051117, 3.6990057752), (0.25173508378, 0.4173609161),
        (0.21401946143, 0.5058931033), (1.32314338061, 0.4323924685),
        (1.35968710857, 0.4355372244), (0.99991627060, 0.5893257678),
        (0.08812378342, 0.1148504342),
      ]),
  ]

  /// The log-likelihood is flat at its maximum and agrees to rounding.
  ///
  /// Estimates are as good as R's optimiser, which cannot see beyond the noise of its own function
  /// (1e-5). R takes the Hessian of the
  /// standard errors by differences of noisy values: 1e-4, and 1e-3 beside a covariate around 32 (R's
  /// own figures are ours to 1e-6 when that is centred).
  @Test(arguments: models) func agreesWithGlmer(_ golden: Golden) throws {
    let fit = try BinomialFit(
      BinomialData.example.statistics(weighted: golden.weighted, covariates: golden.covariates),
      golden.terms, quadraturePoints: golden.points)
    #expect(close(fit.logLikelihood, golden.logLikelihood, relative: 1e-10))
    #expect(fit.variances.tau.count == golden.tau.count)
    for (ours, theirs) in zip(fit.variances.tau, golden.tau) {
      #expect(close(ours, theirs, relative: 1e-5))
    }
    #expect(fit.fixed.count == golden.fixed.count)
    for (ours, theirs) in zip(fit.fixed, golden.fixed) {
      #expect(
        close(
          ours.estimate ?? .nan, theirs.estimate, relative: 1e-5,
          absolute: golden.covariates ? 1e-4 : 1e-6))
      #expect(
        close(
          ours.standardError ?? .nan, theirs.error,
          relative: golden.tau.isEmpty ? 1e-6 : golden.covariates ? 1e-3 : 1e-4))
    }
    for (ours, theirs) in zip(fit.trialEffects, golden.effects) {
      for (a, b) in zip(ours, theirs) { #expect(close(a, b, relative: 1e-5, absolute: 1e-6)) }
    }
    #expect(
      fit.parameterCount
        == golden.fixed.count + golden.tau.count + (golden.terms.isCorrelated ? 1 : 0))
  }

  @Test func correlationOfOneIsSingular() throws {
    let fit = try BinomialFit(
      BinomialData.example.statistics(), Self.terms(true, true, correlated: true))
    #expect(fit.isSingular)
    #expect(close(fit.variances.correlation, 1, relative: 1e-9))
  }
}
