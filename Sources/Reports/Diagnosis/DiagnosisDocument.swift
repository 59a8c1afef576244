public import JSON
import Posterior

/// The diagnosis of chains as a document.
public struct DiagnosisDocument: Sendable {
  /// The name and version of the document's layout.
  public static let schema = "metamob.diagnose/1"

  let diagnosis: Diagnosis

  /// A document of a diagnosis.
  public init(_ diagnosis: Diagnosis) {
    self.diagnosis = diagnosis
  }

  /// The document.
  public var json: JSONValue {
    [
      "schema": .string(Self.schema),
      "fit": JSONValue(diagnosis.fit?.folder),
      "run": JSONValue(diagnosis.fit?.chains.run),
      "draws": JSONValue(diagnosis.figures.iterations),
      "extensions": JSONValue(diagnosis.fit?.chains.extensions),
      "parameters": .array(diagnosis.figures.parameters.map(parameter)),
      "chains": .array(zip(diagnosis.files, diagnosis.figures.chains).enumerated().map(chain)),
      "subgroups": diagnosis.fit == nil ? nil : .array(diagnosis.subgroups.map(subgroup)),
      "verdict": [
        "converged": JSONValue(diagnosis.converged),
        "problems": .array(diagnosis.problems.map(JSONValue.string)),
        "advice": .array(diagnosis.advice.map(advice)),
      ],
      "warnings": .array(diagnosis.warnings.map(JSONValue.string)),
    ]
  }

  private func parameter(_ parameter: ParameterDiagnostics) -> JSONValue {
    [
      "name": .string(parameter.name),
      "mean": JSONValue(parameter.mean),
      "sd": JSONValue(parameter.sd),
      "rhat": JSONValue(parameter.summary.rhat),
      "rhat_basic": JSONValue(parameter.rhatBasic),
      "ess_bulk": JSONValue(parameter.summary.essBulk),
      "ess_tail": JSONValue(parameter.summary.essTail),
      "ess_mean": JSONValue(parameter.essMean),
      "ess_sd": JSONValue(parameter.essSD),
      "ess_q5": JSONValue(parameter.essQ5),
      "ess_q95": JSONValue(parameter.essQ95),
      "mcse_mean": JSONValue(parameter.summary.mcseMean),
      "mcse_sd": JSONValue(parameter.mcseSD),
      "mcse_q5": JSONValue(parameter.mcseQ5),
      "mcse_q95": JSONValue(parameter.mcseQ95),
    ]
  }

  private func chain(
    _ place: Int, _ pair: (file: String, figures: ChainsDiagnosis.Chain)
  ) -> JSONValue {
    [
      "chain": JSONValue(place + 1),
      "file": .string(pair.file),
      "ebfmi": JSONValue(pair.figures.energyFraction),
      "divergences": JSONValue(pair.figures.divergences),
      "max_treedepth_hits": JSONValue(pair.figures.maxTreeDepthHits),
    ]
  }

  private func subgroup(_ subgroup: Diagnosis.Subgroup) -> JSONValue {
    [
      "node": JSONValue(subgroup.node.id),
      "rule": .string(subgroup.node.rule),
      "leaf": JSONValue(subgroup.node.verdict == nil),
      "max_rhat": JSONValue(subgroup.maxRhat),
      "min_ess_bulk": JSONValue(subgroup.minEssBulk),
      "min_ess_tail": JSONValue(subgroup.minEssTail),
      "converged": JSONValue(subgroup.converged),
      "problems": .array(subgroup.problems.map(JSONValue.string)),
    ]
  }

  private func advice(_ advice: Diagnosis.Advice) -> JSONValue {
    [
      "problems": .array(advice.problems.map(JSONValue.string)),
      "cause": .string(advice.cause), "remedy": .string(advice.remedy),
    ]
  }
}
