import Designs
import Inference
import JSON
import MixedModels

/// What the resolved priors of a fit say, on the scale of its outcome.
struct PriorStatement {
  private let meaning: PriorMeaning
  private let family: Family
  /// The share of outcomes, by the priors alone, that is within the range of the data; nil where a
  /// flat prior leaves none to be predicted, and for events.
  private let share: Double?
  private let limits: (lower: Double, upper: Double)

  /// nil where the numbers are out of range.
  init?(_ priors: ResolvedPriors, _ design: Design, _ terms: ModelTerms) {
    guard let meaning = try? PriorMeaning(priors.tau1) else { return nil }
    self.meaning = meaning
    family = design.family
    limits = (design.outcome.min() ?? 0, design.outcome.max() ?? 0)
    share = PriorPredictive(priors, design, terms)?.probability(
      from: limits.lower, to: limits.upper)
  }

  /// One sentence, without its end; `outcome` is the unit of a mean difference.
  func words(outcome: String) -> String {
    let measure: PriorMeasure = family == .binomial ? .logOddsRatio : .outcome
    var words = "τ1's prior: \(measure.range(meaning, unit: outcome))"
    if let share {
      words +=
        "; by the priors alone \(NumberStyle.share(share)) of outcomes within "
        + "\(NumberStyle.significant(limits.lower, digits: 4)) to "
        + "\(NumberStyle.significant(limits.upper, digits: 4)), as observed"
    }
    return words
  }

  /// The figures.
  var json: JSONValue {
    [
      "tau1_median": JSONValue(meaning.median),
      "tau1_95": JSONValue(meaning.prior.quantile(0.95)),
      "range_95": JSONValue(meaning.range),
      "range_95_at_median": JSONValue(meaning.rangeAtMedian),
      "odds_ratio_factor_95": family == .binomial ? meaning.oddsRatioFactor(meaning.range) : nil,
      "outcome_share": JSONValue(share),
    ]
  }
}
