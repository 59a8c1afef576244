import Designs
public import JSON
public import Subgroups
import Trees

/// An analysis as the document that is saved as `fit.json` and printed by `--format json`.
///
/// Numbers keep full precision; a value that does not exist is null. Beside the keys that users rely
/// on, the document holds what a prediction from the saved fit needs (`variables`). No row of a
/// participant is ever in it.
public struct FitDocument: Sendable, Equatable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.fit/1"

  let analysis: Analysis
  let supplements: Supplements
  let call: CallInfo
  /// The names of the draws files by the position of their run.
  public var drawsFiles: [Int: [String]]

  /// A document of an analysis with what is known beside; `drawsFiles` holds the names of the draws files
  /// by the position of their run.
  public init(
    _ analysis: Analysis, _ supplements: Supplements = Supplements(), call: CallInfo,
    drawsFiles: [Int: [String]] = [:]
  ) {
    self.analysis = analysis
    self.supplements = supplements
    self.call = call
    self.drawsFiles = drawsFiles
  }

  /// The document.
  public var json: JSONValue {
    [
      "schema": .string(Self.schema),
      "program": ["name": "metamob", "version": .string(call.version)],
      "call": callJSON,
      "data": data,
      "variables": .array(design.splitVariables.map(variable)),
      "whole_population": wholePopulation,
      "runs": .array(analysis.runs.indices.map(run)),
      "agreement": .array(analysis.agreement.map(agreement)),
      "cross_validation": crossValidation,
      "timing": timing(analysis.timing),
      "warnings": .array(analysis.allWarnings.map(JSONValue.string)),
    ]
  }

  var design: Design { analysis.design }

  private var callJSON: JSONValue {
    [
      "command": .string(call.command),
      "data": .string(call.dataPath),
      "data_sha256": .string(call.dataSHA256),
      "formula": .string(design.formula),
      "family": .string(design.family.rawValue),
      "event": JSONValue(design.event),
      "seed": .number(Double(analysis.plan.sampling.seed)),
      "level": JSONValue(analysis.plan.level),
      "control": .object(
        Dictionary(call.control.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })),
    ]
  }

  private var data: JSONValue {
    let arms = design.treatment
    return [
      "rows": JSONValue(design.exclusions.rows),
      "used": JSONValue(design.exclusions.used),
      "dropped": .array(
        design.exclusions.counts.map {
          [
            "column": .string($0.column), "trial": JSONValue($0.trial),
            "rows": JSONValue($0.rows),
          ]
        }),
      "outcome": .string(design.outcomeName),
      "treatment": [
        "column": .string(arms.column), "reference": .string(arms.reference),
        "active": .string(arms.active),
      ],
      "trial": .string(design.trialName),
      "covariates": .array(design.covariates.names.map(JSONValue.string)),
      "trials": .array(
        design.armSizes.map {
          [
            "trial": .string($0.trial), "n": JSONValue($0.reference + $0.active),
            "n_active": JSONValue($0.active),
          ]
        }),
    ]
  }

  private func variable(_ variable: SplitVariable) -> JSONValue {
    let levels: JSONValue =
      switch variable.kind {
      case .numeric: nil
      case .nominal(let levels), .ordered(let levels): .array(levels.map(JSONValue.string))
      }
    return [
      "name": .string(variable.name), "kind": .string(variable.kindWord), "levels": levels,
    ]
  }

  private func run(_ position: Int) -> JSONValue {
    let run = analysis.runs[position]
    let fit =
      switch run.fit {
      case .likelihood(let result): likelihood(result, of: run)
      case .bayesian(let result): bayesian(result, of: run, at: position)
      }
    return [
      "method": .string(run.method.rawValue),
      "estimator": .string(run.estimator.rawValue),
      "tree": tree(run.tree, method: run.method),
      "fit": fit,
      "figures": figures(run.tree.tree),
      "timing": timing(run.timing),
      "detectable_difference": JSONValue(
        run.detectableDifference(design, analysis.plan)?.difference),
      "fallback_from": JSONValue(run.fallbackFrom?.rawValue),
    ]
  }

  private func agreement(_ agreement: Agreement) -> JSONValue {
    [
      "runs": .array(agreement.runs.map { JSONValue($0) }),
      "adjusted_rand_index": JSONValue(agreement.adjustedRandIndex),
      "same_root_split": JSONValue(agreement.sameRootSplit),
      "splits_in_both": JSONValue(agreement.splitsInBoth),
      "splits_only_first": JSONValue(agreement.splitsOnlyFirst),
      "splits_only_second": JSONValue(agreement.splitsOnlySecond),
      "cross_table": crossTable(agreement.runs),
    ]
  }

  /// The participants of the leaves of two trees.
  private func crossTable(_ runs: [Int]) -> JSONValue {
    let table = CrossTable(analysis.runs[runs[0]].tree.tree, analysis.runs[runs[1]].tree.tree)
    return [
      "first": .array(table.first.map { JSONValue($0) }),
      "second": .array(table.second.map { JSONValue($0) }),
      "counts": .array(table.counts.map { .array($0.map { JSONValue($0) }) }),
    ]
  }

  private func timing(_ timing: Timing) -> JSONValue {
    [
      "read": JSONValue(timing.read), "grow": JSONValue(timing.grow),
      "estimate": JSONValue(timing.estimate), "sample": JSONValue(timing.sample),
      "inner": JSONValue(timing.inner), "evidence": JSONValue(timing.evidence),
      "loo": JSONValue(timing.loo), "sensitivity": JSONValue(timing.sensitivity),
      "total": JSONValue(timing.total),
    ]
  }
}
