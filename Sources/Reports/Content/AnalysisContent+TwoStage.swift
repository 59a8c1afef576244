import Designs
import Inference
import MixedModels
import Pooling
import Posterior
import Subgroups
import Trees
import Words

extension Analysis {
  /// The trials' effects in a node, estimated trial by trial and pooled under the run's own priors: an
  /// opinion that shares neither the model of the whole tree nor its chains.
  ///
  /// nil where fewer than two trials have an estimate there.
  func twoStage(_ node: Int, of tree: Tree, _ result: BayesianResult) -> PooledEstimates? {
    PooledEstimates(
      design, rows: tree.node(node).rows.map(Int.init),
      priors: PoolingPriors(
        mean: result.priors.coefficients.effect, heterogeneity: result.priors.tau1),
      level: plan.level)
  }
}

extension AnalysisContent {
  /// The subgroups of the Bayesian tree, their trials analysed one by one; `compare` alone asks for it.
  func twoStage(_ group: MethodGroup) -> [ReportBlock] {
    guard call.command == "compare", let bayesian = group.bayesian else { return [] }
    let rows = bayesian.fit.subgroups.map { subgroup in
      let rule = bayesian.tree.rule(of: subgroup.node, variables: variables).conditions
      let words = rule.isEmpty ? "all participants" : rule.map(\.unbroken).joined(separator: " & ")
      let pooled = analysis.twoStage(subgroup.node, of: bayesian.tree, bayesian.fit)
      return ReportTable.Row(
        "[\(subgroup.node)] \(words)", key: "[\(subgroup.node)]", twoStageCells(pooled))
    }
    let adjusted = design.covariates.columns.isEmpty ? "" : ", adjusted for the covariates"
    return [
      heading("Two-stage opinion on the Bayesian subgroups", group),
      .table(
        ReportTable(
          labelTitle: "[node] subgroup",
          panels: [
            .init("", ["trials"]), .init("Bayes by quadrature", ["μ", "\(level) CrI", "P(<0)"]),
            .init("", ["τ"]), .init("REML, Hartung-Knapp", ["μ", "\(level) CI"]),
          ], sections: [.init("", rows)])),
      .notes([
        "Each trial's effect from its participants alone\(adjusted); then pooled under the priors of "
          + "effect and τ1. Medians; no sampling, no seed."
      ]),
    ]
  }

  private func twoStageCells(_ pooled: PooledEstimates?) -> [[String]] {
    guard let pooled else { return [["–"], [], [], []] }
    let knapp = pooled.classical(.reml, hartungKnapp: true)
    return [
      ["\(pooled.estimates.count)"],
      [
        style.quantity(pooled.bayes.mean.median), style.interval(pooled.bayes.mean.central),
        NumberStyle.probability(pooled.bayes.probabilityBelowZero),
      ],
      [style.quantity(pooled.bayes.heterogeneity.median)],
      [style.quantity(knapp?.mean), style.interval(knapp?.interval)],
    ]
  }
}
