public import JSON
import Posterior
public import Stability
import Subgroups
import Trees

/// A stability analysis as a document; no row of a participant is in it.
public struct StabilityDocument: Sendable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.stability/1"

  private let result: StabilityResult
  private let fit: FitDocument

  /// A document of a result.
  public init(_ result: StabilityResult, call: CallInfo) {
    self.result = result
    fit = FitDocument(result.analysis, call: call)
  }

  private var tree: Tree { result.analysis.runs[0].tree.tree }

  /// The document; it has no wall times, so that it is the same each time.
  public var json: JSONValue {
    let fit = fit.json
    var members: [String: JSONValue] = ["schema": .string(Self.schema)]
    for key in ["program", "call", "data", "variables", "warnings"] {
      members[key] = fit[key] ?? .null
    }
    var run = fit["runs"]?.array?.first?.object ?? [:]
    run["timing"] = nil
    members["run"] = .object(run)
    members["resampling"] = resampling
    members["trees"] = self.fit.treeDraws(result.shares, in: tree)
    members["root_cuts"] = cuts(result.rootCuts)
    members["cuts"] = cuts(result.cuts)
    members["overall"] = effect(result.overall)
    members["correction"] = correction
    members["subgroups"] = .array(
      result.subgroups.map { subgroup in
        [
          "node": JSONValue(subgroup.node), "n": JSONValue(subgroup.rows),
          "rule": .string(self.fit.rule(of: subgroup.node, in: tree)),
          "effect": effect(subgroup.effect), "corrected": effect(subgroup.corrected),
        ]
      })
    members["honest"] = honest
    return .object(members)
  }

  private var resampling: JSONValue {
    [
      "kind": .string(result.plan.resampling.rawValue),
      "pairs": result.plan.resampling == .halves ? JSONValue(result.plan.pairs) : nil,
      "parts": JSONValue(result.parts),
      "failed": .array(
        result.failures.map { ["reason": .string($0.reason), "parts": JSONValue($0.parts)] }),
      "unsettled": JSONValue(result.unsettled),
      "unconverged": JSONValue(result.unconverged),
    ]
  }

  private func cuts(_ cuts: [CutDistribution]) -> JSONValue {
    .array(
      cuts.map { cut in
        let variable = fit.design.splitVariables[cut.variable]
        func value(_ number: Double) -> JSONValue {
          variable.levels.isEmpty ? JSONValue(number) : .string(variable.levels[Int(number)])
        }
        return [
          "variable": .string(variable.name), "splits": JSONValue(cut.splits),
          "quartiles": .array(cut.quartiles.map(value)),
          "range": [value(cut.range.lowerBound), value(cut.range.upperBound)],
          "cuts": .array(
            cut.counts.map {
              ["breakpoint": value($0.breakpoint), "splits": JSONValue($0.splits)]
            }),
        ]
      })
  }

  private func effect(_ effect: EffectEstimate?) -> JSONValue {
    guard let effect else { return nil }
    return [
      "estimate": JSONValue(effect.estimate), "se": JSONValue(effect.standardError),
      "ci": effect.interval.map { [JSONValue($0.lower), JSONValue($0.upper)] } ?? nil,
    ]
  }

  /// The slope with the deviations that it is drawn through, at most 1000 of them.
  private var correction: JSONValue {
    guard let correction = result.correction else { return nil }
    let points = correction.deviations.prefix(1_000)
    return [
      "slope": JSONValue(correction.slope), "raw_slope": JSONValue(correction.rawSlope),
      "trees": JSONValue(correction.trees), "subgroups": JSONValue(correction.deviations.count),
      "deviations": .array(
        points.map { [JSONValue($0.grown), JSONValue($0.other), JSONValue($0.weight)] }),
    ]
  }

  private var honest: JSONValue {
    guard let honest = result.honest else { return nil }
    return [
      "overall": effect(honest.overall), "unplaced": JSONValue(honest.unplaced),
      "settled": .bool(honest.isSettled), "converged": .bool(honest.hasConverged),
      "subgroups": .array(
        honest.leaves.map { leaf in
          [
            "node": JSONValue(leaf.node), "rule": .string(fit.rule(of: leaf.node, in: honest.tree)),
            "n_growing": JSONValue(leaf.growing), "n_estimating": JSONValue(leaf.estimating),
            "effect": effect(leaf.effect),
          ]
        }),
    ]
  }
}
