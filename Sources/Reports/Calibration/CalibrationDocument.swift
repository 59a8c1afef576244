public import Calibration
public import JSON

/// What simulation-based calibration says of the samplers, as a document.
public struct CalibrationDocument: Sendable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.calibrate/1"

  private let verdict: CalibrationVerdict
  private let version: String

  /// A document of a calibration by a version of the program.
  public init(_ verdict: CalibrationVerdict, version: String) {
    self.verdict = verdict
    self.version = version
  }

  /// The document.
  public var json: JSONValue {
    [
      "schema": .string(Self.schema),
      "program": ["name": "metamob", "version": .string(version)],
      "false_alarm_rate": JSONValue(verdict.level),
      "checks": JSONValue(verdict.checks.count),
      "calibrated": .bool(verdict.passes),
      "samplers": .array(verdict.tables.indices.map(sampler)),
    ]
  }

  private func sampler(_ index: Int) -> JSONValue {
    let table = verdict.tables[index]
    return [
      "scenario": .string(table.scenario),
      "sampler": .string(table.sampler),
      "replicates": JSONValue(table.plan.replicates),
      "draws": JSONValue(table.plan.draws),
      "chains": JSONValue(table.plan.chains),
      "warmup": JSONValue(table.plan.warmup),
      "seed": JSONValue(Double(table.plan.seed)),
      "failed_fits": JSONValue(table.failed),
      "short_fits": JSONValue(table.dependent),
      "divergences": JSONValue(table.divergences),
      "calibrated": .bool(verdict.passes(index)),
      "checks": .array(
        verdict.checks(of: index).map { check in
          [
            "quantity": .string(check.quantity),
            "p_value": JSONValue(check.pValue),
            "p_adjusted": JSONValue(check.adjusted),
            "inside": .bool(check.passes),
          ]
        }),
    ]
  }
}
