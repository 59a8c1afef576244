import Designs
import Inference
import MixedModels
import Trees

/// A row that is to be predicted, in the leaf that the tree of the other rows sends it to.
struct HeldRow: Sendable, Equatable {
  let row: Int32
  let leaf: Int32
}

/// The rows that a model may see, in the leaves of a tree that they grew.
struct TrainingData: Sendable {
  /// All rows.
  let design: Design
  /// Those that the model sees, ascending.
  let rows: [Int32]
  /// The leaf of each, counted from 0.
  let codes: [Int32]
  /// The number of leaves.
  let leaves: Int
  /// Whether the treatment is the last of the covariates, so that all leaves have one effect.
  var hasOneEffect = false

  /// The same rows and leaves with one treatment effect for all: the arm as a covariate of a model without effects of
  /// leaves.
  var withOneEffect: TrainingData {
    let columns = design.covariates.columns + [design.arm.map(Double.init)]
    let names = design.covariates.names + [design.treatment.column]
    var result = TrainingData(
      design: design.with(Covariates(names: names, columns: columns)), rows: rows, codes: codes,
      leaves: leaves)
    result.hasOneEffect = true
    return result
  }

  /// The priors of the coefficients; where all leaves have one effect it has the prior of an effect.
  func coefficients(_ priors: ResolvedPriors) -> CoefficientPrior {
    let own = priors.coefficients
    guard hasOneEffect else { return own }
    return CoefficientPrior(
      intercept: own.intercept, effect: own.effect, coefficients: own.coefficients + [own.effect])
  }

  /// The design of the rows; trial codes are those of all.
  var seen: Design { design.restricted(to: rows) }

  /// The design and the leaves of these rows and others.
  func joined(_ held: [HeldRow]) -> (design: Design, codes: [Int32]) {
    (design.restricted(to: rows + held.map(\.row)), codes + held.map(\.leaf))
  }

  /// What a model knows of a row.
  func place(_ held: HeldRow) -> PredictorPlace {
    let row = Int(held.row)
    return PredictorPlace(
      leaf: Int(held.leaf), trial: Int(design.trial[row]), isActive: design.arm[row] == 1,
      covariates: design.covariates.columns.map { $0[row] })
  }

  /// The case weight of a row.
  func weight(_ held: HeldRow) -> Double { design.weights?[Int(held.row)] ?? 1 }

  /// The outcome of a row.
  func outcome(_ held: HeldRow) -> Double { design.outcome[Int(held.row)] }
}

extension Design {
  /// The same data with other covariates.
  fileprivate func with(_ covariates: Covariates) -> Design {
    Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event, outcome: outcome,
      weights: weights, treatment: treatment, arm: arm, trialName: trialName, trials: trials,
      trial: trial, covariates: covariates, partitioning: partitioning, exclusions: exclusions)
  }
}

extension Tree {
  /// The position among the leaves of a row of the design that the tree was grown on a part of; nil where a level
  /// of the row was unseen in its node.
  func position(ofRow row: Int32, in design: Design) -> Int? {
    let leaf = leaf { variable in
      switch design.partitioning[variable].values {
      case .numeric(let numbers): .number(numbers[Int(row)])
      case .nominal(let codes, _), .ordered(let codes, _): .level(Int(codes[Int(row)]))
      }
    }
    return leaf.flatMap { leaf in leaves.firstIndex { $0.id == leaf } }
  }
}

extension Tree {
  /// Whether two trees have the same shape and split on the same variables, wherever they cut.
  func hasSameVariables(as other: Tree) -> Bool {
    nodes.count == other.nodes.count
      && zip(nodes, other.nodes).allSatisfy {
        $0.split?.variable == $1.split?.variable && $0.depth == $1.depth
      }
  }
}
