public import Designs
public import JSON

/// The description of a data set as a document.
public struct DescriptionDocument: Sendable, Equatable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.describe/1"

  let description: DataDescription

  /// A document of a description.
  public init(_ description: DataDescription) {
    self.description = description
  }

  /// The document.
  public var json: JSONValue {
    [
      "schema": .string(Self.schema),
      "data": .string(description.file),
      "treatment": [
        "column": .string(description.treatment),
        "arms": .array(description.arms.map(JSONValue.string)),
        "reference": JSONValue(description.reference),
      ],
      "trial": .string(description.trial),
      "family": JSONValue(description.family?.rawValue),
      "event": JSONValue(description.event),
      "variables": .array(description.variables.map(variable)),
      "trials": .array(description.trials.map(group)),
      "total": group(description.total),
    ]
  }

  private func variable(_ variable: DataDescription.Variable) -> JSONValue {
    let kind =
      switch variable.kind {
      case .numeric: "numeric"
      case .nominal: "nominal"
      case .ordered: "ordered"
      }
    return [
      "name": .string(variable.name), "role": .string(variable.role.rawValue),
      "kind": .string(kind),
      "levels": variable.kind.levels.map { .array($0.map(JSONValue.string)) } ?? nil,
    ]
  }

  private func group(_ group: DataDescription.Group) -> JSONValue {
    let variables = zip(description.variables, group.variables).map { variable, summary in
      (variable.name, self.summary(summary, levels: variable.kind.levels ?? []))
    }
    return [
      "trial": JSONValue(group.trial),
      "n": JSONValue(group.rows),
      "complete": JSONValue(group.complete),
      "arms": counts(group.arms, of: description.arms),
      "missing_treatment": JSONValue(group.missingArm),
      "variables": .object(Dictionary(variables, uniquingKeysWith: { $1 })),
    ]
  }

  private func counts(_ counts: [Int], of names: [String]) -> JSONValue {
    .object(
      Dictionary(
        zip(names, counts).map { ($0, JSONValue($1)) }, uniquingKeysWith: { $1 }))
  }

  private func summary(_ summary: VariableSummary, levels: [String]) -> JSONValue {
    switch summary {
    case .numeric(let numbers):
      [
        "n": JSONValue(numbers.count), "missing": JSONValue(numbers.missing),
        "min": JSONValue(numbers.minimum), "q1": JSONValue(numbers.lowerQuartile),
        "median": JSONValue(numbers.median), "q3": JSONValue(numbers.upperQuartile),
        "max": JSONValue(numbers.maximum), "mean": JSONValue(numbers.mean),
        "sd": JSONValue(numbers.standardDeviation),
      ]
    case .levels(let counts, let missing):
      [
        "n": JSONValue(counts.reduce(0, +)), "missing": JSONValue(missing),
        "counts": self.counts(counts, of: levels),
      ]
    }
  }
}
