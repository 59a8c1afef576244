import Inference
public import JSON
import MixedModels
public import Pooling
import Posterior

/// A two-stage meta-analysis as a document.
public struct PoolingDocument: Sendable, Equatable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.pool/1"

  let analysis: PoolingAnalysis
  let version: String
  let data: String
  let formula: String

  /// A document of an analysis of a file by a formula.
  public init(_ analysis: PoolingAnalysis, version: String, data: String, formula: String) {
    self.analysis = analysis
    self.version = version
    self.data = data
    self.formula = formula
  }

  /// The document.
  public var json: JSONValue {
    guard case .object(var members) = pooled(analysis.overall) else { return nil }
    members["schema"] = .string(Self.schema)
    members["program"] = ["name": "metamob", "version": .string(version)]
    members["call"] = [
      "command": "pool", "data": .string(data), "formula": .string(formula),
      "level": JSONValue(analysis.level),
    ]
    members["scale"] = scale
    members["treatment"] =
      analysis.treatment.map { treatment in
        [
          "column": .string(treatment.column), "reference": .string(treatment.reference),
          "active": .string(treatment.active),
        ]
      } ?? nil
    members["dropped"] = .array(
      analysis.exclusions.counts.map { count in
        [
          "column": .string(count.column), "trial": JSONValue(count.trial),
          "rows": JSONValue(count.rows),
        ]
      })
    members["priors"] = [
      "mu": analysis.priors.priors.mean.json,
      "tau": analysis.priors.priors.heterogeneity?.json ?? ["family": "flat"],
      "source": .string(analysis.priors.source),
    ]
    if let name = analysis.subgroupName {
      members["subgroups"] = .array(analysis.subgroups.map { subgroup($0, column: name) })
    }
    members["warnings"] = .array(analysis.warnings.map(JSONValue.string))
    return .object(members)
  }

  private var scale: JSONValue {
    switch analysis.scale {
    case .unknown: nil
    case .difference: "difference"
    case .events(let measure): .string(measure.rawValue)
    }
  }

  private func subgroup(_ part: PoolingAnalysis.Part, column: String) -> JSONValue {
    var members: [String: JSONValue] = [:]
    if let pooled = part.pooled, case .object(let own) = self.pooled(pooled) {
      members = own
    } else {
      members = ["estimates": estimates(part.estimates), "bayes": nil, "classical": nil]
      members["note"] = "too few trials have an estimate in this subgroup"
    }
    members["column"] = .string(column)
    members["level"] = .string(part.label)
    return .object(members)
  }

  private func pooled(_ pooled: PooledEstimates) -> JSONValue {
    [
      "estimates": estimates(pooled.estimates), "bayes": bayes(pooled),
      "classical": .array(pooled.classical.map(classical)),
    ]
  }

  private func estimates(_ estimates: [StudyEstimate]) -> JSONValue {
    .array(
      estimates.map { estimate in
        [
          "study": .string(estimate.study), "estimate": JSONValue(estimate.estimate),
          "se": JSONValue(estimate.se),
        ]
      })
  }

  // MARK: Bayes

  private func bayes(_ pooled: PooledEstimates) -> JSONValue {
    let bayes = pooled.bayes
    let shrinkage = zip(pooled.estimates, bayes.shrinkage).map { estimate, figures in
      var members = self.members(figures)
      members["study"] = .string(estimate.study)
      return JSONValue.object(members)
    }
    var members: [String: JSONValue] = [
      "mu": .object(self.members(bayes.mean)), "tau": .object(self.members(bayes.heterogeneity)),
      "new_study": .object(self.members(bayes.newStudy)), "shrinkage": .array(shrinkage),
      "log_marginal_likelihood": JSONValue(bayes.logMarginalLikelihood),
      "bayes_factors": [
        "mu=0": JSONValue(bayes.bayesFactorZeroMean),
        "tau=0": JSONValue(bayes.bayesFactorHomogeneity),
      ],
      "probability_below_zero": JSONValue(bayes.probabilityBelowZero),
    ]
    if let note = pooled.improperNote { members["note"] = .string(note) }
    return .object(members)
  }

  private func members(_ figures: PosteriorFigures) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "mean": JSONValue(figures.mean), "sd": JSONValue(figures.sd),
      "median": JSONValue(figures.median), "mode": JSONValue(figures.mode),
      "ci": interval(figures.central), "hdi": interval(figures.shortest),
    ]
    if let note = figures.note { members["note"] = .string(note) }
    return members
  }

  private func interval(_ interval: Interval?) -> JSONValue {
    interval.map { [JSONValue($0.lower), JSONValue($0.upper)] } ?? nil
  }

  // MARK: Classical

  private func classical(_ estimate: ClassicalEstimate) -> JSONValue {
    [
      "method": .string(estimate.method.rawValue), "knha": .bool(estimate.isHartungKnapp),
      "mu": JSONValue(estimate.mean), "se": JSONValue(estimate.se),
      "ci": interval(estimate.interval), "p": JSONValue(estimate.pValue),
      "tau2": JSONValue(estimate.squaredTau), "tau2_ci": interval(estimate.squaredTauInterval),
      "I2": JSONValue(estimate.inconsistency), "Q": JSONValue(estimate.q),
      "Q_df": JSONValue(estimate.qDegrees), "Q_p": JSONValue(estimate.qPValue),
      "prediction": interval(estimate.prediction),
    ]
  }
}

extension PooledEstimates {
  /// Why Bayes factors or the marginal likelihood are nil.
  var improperNote: String? {
    if priors.heterogeneity == nil {
      return "the improper prior of tau leaves marginal likelihood and Bayes factors undefined"
    }
    return priors.hasFlatMean
      ? "the flat prior of mu leaves the Bayes factor of mu = 0 undefined; it enters the marginal "
        + "likelihood with density 1" : nil
  }
}
