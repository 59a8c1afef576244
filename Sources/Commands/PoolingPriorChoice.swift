import Designs
package import Inference
import MixedModels
import Pooling

/// The priors of a two-stage meta-analysis: those that were given, else those of the set, else a
/// default that needs no unit.
struct PoolingPriorChoice {
  private let mean: CoefficientPrior.Normal?
  private let heterogeneity: HeterogeneityChoice?
  private let set: SourcedPriors?

  /// What the options of a command say for its data.
  ///
  /// Throws where a set is asked for whose numbers have units that the data do not tell.
  init(_ invocation: Invocation, _ data: PoolingData) throws(CommandError) {
    mean = invocation.settings.muPrior
    heterogeneity = invocation.settings.tauPrior
    let isGiven = invocation.parsed.has(.priors)
    let set = try AnalysisInput.priors(invocation.settings.priors)
    let source = "the set \(set.name)"
    // Numbers for log odds ratios say nothing of risk differences.
    let isLogarithm = invocation.settings.measure != .riskDifference
    do throws(PriorError) {
      switch data {
      case .participants(let design) where design.family == .gaussian || isLogarithm:
        let resolved = try ResolvedPriors(set, for: design)
        self.set = SourcedPriors(
          PoolingPriors(mean: resolved.coefficients.effect, heterogeneity: resolved.tau1),
          source: source)
      case .counts where isLogarithm:
        guard let entries = set.binomial else {
          throw .missingFamily(file: set.file, family: Family.binomial.rawValue)
        }
        self.set = SourcedPriors(absolute: entries, source: source)
      default:
        let entries = isGiven ? set.gaussian ?? set.binomial : nil
        self.set = entries.flatMap { SourcedPriors(absolute: $0, source: source) }
      }
    } catch {
      throw CommandError(error)
    }
    guard !isGiven || self.set != nil || (mean != nil && heterogeneity != nil)
    else {
      throw .data(
        "prior set '\(set.file)': its effect and tau1 are in units that estimates do not tell; give "
          + "--mu-prior and --tau-prior, or a set with the unit absolute")
    }
  }

  /// The priors for estimates.
  func priors(_ estimates: [StudyEstimate]) -> SourcedPriors {
    let base = set ?? .unitFree(estimates)
    guard mean != nil || heterogeneity != nil else { return base }
    let tau =
      switch heterogeneity {
      case nil: base.priors.heterogeneity
      case .flat?: HeterogeneityPrior?.none
      case .proper(let prior)?: prior
      }
    let source =
      mean != nil && heterogeneity != nil
      ? "as given"
      : "\(mean == nil ? "τ" : "μ") as given, \(mean == nil ? "μ" : "τ") from \(base.source)"
    return SourcedPriors(
      PoolingPriors(mean: mean ?? base.priors.mean, heterogeneity: tau), source: source)
  }
}

/// A prior of τ as an option gives it.
package enum HeterogeneityChoice: Sendable, Equatable {
  /// The improper uniform prior.
  case flat
  /// A proper prior.
  case proper(HeterogeneityPrior)
}

extension PoolingData {
  /// The column of studies or trials.
  var studyName: String {
    switch self {
    case .estimates(let table): table.studyName
    case .counts(let table): table.studyName
    case .participants(let design): design.trialName
    }
  }
}
