import Designs
import MixedModels
import Numerics
import Trees

/// The search of one node for the candidate split with the smallest interaction p-value.
struct InteractionSearch {
  /// What the search says of one variable.
  struct Finding {
    /// The split with the smallest p-value.
    let split: Split
    /// Its interaction.
    let interaction: InteractionEstimate
    /// The number of candidate splits that could be tested.
    let candidates: Int

    /// The p-value after adjustment for the candidates of the variable: 1 − (1 − p)^G.
    var pValue: Double { bonferroniAdjusted(interaction.pValue, tests: candidates) }
  }

  let design: Design
  let variables: [CandidateSplits]
  /// The candidates of each variable that leave enough participants on either side.
  private let admissible: [[Int]]
  let rows: InteractionRows
  private let joint: JointModel

  /// The search of a node, whose own design is `part` and whose rows in the whole one are `rows`.
  init(
    _ whole: Design, _ part: Design, rows: [Int32], minSize: Int, control: GrowthControl,
    joint: JointModel
  ) {
    design = part
    self.joint = joint
    let data = InteractionRows(part)
    self.rows = data
    let variables = whole.partitioning.enumerated().map { index, variable in
      CandidateSplits(
        index, variable.values, rows: rows, midpoints: control.breakpoints == .midpoint)
    }
    self.variables = variables
    admissible = variables.map { variable in
      let cells = InteractionCells(data, codes: variable.codes, bins: variable.bins, products: [])
      return variable.candidates.indices.filter {
        cells.isAdmissible(variable.candidates[$0].isLeft, minSize: minSize, control)
      }
    }
  }

  /// The model of the same terms of other data.
  func joint(of design: Design) -> JointModel {
    JointModel(
      design: design, terms: joint.terms, criterion: joint.criterion,
      quadraturePoints: joint.quadraturePoints)
  }

  /// What each variable has to offer; nil where none of its splits can be tested.
  func findings() -> [Finding?] {
    switch design.family {
    case .gaussian: variables.indices.map { gaussian($0, rows, products) }
    case .binomial: variables.indices.map { binomial($0, joint) }
    }
  }

  private var products: [Double] { InteractionCells.products(rows) }

  func gaussian(
    _ variable: Int, _ rows: InteractionRows, _ products: [Double]
  ) -> Finding? {
    let splits = variables[variable]
    let cells = InteractionCells(rows, codes: splits.codes, bins: splits.bins, products: products)
    var profile = InteractionProfile(columns: 3 + rows.covariates)
    var scratch = InteractionProfile.Scratch(columns: 3 + rows.covariates)
    return best(variable) { candidate in
      cells.fill(&profile, splits.candidates[candidate].isLeft)
      return profile.estimate(&scratch)
    }
  }

  func binomial(_ variable: Int, _ joint: JointModel) -> Finding? {
    let splits = variables[variable]
    return best(variable) { candidate in
      let isLeft = splits.candidates[candidate].isLeft
      let leaves = Leaves(nodes: [0, 1], codes: splits.codes.map { isLeft[Int($0)] ? 0 : 1 })
      guard let found = try? joint.fit(leaves).estimate(Self.interaction, level: 0.95),
        let estimate = found.estimate, let error = found.standardError, let p = found.pValue
      else { return nil }
      return InteractionEstimate(
        estimate: estimate, standardError: error, degreesOfFreedom: .infinity, pValue: p)
    }
  }

  /// The effect on the right minus that on the left, in the model of two leaves.
  static let interaction: [(role: FixedRole, weight: Double)] = [
    (role: .effect(leaf: 1), weight: 1), (role: .effect(leaf: 0), weight: -1),
  ]

  private func best(
    _ variable: Int, _ test: (Int) -> InteractionEstimate?
  ) -> Finding? {
    var best: (candidate: Int, interaction: InteractionEstimate)?
    var tested = 0
    for candidate in admissible[variable] {
      guard let found = test(candidate), found.pValue.isFinite else { continue }
      tested += 1
      // Differences by rounding alone do not choose.
      if found.pValue < (best?.interaction.pValue ?? .infinity) * (1 - 1e-9) {
        best = (candidate, found)
      }
    }
    return best.map {
      Finding(
        split: variables[variable].candidates[$0.candidate].split, interaction: $0.interaction,
        candidates: tested)
    }
  }
}
