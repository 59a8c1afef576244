private import CrossValidation
private import Designs
private import Subgroups

/// What the value of an option may be.
package enum Validity: Sendable, Equatable {
  /// A switch, which takes no value.
  case flag
  /// A whole number within a range.
  case integer(ClosedRange<Int>)
  /// A number above the first limit and below the second.
  case number(above: Double, below: Double)
  /// A number above 0 and at most 1.
  case share
  /// One of a few words.
  case choice([String])
  /// A share of a node's participants, or a number of them.
  case trim
  /// Any text but the empty one.
  case text
  /// Two levels with a comma between them.
  case pair
  /// A column and its levels from low to high.
  case levelOrder
  /// Any text, also the empty one.
  case anyText
  /// Two numbers in ascending order with a comma between them.
  case limits
  /// A column and a text with an equals sign between them.
  case label
  /// One or several methods with commas between them.
  case methods
  /// A method, or a method and an estimator with a colon between them.
  case run
  /// What is left out in folds: nothing, trials' active arms, parts of the participants, or both.
  case folds

  /// One of the raw values of a closed set.
  static func word<Word: CaseIterable & RawRepresentable<String>>(of type: Word.Type) -> Validity {
    .choice(type.allCases.map(\.rawValue))
  }

  /// The words that may be chosen from, where the value is one of a few.
  package var choices: [String]? {
    if case .choice(let words) = self { words } else { nil }
  }

  /// Ends the sentence "'x' is not …".
  package var requirement: String {
    switch self {
    case .flag: "allowed here"
    case .integer(let range) where range.upperBound == Validity.most:
      "a whole number of at least \(range.lowerBound)"
    case .integer(let range):
      "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let above, let below) where below == .infinity: "a number above \(plain(above))"
    case .number(let above, let below):
      "a number above \(plain(above)) and below \(plain(below))"
    case .share: "a number above 0 and at most 1"
    case .choice(let words) where words.count == 1: words[0]
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .trim: "a number above 0 and below 0.5, or a whole number of at least 2"
    case .text: "a name or a path"
    case .pair: "two different levels, as in A,B (a level with a comma stands in double quotes)"
    case .levelOrder:
      "a column with its levels from low to high, as in dose=low<mid<high "
        + "(a level with a comma or < stands in double quotes)"
    case .anyText: "a text"
    case .limits: "two numbers from low to high, as in 0,24"
    case .label: "a column with its text, as in age=\"Age in years\""
    case .methods:
      "a list of different methods with commas between them, of \(words(of: Subgroups.Method.self))"
    case .run:
      "METHOD or METHOD:ESTIMATOR with METHOD one of \(words(of: Subgroups.Method.self)) "
        + "and ESTIMATOR one of \(words(of: Estimator.self))"
    case .folds:
      "off, trials, a number of parts from 2 to 1000000, or both as in trials,10"
    }
  }

  /// The largest whole number where no smaller limit is meant; JSON numbers hold it exactly.
  package static let most = (1 << 53) - 1

  /// The value that a text stands for, or nil where it is not allowed.
  package func value(of text: String) -> OptionValue? {
    switch self {
    case .flag: return nil
    case .integer(let range):
      guard let number = wholeNumber(text), range.contains(number) else { return nil }
      return .integer(number)
    case .number(let above, let below):
      guard let number = finiteNumber(text), number > above, number < below else { return nil }
      return .number(number)
    case .share:
      guard let number = finiteNumber(text), number > 0, number <= 1 else { return nil }
      return .number(number)
    case .choice(let words): return words.contains(text) ? .text(text) : nil
    case .trim: return trimming(text)
    case .text: return text.isEmpty ? nil : .text(text)
    case .pair:
      return (try? ArmPair(parsing: text)).map { .list($0.levels.map { .text($0) }) }
    case .levelOrder: return (try? LevelOrder(parsing: text)) == nil ? nil : .text(text)
    case .anyText: return .text(text)
    case .limits: return ascendingPair(text)
    case .label:
      return (text.firstIndex(of: "=") ?? text.startIndex) > text.startIndex ? .text(text) : nil
    case .methods:
      let items = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard items.allSatisfy({ Subgroups.Method(rawValue: $0) != nil }),
        Set(items).count == items.count
      else { return nil }
      return items.count == 1 ? .text(text) : .list(items.map { .text($0) })
    case .run: return RunChoice(text) == nil ? nil : .text(text)
    case .folds: return FoldChoice(text) == nil ? nil : .text(text)
    }
  }
}

/// A share of a node, or a number of participants, as partykit's `trim`.
private func trimming(_ text: String) -> OptionValue? {
  guard let number = finiteNumber(text) else { return nil }
  let share = number > 0 && number < 0.5
  let count = number >= 2 && number < Double(Validity.most) && number == number.rounded()
  return share || count ? .number(number) : nil
}

/// Two numbers, the lower first.
private func ascendingPair(_ text: String) -> OptionValue? {
  let ends = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
    finiteNumber(String(part))
  }
  guard ends.count == 2, let low = ends[0], let high = ends[1], low < high else { return nil }
  return .list([.number(low), .number(high)])
}

/// A whole number in decimal digits.
private func wholeNumber(_ text: String) -> Int? {
  text.utf8.allSatisfy { (48...57).contains($0) || $0 == 45 || $0 == 43 } ? Int(text) : nil
}

/// A finite number in decimal notation; `inf`, `nan` and hexadecimal numbers are not meant here.
private func finiteNumber(_ text: String) -> Double? {
  guard text.unicodeScalars.allSatisfy({ "0123456789+-.eE".unicodeScalars.contains($0) }),
    let number = Double(text), number.isFinite
  else { return nil }
  return number
}

/// The raw values of a closed set, with commas between them.
private func words<Word: CaseIterable & RawRepresentable<String>>(of type: Word.Type) -> String {
  type.allCases.map(\.rawValue).joined(separator: ", ")
}

/// A limit without needless decimals.
private func plain(_ number: Double) -> String {
  Int(exactly: number).map { "\($0)" } ?? "\(number)"
}
