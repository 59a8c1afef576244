import Tables
import Words

/// The outcome of an analysis, and how its family and event are told.
struct Outcome {
  /// What the outcome is to a model.
  enum Coding: Equatable {
    /// Numbers of a Gaussian outcome, one a row of the file.
    case numbers([Double])
    /// An event that happens or not: one code a row of the file, and the level that is the event.
    case events(codes: [Int32], levels: [String], event: Int)

    /// The family that the outcome is modelled by.
    var family: Family {
      if case .numbers = self { .gaussian } else { .binomial }
    }

    /// The label of the event; nil where there is none.
    var event: String? {
      guard case .events(_, let levels, let event) = self, levels.indices.contains(event) else {
        return nil
      }
      return levels[event]
    }
  }

  let column: String
  let values: Column
  /// Whether the user gave the order of the levels, the second of which then is the event.
  var hasGivenOrder = false
  let file: String

  /// The outcome as a model takes it, by the family that the user asked for or by the values of the
  /// whole column.
  ///
  /// Exactly 0 and 1, or two levels, are binomial; other numbers Gaussian. Where binomial is asked
  /// for, any two numbers are an outcome, the larger one the event.
  func coding(asked: Family?) throws(DesignError) -> Coding {
    switch values {
    case .numeric(let numbers):
      switch asked {
      case .gaussian: return .numbers(numbers)
      case nil where !Self.isZeroAndOne(numbers): return .numbers(numbers)
      case .binomial, nil: return try events(of: numbers)
      }
    case .nominal(let codes, let levels), .ordered(let codes, let levels):
      // Without a single value there is no complete row, which is the better message.
      if levels.isEmpty { return .numbers([]) }
      guard asked != .gaussian, levels.count <= 2 else {
        throw DesignError(.textOutcome(column: column, levels: levels, asked: asked), file: file)
      }
      return .events(codes: codes, levels: levels, event: event(among: levels))
    }
  }

  /// Numbers of a column with two different ones; the larger is the event.
  private func events(of numbers: [Double]) throws(DesignError) -> Coding {
    let distinct = Set(numbers.lazy.filter { !$0.isNaN }).count
    guard distinct <= 2 else {
      throw DesignError(.manyValues(column: column, values: distinct), file: file)
    }
    let (codes, levels) = values.asLevels
    return .events(codes: codes, levels: levels, event: levels.count - 1)
  }

  /// The event among levels: the one that says true, else the last.
  private func event(among levels: [String]) -> Int {
    let last = levels.count - 1
    guard !hasGivenOrder else { return last }
    let lowered = levels.map { $0.lowercased() }
    for (yes, no) in [("true", "false"), ("t", "f")] where lowered.contains(no) {
      if let index = lowered.firstIndex(of: yes) { return index }
    }
    return last
  }

  /// Whether the values that are not missing are 0 and 1, and both.
  private static func isZeroAndOne(_ numbers: [Double]) -> Bool {
    guard let pair = pair(of: numbers) else { return false }
    return pair == (0, 1)
  }

  /// The two values of numbers that have two, in order.
  private static func pair(of numbers: [Double]) -> (Double, Double)? {
    var first: Double?
    var second: Double?
    for number in numbers where !number.isNaN && number != first && number != second {
      if first == nil {
        first = number
      } else if second == nil {
        second = number
      } else {
        return nil
      }
    }
    guard let first, let second else { return nil }
    return first < second ? (first, second) : (second, first)
  }

  /// What the user should know of a family that nobody asked for.
  func warnings(_ coding: Coding, asked: Family?) -> [String] {
    guard asked == nil, case .numbers(let numbers) = coding, let pair = Self.pair(of: numbers)
    else {
      return []
    }
    let (low, high) = (NumberText.shortestDecimal(pair.0), NumberText.shortestDecimal(pair.1))
    return [
      "outcome \(quoted(column)) has the two values \(low) and \(high) and is modelled as a number;"
        + " --family binomial makes \(high) the event"
    ]
  }

  /// The outcome of the used rows, which must vary: numbers, or 1 for the event and 0 for none.
  func numbers(_ coding: Coding, _ selection: RowSelection) throws(DesignError) -> [Double] {
    switch coding {
    case .numbers(let all):
      let numbers = selection.select(all)
      if let first = numbers.first, numbers.allSatisfy({ $0 == first }) {
        throw constant(NumberText.shortestDecimal(first))
      }
      guard isWorkable(numbers) else {
        throw DesignError(.unworkableScale(column: column), file: file)
      }
      return numbers
    case .events(let all, let levels, let event):
      let codes = selection.select(all)
      if let first = codes.first, codes.allSatisfy({ $0 == first }) {
        let label = levels[Int(first)]
        if case .numeric = values { throw constant(label) }
        throw constant(quoted(label))
      }
      return codes.map { Int($0) == event ? 1 : 0 }
    }
  }

  private func constant(_ value: String) -> DesignError {
    DesignError(.constantOutcome(column: column, value: value), file: file)
  }
}

/// Whether sums of squares of numbers, and of differences between them, neither overflow nor vanish.
func isWorkable(_ numbers: [Double]) -> Bool {
  guard let least = numbers.min(), let largest = numbers.max() else { return true }
  let isSmallEnough = max(-least, largest) <= 1e100
  return isSmallEnough && (least == largest || largest - least >= 1e-100)
}
