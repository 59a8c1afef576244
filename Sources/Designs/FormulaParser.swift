/// A word of a formula.
private enum Token: Equatable {
  case name(String)
  case tilde
  case plus
  case bar
  case open
  case close
  case dot
  case other(String)

  /// The token as it is written.
  var text: String {
    switch self {
    case .name(let name): name
    case .tilde: "~"
    case .plus: "+"
    case .bar: "|"
    case .open: "("
    case .close: ")"
    case .dot: "."
    case .other(let text): text
    }
  }
}

/// Reads the words of a formula one after the other.
struct FormulaParser {
  private var tokens: [(token: Token, character: Int)]
  /// The place after the last character, counted from 1.
  private let end: Int
  private var next = 0

  init(_ text: String) throws(FormulaFault) {
    var lexer = FormulaLexer(text)
    tokens = try lexer.tokens()
    end = text.count + 1
  }

  /// The signs that stand between names.
  enum Sign {
    case tilde
    case bar
  }

  /// Goes past a sign that must stand here.
  mutating func expect(_ sign: Sign, _ expected: FormulaFault.Expected) throws(FormulaFault) {
    let token: Token = sign == .tilde ? .tilde : .bar
    guard accept(token) else { throw unexpected(expected) }
  }

  /// A column's name, alone or in `factor()` or `ordered()`.
  mutating func term(_ expected: FormulaFault.Expected) throws(FormulaFault) -> Formula.Term {
    let character = character
    let name = try name(expected)
    guard accept(.open) else { return Formula.Term(name) }
    let readings: [String: Formula.Reading] = ["factor": .factor, "ordered": .ordered]
    guard let reading = readings[name] else {
      throw FormulaFault(character: character, problem: .function(name))
    }
    let argument = try self.name(.argument)
    guard accept(.close) else { throw unexpected(.closing) }
    return Formula.Term(argument, reading)
  }

  /// The names after the treatment.
  mutating func covariates() throws(FormulaFault) -> [Formula.Term] {
    var terms: [Formula.Term] = []
    while accept(.plus) { terms.append(try term(.covariate)) }
    return terms
  }

  /// The third part and the end of the formula; nil where the second part is the last.
  mutating func partitioning() throws(FormulaFault) -> [Formula.PartitioningTerm]? {
    guard accept(.bar) else {
      guard next == tokens.count else { throw unexpected(.endOrVariables) }
      return nil
    }
    var terms: [Formula.PartitioningTerm] = []
    repeat {
      terms.append(accept(.dot) ? .allOthers : .column(try term(.variable)))
    } while accept(.plus)
    guard next == tokens.count else { throw unexpected(.endOrMore) }
    return terms
  }

  /// The name after a bar that may stand before the tilde.
  mutating func total() throws(FormulaFault) -> Formula.Term? {
    guard accept(.bar) else { return nil }
    return Formula.Term(try name(.total))
  }

  /// Makes sure that nothing follows.
  func finish() throws(FormulaFault) {
    guard next == tokens.count else { throw unexpected(.end) }
  }

  private mutating func name(_ expected: FormulaFault.Expected) throws(FormulaFault) -> String {
    guard next < tokens.count, case .name(let name) = tokens[next].token else {
      throw unexpected(expected)
    }
    next += 1
    return name
  }

  private mutating func accept(_ token: Token) -> Bool {
    guard next < tokens.count, tokens[next].token == token else { return false }
    next += 1
    return true
  }

  private var character: Int { next < tokens.count ? tokens[next].character : end }

  private func unexpected(_ expected: FormulaFault.Expected) -> FormulaFault {
    let found = next < tokens.count ? tokens[next].token.text : nil
    return FormulaFault(character: character, problem: .expected(expected, found: found))
  }
}

/// Cuts a formula into words.
private struct FormulaLexer {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) {
    characters = Array(text)
  }

  mutating func tokens() throws(FormulaFault) -> [(token: Token, character: Int)] {
    var tokens: [(token: Token, character: Int)] = []
    while position < characters.count {
      if characters[position].isWhitespace {
        position += 1
        continue
      }
      let start = position + 1
      tokens.append((try token(), start))
    }
    return tokens
  }

  private mutating func token() throws(FormulaFault) -> Token {
    let signs: [Character: Token] = [
      "~": .tilde, "+": .plus, "|": .bar, "(": .open, ")": .close,
    ]
    let first = characters[position]
    if let sign = signs[first] {
      position += 1
      return sign
    }
    if first == "`" { return .name(try quotedName()) }
    let word = plainWord()
    if word == "." { return .dot }
    if first.isLetter || first == "." { return .name(word) }
    if word.isEmpty {
      position += 1
      return .other(String(first))
    }
    return .other(word)
  }

  /// Letters, digits, points and underscores from here on.
  private mutating func plainWord() -> String {
    let start = position
    while position < characters.count {
      let character = characters[position]
      guard character.isLetter || character.isNumber || character == "." || character == "_" else {
        break
      }
      position += 1
    }
    return String(characters[start..<position])
  }

  /// A name in backticks, in which a backslash takes the next character literally, as in R.
  private mutating func quotedName() throws(FormulaFault) -> String {
    let start = position + 1
    var name = ""
    position += 1
    while position < characters.count {
      var character = characters[position]
      position += 1
      if character == "`" {
        guard !name.isEmpty else { throw FormulaFault(character: start, problem: .emptyName) }
        return name
      }
      if character == "\\", position < characters.count {
        character = characters[position]
        position += 1
      }
      name.append(character)
    }
    throw FormulaFault(character: start, problem: .unclosedBacktick)
  }
}
