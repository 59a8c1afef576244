import Tables
import Words

/// The case weights of a file's rows: how often each participant counts.
struct CaseWeights {
  let column: String
  /// One weight a row of the file, none negative; not-a-number where it is missing.
  let values: [Double]

  /// Takes the weights of a column that was read as numbers.
  ///
  /// `line` gives the line of a row, for the message that names a negative weight.
  init(
    _ name: String, _ column: Column, file: String, line: (_ row: Int) -> Int?
  ) throws(DesignError) {
    guard case .numeric(let values) = column else {
      preconditionFailure("case weights are read as numbers")
    }
    if let row = values.firstIndex(where: { $0 < 0 }) {
      let fault = DesignError.Fault.negativeWeight(
        column: name, value: NumberText.shortestDecimal(values[row]), line: line(row))
      throw DesignError(fault, file: file)
    }
    self.column = name
    self.values = values
  }

  /// Which of some rows have a weight above 0.
  func positive(among rows: [Bool]) -> [Bool] {
    zip(rows, values).map { $0 && $1 > 0 }
  }

  /// The weights of the used rows, which must be numbers that can be computed with.
  func weights(_ selection: RowSelection, file: String) throws(DesignError) -> [Double] {
    let weights = selection.select(values)
    guard weights.allSatisfy({ (1e-100...1e100).contains($0) }) else {
      throw DesignError(.unworkableWeights(column: column), file: file)
    }
    return weights
  }

  /// What the user should know of complete rows that do not count.
  func warnings(idle rows: Int) -> [String] {
    guard rows > 0 else { return [] }
    let verb = rows == 1 ? "is" : "are"
    return ["\(counted(rows, "row")) with weight 0 in column \(quoted(column)) \(verb) left out"]
  }
}
