/// How many terminal columns a text takes: two for an East Asian wide character or an emoji, none
/// for what combines with the character before.
func displayWidth(_ text: String) -> Int {
  text.reduce(0) { $0 + displayWidth($1) }
}

private func displayWidth(_ character: Character) -> Int {
  guard let first = character.unicodeScalars.first else { return 0 }
  switch first.value {
  case 0..<0x300: return 1
  case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}

/// A text on one line without characters that move the cursor or change the terminal: each is
/// written as an escape.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where isControl(scalar):
      result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Control characters, line separators, and marks that turn the direction of writing.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
  default: false
  }
}

/// The space at which a line is broken only where there is no other way.
let noBreakSpace: Character = "\u{A0}"

/// Breaks a text at spaces into lines of at most a width.
///
/// A word longer than that is broken at its no-break spaces, and else anywhere.
func wrapped(_ text: String, width: Int) -> [String] {
  let width = max(width, 2)
  var lines: [String] = []
  var line = ""
  var used = 0
  for word in text.split(separator: " ") {
    let words = displayWidth(String(word)) > width ? word.split(separator: noBreakSpace) : [word]
    for piece in words.flatMap({ pieces(String($0), width: width) }) {
      let length = displayWidth(piece)
      if line.isEmpty {
        (line, used) = (piece, length)
      } else if used + 1 + length <= width {
        line += " " + piece
        used += 1 + length
      } else {
        lines.append(line)
        (line, used) = (piece, length)
      }
    }
  }
  if !line.isEmpty || lines.isEmpty { lines.append(line) }
  return lines.map { String($0.map { $0 == noBreakSpace ? " " : $0 }) }
}

/// A word in pieces of at most a width.
private func pieces(_ word: String, width: Int) -> [String] {
  guard displayWidth(word) > width else { return [word] }
  var result: [String] = []
  var piece = ""
  var used = 0
  for character in word {
    let length = displayWidth(character)
    if used + length > width {
      result.append(piece)
      (piece, used) = ("", 0)
    }
    piece.append(character)
    used += length
  }
  return result + [piece]
}

/// A text filled with spaces on the right.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}

/// A text filled with spaces on the left.
func aligned(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - displayWidth(text))) + text
}

extension String {
  /// The text without spaces at its end.
  var withoutTrailingSpaces: String {
    var result = Substring(self)
    while result.last == " " { result.removeLast() }
    return String(result)
  }
}
