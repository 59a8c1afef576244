import Designs
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
    guard case .object(var members) = analysis.overall.json else { return nil }
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
    if let pooled = part.pooled, case .object(let own) = pooled.json {
      members = own
    } else {
      members = [
        "estimates": .array(part.estimates.map(\.json)), "bayes": nil, "classical": nil,
      ]
      members["note"] = "too few trials have an estimate in this subgroup"
    }
    members["column"] = .string(column)
    members["level"] = .string(part.label)
    return .object(members)
  }
}
