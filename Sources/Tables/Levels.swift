/// The position of a level that a user named, nil where there is none.
///
/// A number is found under its shortest decimal, however it was written.
public func levelIndex(_ name: String, in levels: [String]) -> Int? {
  if let index = levels.firstIndex(of: name) { return index }
  guard let number = NumberText.parse(name) else { return nil }
  return levels.firstIndex(of: NumberText.shortestDecimal(number))
}

/// Whether a text stands before another in the order of their UTF-8 bytes.
public func precedesInBytes(_ a: String, _ b: String) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}

extension Column {
  /// The column as levels: numbers stand in numeric order, labelled by their shortest decimals.
  public var asLevels: (codes: [Int32], levels: [String]) {
    switch self {
    case .nominal(let codes, let levels), .ordered(let codes, let levels):
      return (codes, levels)
    case .numeric(let values):
      let distinct = Set(values.lazy.filter { !$0.isNaN }).sorted()
      let codeOf = Dictionary(uniqueKeysWithValues: zip(distinct, Int32(0)...))
      let codes = values.map { codeOf[$0] ?? Column.missingCode }
      return (codes, distinct.map(NumberText.shortestDecimal))
    }
  }
}

/// The distinct contents of a column over all chunks, as texts.
struct MergedLevels {
  /// One distinct text.
  struct Level {
    var text: String
    /// The number that the text is, if it is one.
    var number: Double?
    /// Where it first stands.
    var first: Cell
    /// The number of cells.
    var cells: Int
  }

  /// The texts in order of appearance.
  private(set) var levels: [Level] = []
  /// For each chunk, the index of each of its contents among the texts.
  private(set) var maps: [[Int32]] = []

  /// Joins the tables of the chunks; fails at the first content that is not valid UTF-8.
  init(_ tables: [LevelTable], scanner: RecordScanner) throws(RowFault) {
    var indices: [String: Int32] = [:]
    for table in tables {
      var map: [Int32] = []
      for entry in table.entries {
        guard let text = scanner.text(entry.cell) else {
          throw RowFault(position: entry.low, fault: .invalidEncoding)
        }
        if let index = indices[text] {
          map.append(index)
          levels[Int(index)].cells += entry.cells
          // Texts that are equal to the eye (composed and decomposed letters) are one level.
          if precedesInBytes(text, levels[Int(index)].text) { levels[Int(index)].text = text }
        } else {
          let index = Int32(levels.count)
          indices[text] = index
          map.append(index)
          levels.append(
            Level(
              text: text, number: NumberText.parse(text), first: entry.cell, cells: entry.cells))
        }
      }
      maps.append(map)
    }
  }

  /// The first text that is not a number, where more than half of the values are numbers.
  var textAmongNumbers: Level? {
    let numbers = levels.reduce(0) { $0 + ($1.number == nil ? 0 : $1.cells) }
    let all = levels.reduce(0) { $0 + $1.cells }
    guard 2 * numbers > all else { return nil }
    return levels.first { $0.number == nil }
  }

  /// The labels in level order, and the place of each text among them.
  ///
  /// Whole numbers of 2⁵³ and beyond stay texts: as doubles, two identifiers may be one number.
  func ordered(asTexts: Bool) -> (labels: [String], ranks: [Int32]) {
    let numbers = levels.compactMap(\.number).filter { abs($0) < 0x1p53 }
    if !asTexts, numbers.count == levels.count {
      let distinct = Set(numbers).sorted()
      let rank = Dictionary(uniqueKeysWithValues: zip(distinct, Int32(0)...))
      return (distinct.map(NumberText.shortestDecimal), numbers.map { rank[$0] ?? 0 })
    }
    let order = levels.indices.sorted { precedesInBytes(levels[$0].text, levels[$1].text) }
    var ranks = [Int32](repeating: 0, count: levels.count)
    for (rank, index) in order.enumerated() { ranks[index] = Int32(rank) }
    return (order.map { levels[$0].text }, ranks)
  }
}
