import Designs
import Numerics

/// A Bayesian model whose leaves have trial effects and SDs of their own: nothing ties them, so that each is a model
/// of its own participants alone, and the density of participants of several leaves is the product of theirs.
struct NodewiseFold: FoldModel {
  private let leaves: [any FoldModel]

  /// The models of the leaves, each made of its own rows.
  init<Failure: Error>(
    _ data: TrainingData, _ model: (TrainingData) throws(Failure) -> any FoldModel
  ) throws(Failure) {
    var leaves: [any FoldModel] = []
    for part in data.parts { leaves.append(try model(part)) }
    self.leaves = leaves
  }

  func determines(_ held: HeldRow) -> Bool {
    leaves[Int(held.leaf)].determines(HeldRow(row: held.row, leaf: 0))
  }

  func joint(_ held: [HeldRow]) throws(NumericalError) -> Double {
    var sum = 0.0
    for (leaf, model) in leaves.enumerated() {
      let own = Self.rows(held, of: leaf)
      if !own.isEmpty { sum += try model.joint(own.map(\.row)) }
    }
    return sum
  }

  func pointwise(_ held: [HeldRow]) throws(NumericalError) -> [Double] {
    var result = [Double](repeating: 0, count: held.count)
    for (leaf, model) in leaves.enumerated() {
      let own = Self.rows(held, of: leaf)
      guard !own.isEmpty else { continue }
      for (place, value) in zip(own.map(\.place), try model.pointwise(own.map(\.row))) {
        result[place] = value
      }
    }
    return result
  }

  /// The rows of a leaf as its own model has them, with their places among all.
  private static func rows(
    _ held: [HeldRow], of leaf: Int
  ) -> [(place: Int, row: HeldRow)] {
    held.enumerated().filter { Int($1.leaf) == leaf }
      .map { ($0, HeldRow(row: $1.row, leaf: 0)) }
  }
}

extension TrainingData {
  /// The rows of each leaf as data of their own.
  fileprivate var parts: [TrainingData] {
    var rows = [[Int32]](repeating: [], count: leaves)
    for (row, code) in zip(self.rows, codes) { rows[Int(code)].append(row) }
    return rows.map { own in
      TrainingData(design: design, rows: own, codes: own.map { _ in 0 }, leaves: 1)
    }
  }
}
