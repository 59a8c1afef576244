import Foundation
import JSON
import Trees

extension FitDocument {
  /// The curves of a node, for the figures `process` and `profile`; null where it was not tested.
  ///
  /// Statistics and objectives have nine significant digits.
  func evidence(_ evidence: NodeEvidence?) -> JSONValue {
    guard let evidence else { return nil }
    return [
      "processes": .array(evidence.processes.map(process)),
      "profiles": .array(evidence.profiles.map(profile)),
    ]
  }

  private func process(_ curve: ScoreCurve) -> JSONValue {
    let variable = design.splitVariables[curve.variable]
    return [
      "variable": .string(variable.name),
      "reading": .string(curve.reading.rawValue),
      "critical": rounded(curve.critical),
      "at": .array(
        curve.points.map {
          curve.reading == .values ? JSONValue($0.value) : .string(variable.levels[Int($0.value)])
        }),
      "statistics": .array(curve.points.map { rounded($0.statistic) }),
    ]
  }

  private func profile(_ profile: CutProfile) -> JSONValue {
    let variable = design.splitVariables[profile.variable]
    return [
      "variable": .string(variable.name),
      "undivided": rounded(profile.undivided),
      "tried": JSONValue(profile.tried),
      "at": .array(
        profile.candidates.map { candidate in
          switch candidate.split {
          case .numeric(_, let breakpoint): JSONValue(breakpoint)
          case .ordered(_, let level): .string(variable.levels[level])
          case .nominal(_, let groups):
            .array((groups.first ?? []).map { .string(variable.levels[$0]) })
          }
        }),
      "objectives": .array(profile.candidates.map { rounded($0.objective) }),
      "nearly_best": profile.nearlyBest.map {
        [JSONValue($0.lowerBound), JSONValue($0.upperBound)]
      } ?? nil,
    ]
  }

  private func rounded(_ value: Double?) -> JSONValue {
    JSONValue(value.flatMap { Double(String(format: "%.9g", $0)) })
  }
}
