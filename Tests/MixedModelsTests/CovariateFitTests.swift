import Designs
import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// The worked example with a covariate, by REML and ML against lme4.
///
/// R 4.2.2, lme4 1.1-31, lmerTest 3.1-3, with the data of `WorkedExample`:
///
///     x <- ((37 * i) %% 61) / 10; y2 <- y + .35 * x; cell <- interaction(leaf, trial, lex.order = TRUE)
///     lmer(y2 ~ 0 + leaf + leaf:t + x + (1 | trial) + (0 + t | trial), REML = , control = lmerControl(
///       "bobyqa", optCtrl = list(rhobeg = .2, rhoend = 1e-11)))
///     lmer(y2 ~ 0 + cell + leaf:t + x + (0 + t | trial), …)
///
/// Degrees of freedom are those of `summary`, the deviance function that of `devFunOnly = TRUE`.
@Suite struct CovariateFitTests {
  /// What R printed of one fit: intercepts, then x, then the effects of leaves 0 and 1.
  struct Figures: Sendable, CustomTestStringConvertible {
    let isStratified: Bool
    let isRestricted: Bool
    let logLikelihood: Double
    /// τ in the order of the terms, then σ.
    let deviations: [Double]
    let estimates: [Double]
    let errors: [Double]
    let degrees: [Double]
    /// Term after term.
    let trialEffects: [Double]
    /// Ratios θ = τ/σ and −2 log-likelihood there, σ at its maximum.
    let deviance: [(theta: [Double], value: Double)]

    var testDescription: String {
      (isStratified ? "stratified" : "random intercepts") + (isRestricted ? ", REML" : ", ML")
    }

    func model() -> MarginalModel {
      let data = CovariateFitTests.data
      return MarginalModel(
        data.statistics, isStratified ? stratified : randomIntercept,
        isRestricted ? .restricted : .profiled)
    }

    /// The roles in the order of the figures.
    var roles: [FixedRole] {
      let intercepts: [FixedRole] =
        isStratified
        ? (0..<12).map { .intercept(leaf: $0 / 6, trial: $0 % 6) }
        : (0..<2).map { .intercept(leaf: $0, trial: nil) }
      return intercepts + [.covariate(0), .effect(leaf: 0), .effect(leaf: 1)]
    }
  }

  static let data: SampleData = {
    let example = WorkedExample()
    let x = (1...160).map { Double((37 * $0) % 61) / 10 }
    return SampleData(
      trial: example.trial, arm: example.arm, leaf: example.leaf, covariates: [x],
      outcome: zip(example.outcome, x).map { $0 + 0.35 * $1 }, trials: 6, leaves: 2)
  }()

  static let figures = [
    Figures(
      isStratified: false, isRestricted: true, logLikelihood: -224.527362402502,
      deviations: [0.683932179816124, 0.651569637987487, 0.900688099903292],
      estimates: [
        1.04603583922091, 0.843466549912501, 0.40572491628361, 0.37300330561555,
        0.674333230618971,
      ],
      errors: [
        0.335169717922739, 0.347534884493747, 0.0408601057151355, 0.328497456235366,
        0.353606900312927,
      ],
      degrees: [
        8.44732666111523, 9.73185816931129, 148.075509369338, 7.67539567470072,
        10.1983625520058,
      ],
      trialEffects: [
        0.924536745568394, -0.763638934329278, 0.0439920921144352, -0.523400700110359,
        0.542413997060374, -0.223903200303464, 0.737063796922377, -0.938668218107378,
        0.100824199970478, 0.371354561733631, -0.171891325122114, -0.0986830153969957,
      ],
      deviance: [
        ([0, 0], 556.280472329535), ([0.3, 0.05], 480.851053338652),
        ([1, 2], 454.674119950021), ([0.76, 0.71], 449.057044632966),
      ]),
    Figures(
      isStratified: true, isRestricted: true, logLikelihood: -212.714593753264,
      deviations: [0.626494084200737, 0.888346821757969],
      estimates: [
        1.87667492459939, 0.336185490991263, 1.2643381995759, 0.702781539900336,
        1.72010945477846, 1.1510378914142, 2.24071615813995, -0.00520724859580425,
        0.824347271056658, 0.0619209918424638, 1.58570567051668, -0.0204085888005063,
        0.382247802032812, 0.372128126354028, 0.683780986967188,
      ],
      errors: [
        0.235660499457538, 0.302062262212877, 0.337758826856195, 0.354066855626209,
        0.362202567878234, 0.38907614186584, 0.307993837213455, 0.297063467959102,
        0.347295360125672, 0.399370359113411, 0.411094342656927, 0.53144940720075,
        0.0460475076631615, 0.318937356846506, 0.344029809954934,
      ],
      degrees: [
        144.969181134754, 144.999415074921, 140.805378041667, 133.225191447605,
        134.750768501411, 124.332975189355, 144.506925808247, 144.88331101791,
        143.443753306205, 139.961396616625, 141.078402016097, 142.748779219964,
        142.6316626882, 7.57195941331613, 10.1381675361189,
      ],
      trialEffects: [
        0.672001419963133, -0.868043936907024, 0.0839344444116897, 0.408060835267756,
        -0.250738262053471, -0.0452145006820933,
      ],
      deviance: [
        ([0], 437.685070914697), ([0.4], 427.406506624874), ([2.5], 432.488609409285),
        ([0.1], 436.076727039545),
      ]),
    Figures(
      isStratified: false, isRestricted: false, logLikelihood: -220.270594671124,
      deviations: [0.62373196213064, 0.591012680297073, 0.890682243107249],
      estimates: [
        1.047636454689, 0.845460468145106, 0.405378071134534, 0.373392033462964,
        0.674285293045495,
      ],
      errors: [
        0.31367533906241, 0.326566704389178, 0.0403879418105557, 0.307242675871151,
        0.333343783050179,
      ],
      degrees: [
        10.8763257591188, 12.7121749485155, 151.736614484535, 9.70609672999986,
        13.2550238987553,
      ],
      trialEffects: [
        0.92254024791295, -0.767273139306012, 0.0444329868302536, -0.504581951050534,
        0.525115471830988, -0.220233616217549, 0.728277263846304, -0.918692877538238,
        0.0972377772290905, 0.344180109764855, -0.153362456984246, -0.0976398163177658,
      ],
      deviance: [
        ([0, 0], 547.596651165162), ([0.3, 0.05], 470.841127033454),
        ([1, 2], 448.397070454822), ([0.76, 0.71], 440.638925394468),
      ]),
    Figures(
      isStratified: true, isRestricted: false, logLikelihood: -205.992674327276,
      deviations: [0.511258600965155, 0.849407813385806],
      estimates: [
        1.89504448453228, 0.312503108885156, 1.27096636388432, 0.725174775085869,
        1.7091384132299, 1.14919377748857, 2.26078435140579, -0.0321896650676025,
        0.829510511767985, 0.0843535349611856, 1.57594060284723, -0.020078789030505,
        0.381341066841685, 0.374276627233918, 0.685729973955216,
      ],
      errors: [
        0.224244453814579, 0.287541186183733, 0.320147264840023, 0.334587646022962,
        0.342479269299314, 0.366803680538749, 0.293629999052463, 0.282583873942585,
        0.329756919215973, 0.378423319058237, 0.38977394212195, 0.504500713874674,
        0.0439820768039516, 0.27660034259585, 0.302763143128362,
      ],
      degrees: [
        159.907836745855, 159.999288957111, 153.579114014013, 143.125830433881,
        145.746503640987, 134.431808159671, 159.249295563511, 159.778149779989,
        157.652074705321, 152.945131233945, 154.786213978476, 157.811513061383,
        155.925880423106, 10.1264593423289, 14.3287057476586,
      ],
      trialEffects: [
        0.63722433208391, -0.812906331222006, 0.0753765902846278, 0.36659649966993,
        -0.226356599769144, -0.0399344910473246,
      ],
      deviance: [
        ([0], 421.538162183633), ([0.4], 413.017732846918), ([2.5], 421.805407347101),
        ([0.1], 420.168284315034),
      ]),
  ]

  // With lme4's own deviance function: the densities agree, not only their maxima.
  @Test(arguments: figures) func densityIsThatOfLme4(figures: Figures) throws {
    let maximiser = VarianceMaximiser(figures.model())
    for (theta, deviance) in figures.deviance {
      #expect(close(-2 * (try maximiser.profile(theta).value), deviance, relative: 1e-12))
    }
  }

  @Test(arguments: figures) func maximumIsThatOfLme4(figures: Figures) throws {
    let fit = try MixedModelFit(figures.model())
    #expect(close(fit.estimate.logLikelihood, figures.logLikelihood, relative: 1e-12))
    // The optimiser of lme4 stops at 1e-11 of the criterion, the square root of which is left here.
    let found = fit.estimate.variances.tau + [fit.estimate.variances.sigma]
    for (a, b) in zip(found, figures.deviations) { #expect(close(a, b, relative: 1e-6)) }
    let q = fit.estimate.variances.tau.count
    for (index, expected) in figures.trialEffects.enumerated() {
      #expect(abs(fit.trialEffects[index % 6][index / 6] - expected) < 1e-6)
    }
    #expect(fit.trialEffects.allSatisfy { $0.count == q })
  }

  // lmerTest differentiates numerically: about four digits of the degrees of freedom.
  @Test(arguments: figures) func coefficientsAreThoseOfLme4(figures: Figures) throws {
    let fit = try MixedModelFit(figures.model())
    #expect(fit.fixed.count == figures.roles.count)
    for (i, role) in figures.roles.enumerated() {
      let found = try #require(fit.coefficient(role))
      let error = figures.errors[i]
      #expect(abs(try #require(found.estimate) - figures.estimates[i]) < 1e-6 * error)
      #expect(close(try #require(found.standardError), error, relative: 1e-6))
      #expect(close(try #require(found.satterthwaite), figures.degrees[i], relative: 2e-4))
    }
  }

  // Given lme4's variances the means are lme4's coefficients.
  @Test(arguments: figures) func conditionalMeansAreTheCoefficients(figures: Figures) throws {
    let model = figures.model()
    let at = Variances(
      sigma: figures.deviations.last ?? .nan, tau: Array(figures.deviations.dropLast()))
    let effects = MarginalDensity(model).conditionalEffects(at: at)
    let values = DenseDensityTests.onOutcomeScale(effects, model)
    for (i, role) in figures.roles.enumerated() {
      let index = try #require(model.fixedRoles.firstIndex(of: role))
      #expect(abs(values[index] - figures.estimates[i]) < 1e-9)
    }
  }
}
