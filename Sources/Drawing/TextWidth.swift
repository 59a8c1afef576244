/// The widths of characters of DejaVu Sans, in thousandths of the font size, so that labels can be
/// placed without a renderer.
///
/// Figures ask for this font, and for Verdana, whose widths are nearly the same, where it is missing.
/// Taken from the font's `hmtx` table (DejaVu 2.37).
public enum TextWidth {
  /// The width of a text at a font size, in the unit of that size.
  public static func of(_ text: String, size: Double, isBold: Bool = false) -> Double {
    let table = isBold ? bold : regular
    return text.unicodeScalars.reduce(0) { $0 + table.width($1) } * size / 1000
  }

  /// The text, cut with an ellipsis where it is wider than a limit.
  public static func fitted(
    _ text: String, size: Double, width: Double, isBold: Bool = false
  ) -> String {
    guard of(text, size: size, isBold: isBold) > width else { return text }
    var kept = text
    while !kept.isEmpty, of(kept + "…", size: size, isBold: isBold) > width { kept.removeLast() }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// The text in lines no wider than a limit, broken at spaces and, where a word is too wide for a line, after
  /// underscores, dots and the like; what does not fit into `lines` lines is cut with an ellipsis.
  public static func wrapped(
    _ text: String, size: Double, width: Double, lines: Int, isBold: Bool = false
  ) -> [String] {
    var result: [String] = []
    var line = ""
    func fits(_ text: String) -> Bool { of(text, size: size, isBold: isBold) <= width }
    let words = pieces(text, endingAt: " ")
    for piece in words.flatMap({ fits(trimmed($0)) ? [$0] : pieces($0, endingAt: " _./&|-") }) {
      if line.isEmpty || fits(trimmed(line + piece)) {
        line += piece
      } else {
        result.append(trimmed(line))
        line = piece
      }
    }
    result.append(trimmed(line))
    if result.count > lines {
      let rest = result[(lines - 1)...].joined(separator: " ")
      result = Array(result[..<(lines - 1)]) + [rest]
    }
    return result.map { fitted($0, size: size, width: width, isBold: isBold) }
  }

  private static func trimmed(_ text: String) -> String {
    var result = Substring(text)
    while result.last == " " { result.removeLast() }
    while result.first == " " { result.removeFirst() }
    return String(result)
  }

  /// A text in pieces, each ending with one of some signs.
  private static func pieces(_ text: String, endingAt signs: String) -> [String] {
    var result: [String] = []
    var piece = ""
    for character in text {
      piece.append(character)
      if signs.contains(character) {
        result.append(piece)
        piece = ""
      }
    }
    return piece.isEmpty ? result : result + [piece]
  }

  /// The widths of one face.
  private struct Face {
    /// U+0020 to U+007E.
    let ascii: [Int]
    /// U+00A0 to U+00FF.
    let latin: [Int]
    /// U+0391 to U+03C9.
    let greek: [Int]
    /// Other letters of alphabets.
    let letter: Int

    func width(_ scalar: Unicode.Scalar) -> Double {
      let code = Int(scalar.value)
      return switch code {
      case 0x20...0x7E: Double(ascii[code - 0x20])
      case 0xA0...0xFF: Double(latin[code - 0xA0])
      case 0x391...0x3C9: Double(greek[code - 0x391])
      case 0x300...0x36F: 0
      case 0x2013: 500
      case 0x2026, 0x2014: 1000
      case 0x2080...0x2089: Double(letter) * 0.67
      case 0x2190...0x22FF: 838
      case 0x100...0x24F: Double(letter)
      case 0x400...0x52F: Double(letter) * 1.2
      default: 1000
      }
    }
  }

  private static let regular = Face(
    ascii: [
      318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636,
      636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698,
      770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732,
      684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
      634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,
      525, 636, 337, 636, 838,
    ],
    latin: [
      318, 401, 636, 636, 636, 636, 337, 500, 500, 1000, 471, 612, 838, 361, 1000, 500, 500, 838,
      401, 401, 500, 636, 636, 318, 500, 401, 471, 612, 969, 969, 969, 531, 684, 684, 684, 684,
      684, 684, 974, 698, 632, 632, 632, 632, 295, 295, 295, 295, 775, 748, 787, 787, 787, 787,
      787, 838, 787, 732, 732, 732, 732, 611, 605, 630, 613, 613, 613, 613, 613, 613, 982, 550,
      615, 615, 615, 615, 278, 278, 278, 278, 612, 634, 612, 612, 612, 612, 612, 838, 612, 634,
      634, 634, 634, 592, 635, 592,
    ],
    greek: [
      684, 686, 557, 684, 632, 685, 752, 787, 295, 656, 684, 863, 748, 632, 787, 752, 603, 600,
      632, 611, 611, 787, 685, 787, 764, 295, 611, 659, 541, 634, 338, 579, 659, 638, 592, 612,
      541, 544, 634, 612, 338, 589, 592, 636, 559, 558, 612, 602, 635, 587, 634, 602, 579, 660,
      578, 660, 837,
    ], letter: 600)

  private static let bold = Face(
    ascii: [
      348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696,
      696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734,
      830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812,
      774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716,
      712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652,
      582, 712, 365, 712, 838,
    ],
    latin: [
      348, 456, 696, 696, 636, 696, 365, 500, 500, 1000, 564, 646, 838, 415, 1000, 500, 500, 838,
      438, 438, 500, 736, 636, 380, 500, 438, 564, 646, 1035, 1035, 1035, 580, 774, 774, 774, 774,
      774, 774, 1085, 734, 683, 683, 683, 683, 372, 372, 372, 372, 838, 837, 850, 850, 850, 850,
      850, 838, 850, 812, 812, 812, 812, 724, 738, 719, 675, 675, 675, 675, 675, 675, 1048, 593,
      678, 678, 678, 678, 343, 343, 343, 343, 687, 712, 687, 687, 687, 687, 687, 838, 687, 712,
      712, 712, 712, 652, 716, 652,
    ],
    greek: [
      774, 762, 637, 774, 683, 725, 837, 850, 372, 775, 774, 995, 837, 632, 850, 837, 733, 600,
      683, 682, 724, 850, 771, 850, 850, 372, 724, 687, 557, 712, 390, 675, 687, 716, 681, 687,
      557, 591, 712, 687, 390, 710, 633, 736, 681, 591, 687, 791, 716, 593, 779, 638, 675, 782,
      645, 794, 869,
    ], letter: 675)
}
