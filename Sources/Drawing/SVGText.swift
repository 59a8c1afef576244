extension String {
  /// The text as content, or as an attribute's value, of an SVG element.
  ///
  /// Control characters, which XML does not allow, become the replacement character.
  public var svgEscaped: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      case _ where scalar.value < 0x20: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The text with the minus sign in the place of hyphens before digits, as in print.
  public var withMinusSigns: String {
    var result = ""
    var previous: Character = " "
    let characters = Array(self)
    for (place, character) in characters.enumerated() {
      let next = place + 1 < characters.count ? characters[place + 1] : " "
      let isSign =
        character == "-" && !previous.isLetter && !previous.isNumber
        && (next.isNumber || next == "∞")
      result.append(isSign ? "−" : character)
      previous = character
    }
    return result
  }
}
