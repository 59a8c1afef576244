/// The columns of some panels of a table, measured.
private struct TableSlice {
  let panels: [Int]
  let widths: [[Int]]
  /// The number of spaces between columns; panels stand one further apart.
  let gap: Int

  /// The width of a panel.
  func width(_ place: Int) -> Int {
    widths[place].reduce(0, +) + gap * (widths[place].count - 1)
  }

  /// The width of all panels.
  var width: Int {
    panels.indices.reduce(0) { $0 + width($1) } + (gap + 1) * (panels.count - 1)
  }

  /// Texts by panel and column, aligned and joined to a line.
  func line(_ cells: [[String]]) -> String {
    panels.indices.map { place in
      widths[place].indices.map { column in
        aligned(cells[place][checked: column] ?? "", widths[place][column])
      }.joined(separator: String(repeating: " ", count: gap))
    }.joined(separator: String(repeating: " ", count: gap + 1))
  }
}

/// Where the labels of a table's rows stand.
private struct LabelColumn {
  let width: Int
  /// Beside the numbers, or on a line of their own above them.
  let isBeside: Bool
}

extension TextRenderer {
  /// The smallest width of a column of labels beside numbers; narrower, a label has a line of its
  /// own above its numbers.
  private static let narrowestLabels = 26
  /// The widest labels that are never given a line of their own.
  private static let shortLabels = 16
  /// How far numbers stand to the right under a label with a line of its own.
  private static let indent = 4
  /// The width from which on a column's title is broken, where its cells are narrower.
  private static let widestTitle = 16

  func lines(_ table: ReportTable) -> [String] {
    var result: [String] = []
    for slice in slices(table) {
      if !result.isEmpty { result.append("") }
      result += lines(table, slice)
    }
    return result
  }

  /// The panels in as few slices as the width allows.
  private func slices(_ table: ReportTable) -> [TableSlice] {
    let widths = table.panels.indices.map { columnWidths(table, panel: $0) }
    let widest = table.rows.map { displayWidth(printable($0.label)) }.max() ?? 0
    let margin = widest <= Self.shortLabels ? widest + 2 : Self.indent
    let candidates = [2, 1].map { gap in
      table.panels.indices.reduce(into: [TableSlice]()) { slices, panel in
        if let last = slices.last {
          let joined = TableSlice(
            panels: last.panels + [panel], widths: last.widths + [widths[panel]], gap: gap)
          if margin + joined.width <= width {
            slices[slices.count - 1] = joined
            return
          }
        }
        slices.append(TableSlice(panels: [panel], widths: [widths[panel]], gap: gap))
      }
    }
    return candidates[1].count < candidates[0].count ? candidates[1] : candidates[0]
  }

  private func columnWidths(_ table: ReportTable, panel: Int) -> [Int] {
    let columns = table.panels[panel].columns
    var widths = columns.map {
      wrapped(printable($0), width: Self.widestTitle).map(displayWidth).max() ?? 0
    }
    for row in table.rows {
      for (place, cell) in row.cells(of: panel).enumerated() where place < widths.count {
        widths[place] = max(widths[place], displayWidth(printable(cell)))
      }
    }
    // A heading wider than its columns widens the first.
    let heading = displayWidth(printable(table.panels[panel].heading))
    let total = widths.reduce(0, +) + widths.count - 1
    if let first = widths.indices.first, heading > total { widths[first] += heading - total }
    return widths
  }

  private func lines(_ table: ReportTable, _ slice: TableSlice) -> [String] {
    let isFirst = slice.panels.first == 0
    let label = { (row: ReportTable.Row) in printable(isFirst ? row.label : row.key) }
    let natural = max(
      isFirst ? displayWidth(printable(table.labelTitle)) : 0,
      table.rows.map { displayWidth(label($0)) }.max() ?? 0)
    let room = width - slice.width - 2
    let isBeside = room >= min(natural, Self.narrowestLabels)
    let labels = LabelColumn(
      width: isBeside ? min(natural, room) : Self.indent - 2, isBeside: isBeside)
    let title = isFirst ? printable(table.labelTitle) : ""
    var result = header(table, slice, labels, title: title)
    result.append(String(repeating: "-", count: labels.width + 2 + slice.width))
    var isTop = true
    for section in table.sections {
      let rows = section.rows.filter { row in
        isFirst || slice.panels.contains { row.cells(of: $0).contains { !$0.isEmpty } }
      }
      guard !rows.isEmpty else { continue }
      if !section.heading.isEmpty {
        if !isTop { result.append("") }
        result += wrapped(printable(section.heading), width: width)
      }
      for row in rows { result += lines(label(row), row, slice, labels) }
      isTop = false
    }
    return result
  }

  private func header(
    _ table: ReportTable, _ slice: TableSlice, _ labels: LabelColumn, title: String
  ) -> [String] {
    let margin = String(repeating: " ", count: labels.width + 2)
    var result: [String] = []
    let headings = slice.panels.map { printable(table.panels[$0].heading) }
    if headings.contains(where: { !$0.isEmpty }) {
      let line = slice.panels.indices.map { bracket(headings[$0], width: slice.width($0)) }
      result.append(margin + line.joined(separator: String(repeating: " ", count: slice.gap + 1)))
    }
    // Titles of several lines stand on the rule.
    let titles = slice.panels.indices.map { place in
      table.panels[slice.panels[place]].columns.enumerated().map { column, title in
        wrapped(printable(title), width: slice.widths[place][column])
      }
    }
    let height = titles.joined().map(\.count).max() ?? 1
    for level in (0..<height).reversed() {
      let cells = titles.map { $0.map { $0[checked: $0.count - 1 - level] ?? "" } }
      result.append(margin + slice.line(cells))
    }
    guard !title.isEmpty else { return result }
    guard labels.isBeside, displayWidth(title) <= labels.width else {
      return wrapped(title, width: width) + result
    }
    result[result.count - 1] =
      padded(title, labels.width + 2) + result[result.count - 1].dropFirst(labels.width + 2)
    return result
  }

  /// A heading in the middle of a line over its columns.
  private func bracket(_ heading: String, width: Int) -> String {
    let space = width - displayWidth(heading) - 2
    guard !heading.isEmpty, space > 1 else { return aligned(heading, width) }
    let left = String(repeating: "-", count: space / 2)
    return "\(left) \(heading) " + String(repeating: "-", count: space - space / 2)
  }

  private func lines(
    _ label: String, _ row: ReportTable.Row, _ slice: TableSlice, _ labels: LabelColumn
  ) -> [String] {
    let numbers = slice.line(slice.panels.map { row.cells(of: $0).map(printable) })
    let margin = String(repeating: " ", count: labels.width + 2)
    guard labels.isBeside else {
      return wrapped(label, width: width) + [margin + numbers]
    }
    return wrapped(label, width: labels.width).enumerated().map { position, part in
      position == 0 ? padded(part, labels.width + 2) + numbers : part
    }
  }
}
