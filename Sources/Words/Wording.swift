/// Text on one line of a terminal: control characters made visible, a long text cut.
public func shown(_ text: String, limit: Int = 60) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.properties.generalCategory == .control:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > limit ? result + "…" : result
}

/// Text on one line in quotation marks.
public func quoted(_ text: String) -> String { "\"\(shown(text))\"" }

/// A file's name on one line; a hyphen is standard input.
public func shownFile(_ name: String) -> String {
  name == "-" ? "standard input" : shown(name, limit: 300)
}

/// The first of some names in quotation marks, and how many more there are.
public func listed(_ names: [String], limit: Int = 12) -> String {
  guard !names.isEmpty else { return "none" }
  let first = names.prefix(limit).map(quoted).joined(separator: ", ")
  return names.count > limit ? "\(first) and \(names.count - limit) more" : first
}

/// Texts joined as in a sentence: `a`, `a and b`, `a, b and c`.
public func enumeration(_ texts: [String]) -> String {
  texts.count < 2
    ? texts.first ?? ""
    : texts.dropLast().joined(separator: ", ") + " and " + (texts.last ?? "")
}

/// A number with its noun, in the plural where it is not one.
public func counted(_ number: Int, _ noun: String) -> String {
  counted(number, noun, noun + "s")
}

/// A number with its noun, whose plural is given.
public func counted(_ number: Int, _ noun: String, _ plural: String) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(plural)"
}

/// The name that a misspelt one probably meant, or nil where none is near.
///
/// Near is a distance of at most a third of the length, and at least one, in edits (insertion,
/// deletion, substitution, exchange of neighbours) without regard to case; a name of which nothing
/// stays is never near.
public func nearestName(to name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.lowercased())
  let tolerance = max(1, wanted.count / 3)
  var best: (name: String, distance: Int)?
  for candidate in candidates where abs(candidate.count - wanted.count) <= tolerance {
    let distance = editDistance(wanted, Array(candidate.lowercased()))
    guard distance <= tolerance, distance < max(wanted.count, candidate.count) else { continue }
    if distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// The optimal string alignment distance.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var before = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1] + [Int](repeating: 0, count: b.count)
    for j in b.indices {
      let substituted = previous[j] + (a[i] == b[j] ? 0 : 1)
      current[j + 1] = min(substituted, previous[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        current[j + 1] = min(current[j + 1], before[j - 1] + 1)
      }
    }
    before = previous
    previous = current
  }
  return previous[b.count]
}
