extension TextRenderer {
  /// The width from which on trees stand beside one another.
  private static let wide = 100
  /// The smallest room for a node's words beside its figures.
  private static let narrowestWords = 10

  func lines(_ trees: [TreeDrawing]) -> [String] {
    if trees.count == 2, width >= Self.wide {
      let column = (width - 3) / 2
      let step = commonStep(trees, width: column)
      let room = trees.map { roomForWords($0, step: step, width: column) }.min() ?? 0
      if room >= Self.narrowestWords {
        return beside(trees.map { lines($0, step: step, width: column) }, column: column)
      }
    }
    let step = commonStep(trees, width: width)
    return Array(trees.map { lines($0, step: step, width: width) }.joined(separator: [""]))
  }

  private func beside(_ columns: [[String]], column: Int) -> [String] {
    let height = columns.map(\.count).max() ?? 0
    return (0..<height).map { line in
      columns.map { padded($0[checked: line] ?? "", column) }.joined(separator: "   ")
    }
  }

  /// What leads a level deeper: four columns, or two where the words then need not be broken or the
  /// tree is deep.
  private func step(_ tree: TreeDrawing, width: Int) -> String {
    let deepest = tree.lines.map(\.depth).max() ?? 0
    let room = width - widthOfFigures(tree)
    func fits(_ step: Int) -> Bool {
      tree.lines.allSatisfy {
        step * $0.depth + displayWidth("[\($0.node)] " + printable($0.condition)) <= room
      }
    }
    if fits(4) || (!fits(2) && 4 * deepest <= width / 3) { return "|   " }
    return 2 * deepest <= width / 2 ? "| " : "|"
  }

  /// The narrowest step of several trees, so that they look alike.
  private func commonStep(_ trees: [TreeDrawing], width: Int) -> String {
    trees.map { step($0, width: width) }.min { $0.count < $1.count } ?? ""
  }

  /// The lines that lead to a node of a depth; they leave room for its id and some words.
  private func lead(_ depth: Int, step: String, room: Int) -> String {
    String(String(repeating: step, count: depth).prefix(max(0, room - Self.narrowestWords - 6)))
  }

  private func figureWidths(_ tree: TreeDrawing) -> [Int] {
    tree.columns.indices.map { column in
      max(
        displayWidth(tree.columns[column]),
        tree.lines.map { displayWidth($0.cells[checked: column] ?? "") }.max() ?? 0)
    }
  }

  private func widthOfFigures(_ tree: TreeDrawing) -> Int {
    let marks = tree.lines.map { displayWidth($0.mark) }.max() ?? 0
    return figureWidths(tree).reduce(0) { $0 + $1 + 2 } + (marks > 0 ? marks + 1 : 0)
  }

  /// The room for words at the deepest node.
  private func roomForWords(_ tree: TreeDrawing, step: String, width: Int) -> Int {
    let depth = tree.lines.map(\.depth).max() ?? 0
    return width - widthOfFigures(tree) - depth * step.count - 5
  }

  private func lines(_ tree: TreeDrawing, step: String, width: Int) -> [String] {
    let widths = figureWidths(tree)
    let most = width - widthOfFigures(tree)
    let leads = tree.lines.map { lead($0.depth, step: step, room: most) }
    let natural =
      zip(leads, tree.lines).map { lead, line in
        displayWidth("\(lead)[\(line.node)] " + printable(line.condition))
      }.max() ?? 0
    let column = min(most, max(natural, displayWidth(printable(tree.title))))
    var result: [String] = []
    let titles = tree.columns.indices.map { "  " + aligned(tree.columns[$0], widths[$0]) }.joined()
    let title = wrapped(printable(tree.title), width: column)
    result += title.dropLast()
    result.append(padded(title.last ?? "", column) + titles)
    for (lead, line) in zip(leads, tree.lines) {
      result += node(line, lead: lead, column: column, widths: widths)
    }
    return result
  }

  private func node(
    _ line: TreeDrawing.Line, lead: String, column: Int, widths: [Int]
  ) -> [String] {
    let first = lead + "[\(line.node)] "
    let further = padded(lead, first.count)
    let words = wrapped(printable(line.condition), width: column - displayWidth(first))
    let figures = widths.indices.map {
      "  " + aligned(line.cells[checked: $0] ?? "", widths[$0])
    }.joined()
    return words.enumerated().map { position, text in
      position == 0
        ? padded(first + text, column) + figures + (line.mark.isEmpty ? "" : " \(line.mark)")
        : further + text
    }
  }
}
