import Tables

/// The outcome of an analysis, and how its family is told.
struct Outcome {
  let column: String
  let values: Column
  let file: String

  /// The family, as the user asked or as the values of the whole column tell.
  ///
  /// Exactly 0 and 1, or two levels, are binomial; other numbers gaussian.
  func family(asked: Family?) throws(DesignError) -> Family {
    switch values {
    case .numeric(let numbers):
      if asked == .gaussian { return .gaussian }
      if Self.isBinary(numbers) {
        throw DesignError(.binaryOutcome(column: column, values: ["0", "1"]), file: file)
      }
      return .gaussian
    case .nominal(_, let levels), .ordered(_, let levels):
      // Without a single value there is no complete row, which is the better message.
      if levels.isEmpty { return .gaussian }
      if asked == nil, levels.count == 2 {
        throw DesignError(.binaryOutcome(column: column, values: levels), file: file)
      }
      throw DesignError(.textOutcome(column: column, levels: levels), file: file)
    }
  }

  /// Whether the values that are not missing are 0 and 1, and both.
  private static func isBinary(_ numbers: [Double]) -> Bool {
    var hasZero = false
    var hasOne = false
    for number in numbers where !number.isNaN {
      if number == 0 {
        hasZero = true
      } else if number == 1 {
        hasOne = true
      } else {
        return false
      }
    }
    return hasZero && hasOne
  }

  /// The numbers of the used rows, which must vary.
  func numbers(_ selection: RowSelection) throws(DesignError) -> [Double] {
    guard case .numeric(let all) = values else { return [] }
    let numbers = selection.select(all)
    if let first = numbers.first, numbers.allSatisfy({ $0 == first }) {
      let value = NumberText.shortestDecimal(first)
      throw DesignError(.constantOutcome(column: column, value: value), file: file)
    }
    guard isWorkable(numbers) else {
      throw DesignError(.unworkableScale(column: column), file: file)
    }
    return numbers
  }
}

/// Whether sums of squares of numbers, and of differences between them, neither overflow nor vanish.
func isWorkable(_ numbers: [Double]) -> Bool {
  guard let least = numbers.min(), let largest = numbers.max() else { return true }
  let isSmallEnough = max(-least, largest) <= 1e100
  return isSmallEnough && (least == largest || largest - least >= 1e-100)
}
