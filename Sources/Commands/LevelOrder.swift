/// A column read as ordered, with its levels from low to high: `--ordered "dose=low<mid<high"`.
package struct LevelOrder: Sendable, Equatable {
  /// The column's name.
  package let column: String
  /// At least two different levels, ascending.
  package let levels: [String]

  /// Reads `column=low<mid<high`; nil where the text is not of that form.
  ///
  /// Parts may stand in double quotes, as in CSV, and must where they hold a comma, `<`, or `=` in
  /// the name of the column; blanks around them do not count.
  package init?(_ text: String) {
    guard let sides = quotedParts(of: text, separatedBy: "=", limit: 2), sides.count == 2,
      let names = unquoted(sides[0]), !names.isEmpty,
      let parts = quotedParts(of: sides[1], separatedBy: "<", limit: .max), parts.count > 1
    else { return nil }
    var levels: [String] = []
    for part in parts {
      guard let level = unquoted(part), !level.isEmpty, !levels.contains(level),
        !hasBareComma(part)
      else { return nil }
      levels.append(level)
    }
    self.column = names
    self.levels = levels
  }
}

/// The run of a saved fit that a command uses: `--run METHOD[:ESTIMATOR]`.
package struct RunChoice: Sendable, Equatable {
  /// The method.
  package let method: Settings.Method
  /// The estimator, where one was given.
  package let estimator: Settings.Estimator?

  /// Reads `METHOD` or `METHOD:ESTIMATOR`; nil where a word is unknown.
  package init?(_ text: String) {
    let words = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard words.count <= 2, let method = Settings.Method(rawValue: words[0]) else { return nil }
    estimator = words.count == 2 ? Settings.Estimator(rawValue: words[1]) : nil
    guard words.count == 1 || estimator != nil else { return nil }
    self.method = method
  }
}

/// Two different levels with a comma between them, nil where the text is not of that form.
func levelPair(_ text: String) -> [String]? {
  guard let parts = quotedParts(of: text, separatedBy: ",", limit: .max), parts.count == 2,
    let first = unquoted(parts[0]), let second = unquoted(parts[1]),
    !first.isEmpty, !second.isEmpty, first != second
  else { return nil }
  return [first, second]
}

/// The parts of a text between separators outside double quotes, at most `limit` of them; nil where
/// a quote is left open.
private func quotedParts(of text: String, separatedBy separator: Character, limit: Int) -> [String]?
{
  var parts = [""]
  var isQuoted = false
  for character in text {
    if character == "\"" { isQuoted.toggle() }
    if character == separator, !isQuoted, parts.count < limit {
      parts.append("")
    } else {
      parts[parts.count - 1].append(character)
    }
  }
  return isQuoted ? nil : parts
}

/// A part without the blanks and the double quotes around it; nil where quotes stand within it.
private func unquoted(_ part: String) -> String? {
  let bare = trimmed(part)
  guard bare.contains("\"") else { return bare }
  guard bare.count >= 2, bare.hasPrefix("\""), bare.hasSuffix("\"") else { return nil }
  let inner = bare.dropFirst().dropLast()
  guard !inner.replacing("\"\"", with: "").contains("\"") else { return nil }
  return String(inner.replacing("\"\"", with: "\""))
}

/// Whether a part that is not quoted holds a comma.
private func hasBareComma(_ part: String) -> Bool {
  !part.contains("\"") && part.contains(",")
}

/// A text without the blanks at its ends.
private func trimmed(_ text: String) -> String {
  let start = text.drop(while: \.isWhitespace)
  return String(start.reversed().drop(while: \.isWhitespace).reversed())
}
