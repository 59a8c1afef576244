import Designs
import Foundation
public import Inference
public import JSON
import Numerics

/// The prior sets that ship with the program as a document.
public struct PriorListDocument: Sendable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.prior-list/1"

  /// The document.
  public let json: JSONValue

  /// A document of single sets and of tables.
  ///
  /// Throws where a row of a table is no prior.
  public init(_ sets: [PriorSet], _ tables: [PriorTable]) throws(PriorError) {
    var entries = sets.map { Self.entry($0, table: nil, purpose: $0.purpose) }
    for table in tables {
      for row in table.rows {
        guard let set = try table.set(named: row.name) else { continue }
        entries.append(Self.entry(set, table: table.name, purpose: row.description))
      }
    }
    json = ["schema": .string(Self.schema), "sets": .array(entries)]
  }

  private static func entry(_ set: PriorSet, table: String?, purpose: String) -> JSONValue {
    let families = Family.allCases.filter { set.entries($0) != nil }
    let priors = families.compactMap { family in
      set.entries(family).map { (family.rawValue, $0.tau1.json) }
    }
    return [
      "name": .string(set.name), "table": JSONValue(table),
      "outcome": .array(families.map { .string($0.rawValue) }),
      "tau1": .object(Dictionary(priors, uniquingKeysWith: { $1 })), "for": .string(purpose),
    ]
  }
}

/// A prior set, and what it says, as a document.
public struct PriorSetDocument: Sendable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.prior-set/1"

  /// The document.
  public let json: JSONValue

  /// A document of a set.
  public init(_ set: PriorSet) {
    var members: [String: JSONValue] = [
      "schema": .string(Self.schema), "name": .string(set.name),
      "description": .string(set.description),
      "source": .array(set.source.map(JSONValue.string)),
    ]
    for family in Family.allCases {
      members[family.rawValue] =
        set.entries(family).map { entries in
          [
            "effect": entries.effect.json, "intercept": entries.intercept.json,
            "coefficient": entries.coefficient.json, "tau0": entries.tau0.json,
            "tau1": entries.tau1.json,
            "sigma": family == .gaussian ? entries.sigma.json : nil,
            "correlation": ["family": "lkj", "eta": JSONValue(entries.correlation.eta)],
            "defaulted": .array(set.defaulted(family).map(JSONValue.string)),
            "says": (try? PriorMeaning(entries.tau1.prior))?.json(
              PriorMeasure(entries.tau1.unit, family)) ?? nil,
          ]
        } ?? JSONValue.null
    }
    json = .object(members)
  }
}

extension PriorMeaning {
  /// What the prior says, as figures in a measure; moments that do not exist are null.
  func json(_ measure: PriorMeasure) -> JSONValue {
    let quantiles = zip(Self.probabilities, quantiles).map { probability, value in
      (NumberStyle.significant(100 * probability, digits: 4), JSONValue(value))
    }
    return [
      "measure": .string(measure.words),
      "quantiles": .object(Dictionary(quantiles, uniquingKeysWith: { $1 })),
      "mean": JSONValue(prior.mean), "sd": JSONValue(prior.standardDeviation),
      "range_95": JSONValue(range), "range_95_at_median": JSONValue(rangeAtMedian),
      "odds_ratio_factor_95": measure == .logOddsRatio ? oddsRatioFactor(range) : nil,
      "odds_ratio_factor_95_at_median": measure == .logOddsRatio
        ? oddsRatioFactor(rangeAtMedian) : nil,
      "classes": measure.classes.isEmpty
        ? nil
        : .array(
          measure.classes.map { range in
            [
              "name": .string(range.name), "from": JSONValue(max(range.lower, 0)),
              "to": JSONValue(range.upper), "probability": JSONValue(probability(of: range)),
            ]
          }),
    ]
  }

  /// The factor of an odds ratio that half a range of log odds ratios is; null beyond all numbers.
  func oddsRatioFactor(_ range: Double) -> JSONValue { JSONValue(exp(range)) }
}

extension PriorSet {
  /// What the set is for: the first sentence of its description.
  var purpose: String {
    description.range(of: ". ").map { String(description[..<$0.lowerBound]) + "." } ?? description
  }
}

extension PriorSet.HeterogeneityEntry {
  /// The entry in the words of a prior file.
  var json: JSONValue { prior.json.with(unit) }
}

extension PriorSet.CoefficientEntry {
  /// The entry in the words of a prior file.
  var json: JSONValue {
    switch family {
    case .flat: ["family": "flat"]
    case .normal(let mean, let sd):
      JSONValue.object([
        "family": "normal", "mean": mean.map { JSONValue($0) } ?? "outcome-mean",
        "sd": JSONValue(sd),
      ]).with(unit)
    }
  }
}

extension JSONValue {
  fileprivate func with(_ unit: PriorSet.Unit) -> JSONValue {
    .object((object ?? [:]).merging(["unit": .string(unit.rawValue)]) { $1 })
  }
}
