import Words

/// What the user should know of partitioning variables that can define no subgroup: constants, and
/// identifiers of participants.
struct UselessVariables {
  /// One trial code a used row.
  let trial: [Int32]
  let trials: Int

  /// One line for each variable that is of no use.
  func warnings(_ variables: [PartitioningVariable]) -> [String] {
    variables.compactMap { variable in
      if isConstant(variable.values) {
        return "partitioning variable \(quoted(variable.name)) is constant among the used rows and"
          + " cannot be tested"
      }
      guard isIdentifier(variable) else { return nil }
      return "partitioning variable \(quoted(variable.name)) identifies participants: it cannot"
        + " define subgroups, and its test costs multiplicity; list the variables without it"
    }
  }

  private func isConstant(_ values: PartitioningVariable.Values) -> Bool {
    switch values {
    case .numeric(let numbers): numbers.allSatisfy { $0 == numbers.first }
    case .nominal(_, let levels), .ordered(_, let levels): levels.count < 2
    }
  }

  /// With fewer rows, a score may run through consecutive values, or a variable have a level for
  /// each participant, by chance.
  private static let fewestRows = 20

  private func isIdentifier(_ variable: PartitioningVariable) -> Bool {
    switch variable.values {
    case .numeric(let numbers):
      return isNumbering(numbers) || isNamed(variable.name) && isDistinct(numbers)
    case .nominal(let codes, let levels):
      let isAlmostDistinct = codes.count >= Self.fewestRows && levels.count * 10 >= codes.count * 9
      return isAlmostDistinct || isNamed(variable.name) && isDistinct(codes)
    case .ordered(let codes, _): return isNamed(variable.name) && isDistinct(codes)
    }
  }

  /// Whether whole numbers, all distinct, run through almost consecutive values: over all rows, or
  /// anew in each trial.
  private func isNumbering(_ numbers: [Double]) -> Bool {
    guard numbers.count >= Self.fewestRows,
      numbers.allSatisfy({ abs($0) < 0x1p53 && $0 == $0.rounded() })
    else { return false }
    let isOne = isNumbering(numbers, groups: [Int32](repeating: 0, count: numbers.count), count: 1)
    guard !isOne, numbers.count >= Self.fewestRows * trials else { return isOne }
    return isNumbering(numbers, groups: trial, count: trials)
  }

  /// Whether the values of each group are distinct and span at most twice their number.
  ///
  /// Rows that were left out leave gaps. Complexity: linear in the rows.
  private func isNumbering(_ numbers: [Double], groups: [Int32], count: Int) -> Bool {
    var sizes = [Int](repeating: 0, count: count)
    var least = [Double](repeating: .infinity, count: count)
    var largest = [Double](repeating: -.infinity, count: count)
    for (number, group) in zip(numbers, groups) {
      sizes[Int(group)] += 1
      least[Int(group)] = min(least[Int(group)], number)
      largest[Int(group)] = max(largest[Int(group)], number)
    }
    var starts = [0]
    for group in 0..<count {
      guard largest[group] - least[group] < 2 * Double(sizes[group]) else { return false }
      starts.append(starts[group] + 2 * sizes[group])
    }
    var isTaken = [Bool](repeating: false, count: starts[count])
    for (number, group) in zip(numbers, groups) {
      let place = starts[Int(group)] + Int(number - least[Int(group)])
      if isTaken[place] { return false }
      isTaken[place] = true
    }
    return true
  }

  /// Whether no value stands twice within a trial, and some trial has several.
  private func isDistinct<Value: Hashable>(_ values: [Value]) -> Bool {
    var seen = [Set<Value>](repeating: [], count: trials)
    for (value, trial) in zip(values, trial) where !seen[Int(trial)].insert(value).inserted {
      return false
    }
    return seen.contains { $0.count > 1 }
  }
}

/// Whether a column is named as identifiers of participants are: `id`, `patient_id`, `subjectID`.
private func isNamed(_ name: String) -> Bool {
  let words = nameWords(name)
  let people = ["subject", "patient", "participant", "person", "case", "record", "row"]
  let short = ["id", "ids", "pid", "subjid", "usubjid", "uid", "uuid", "patno", "patnr", "idnr"]
  guard let first = words.first, let last = words.last else { return false }
  if short.contains(first) || short.contains(last) { return true }
  let joined = words.joined()
  return people.contains { person in
    joined == person || ["id", "no", "nr", "number"].contains { joined == person + $0 }
  }
}

/// The words of a name in lower case: `patientID`, `patient.id` and `patient_id` have two.
private func nameWords(_ name: String) -> [String] {
  var words: [String] = []
  var word = ""
  var wasLower = false
  for character in name {
    if !character.isLetter && !character.isNumber || character.isUppercase && wasLower {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    wasLower = character.isLowercase
    if character.isLetter || character.isNumber { word += character.lowercased() }
  }
  return word.isEmpty ? words : words + [word]
}
