import Designs
import Inference
import Trees

/// Grows trees of one design for one method, given the shared effects: sorts and cell codes are made
/// once, and every growth reuses them.
struct Grower: Sendable {
  let design: Design
  let method: Method
  let control: GrowthControl
  private let cells: NodeCells
  private let variables: SortedVariables

  init(_ design: Design, _ method: Method, _ plan: GrowthPlan) {
    self.design = design
    self.method = method
    control = plan.control
    cells = NodeCells(design, method)
    variables = SortedVariables(design)
  }

  /// The node model at given shared effects.
  func model(_ shared: SharedEffects, penalty: NodePenalty) -> LinearNodeModel {
    LinearNodeModel(design, cells, offset: shared.offset(design, method), penalty: penalty)
  }

  /// The tree at given shared effects; the pre-specified one where the design has subgroups.
  func tree(_ shared: SharedEffects, penalty: NodePenalty) -> Tree {
    let model = model(shared, penalty: penalty)
    guard let subgroups = design.subgroups else {
      return grow(model, on: variables, control: control)
    }
    return Tree(model, subgroups: subgroups)
  }

  /// The tree without a split.
  func root(_ shared: SharedEffects, penalty: NodePenalty) -> Tree {
    let rows = (0..<Int32(design.rows)).map { $0 }
    let fit = model(shared, penalty: penalty).fit(rows)
    return Tree(nodes: [
      TreeNode(
        id: 1, parent: nil, depth: 0, rows: rows, coefficients: fit.coefficients,
        objective: fit.objective)
    ])
  }

  /// What priors do to the node models at σ.
  func penalty(_ priors: ResolvedPriors, sigma: Double) -> NodePenalty {
    NodePenalty(priors.coefficients, sigma: sigma, origin: cells.origin)
  }
}

extension GrowthPlan {
  var control: GrowthControl {
    var control = GrowthControl(
      alpha: alpha, bonferroni: bonferroni, minSize: minSize, maxDepth: maxDepth, trim: trim,
      ties: ties, fallback: fallback == .stop ? .stop : .drop)
    control.minArm = minArm
    control.minTrial = minTrial
    control.categorical = categorical
    control.ordinal = ordinal
    control.breakpoints = breakpoints
    control.vcov = vcov
    control.testParameters = testParameters
    control.prune = prune
    return control
  }
}
