import Designs
import Trees
import Words

/// Names the subgroups in which nothing compares the arms: their effect has no estimate, or its prior alone.
func oneArmWarnings(_ design: Design, _ runs: [Run]) -> [String] {
  var found: [String] = []
  for run in runs {
    for leaf in run.tree.tree.leaves {
      guard let arm = design.onlyArm(leaf.rows) else { continue }
      let name = arm == 0 ? design.treatment.reference : design.treatment.active
      let what =
        run.estimator == .bayes
        ? "its posterior effect is little more than the prior" : "its effect has no estimate"
      found.append(
        "subgroup [\(leaf.id)] of the \(run.method.rawValue) tree by "
          + "\(run.estimator == .bayes ? "Bayes" : run.estimator.rawValue.uppercased()) has "
          + "participants of the arm \(quoted(name)) alone: nothing compares the arms there, and \(what)"
      )
    }
  }
  return found
}

extension Design {
  /// The arm that all of some rows are of; nil where both are there.
  fileprivate func onlyArm(_ rows: [Int32]) -> UInt8? {
    guard let first = rows.first.map({ arm[Int($0)] }) else { return nil }
    return rows.allSatisfy { arm[Int($0)] == first } ? first : nil
  }
}
