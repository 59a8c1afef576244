import Designs
import MixedModels
import Trees

/// The leaves of a tree as the joint model counts them: in node order, from 0.
struct Leaves: Sendable, Equatable {
  /// The node id of each leaf.
  let nodes: [Int]
  /// The leaf of each row.
  let codes: [Int32]

  init(_ tree: Tree) {
    nodes = tree.leaves.map(\.id)
    var codes = [Int32](repeating: 0, count: tree.root.rows.count)
    for (index, leaf) in tree.leaves.enumerated() {
      for row in leaf.rows { codes[Int(row)] = Int32(index) }
    }
    self.codes = codes
  }

  /// The position of a node among the leaves.
  func index(of node: Int) -> Int? { nodes.firstIndex(of: node) }
}

/// What the joint model of a tree predicts besides the leaves' own coefficients: the offset of the
/// node models.
struct SharedEffects: Sendable, Equatable {
  /// The random terms of each trial, K × q trial after trial.
  var trialEffects: [Double]
  /// The covariates' coefficients.
  var covariates: [Double]

  /// Nothing is shared.
  static func zero(_ design: Design, _ method: Method) -> SharedEffects {
    SharedEffects(
      trialEffects: [Double](
        repeating: 0, count: design.trials.count * method.terms.randomTerms),
      covariates: [Double](repeating: 0, count: design.covariates.columns.count))
  }

  /// Z b + x'δ, one number a row.
  func offset(_ design: Design, _ method: Method) -> [Double] {
    let terms = method.terms
    let q = terms.randomTerms
    let effectTerm = terms.randomIntercept ? 1 : 0
    var offset = [Double](repeating: 0, count: design.rows)
    for row in offset.indices {
      let trial = Int(design.trial[row])
      if terms.randomIntercept { offset[row] += trialEffects[trial * q] }
      if terms.randomEffect, design.arm[row] == 1 {
        offset[row] += trialEffects[trial * q + effectTerm]
      }
    }
    for (j, column) in design.covariates.columns.enumerated() where covariates[j] != 0 {
      for row in offset.indices { offset[row] += covariates[j] * column[row] }
    }
    return offset
  }
}

extension Method {
  /// Whether anything is shared between leaves, so that tree and joint model must alternate.
  func hasSharedEffects(_ design: Design) -> Bool {
    terms.randomTerms > 0 || !design.covariates.columns.isEmpty
  }
}
