/// The levels of a column in ascending order: the value of `--ordered`.
public struct LevelOrder: Sendable, Equatable {
  /// The column's name.
  public let column: String
  /// Its levels, ascending.
  public let levels: [String]

  /// An order of levels.
  public init(column: String, levels: [String]) {
    self.column = column
    self.levels = levels
  }

  /// Parses `column=low<mid<high`; names with `=`, `<`, a comma or spaces at an end are quoted as
  /// in CSV.
  public init(parsing text: String) throws(DesignError) {
    func fault(_ problem: String) -> DesignError {
      DesignError(.option(name: "--ordered", value: text, problem: problem))
    }
    guard let sides = quotedItems(text, separator: "=", atMost: 2) else {
      throw fault("a quotation mark is out of place")
    }
    guard sides.count == 2, !sides[0].text.isEmpty else {
      throw fault("there is no column before an equals sign")
    }
    guard let items = quotedItems(sides[1].source, separator: "<") else {
      throw fault("a quotation mark is out of place")
    }
    if let item = items.first(where: { !$0.isQuoted && $0.text.contains(",") }) {
      throw fault("\(item.text) has a comma")
    }
    let levels = items.map(\.text)
    guard levels.count > 1 else { throw fault("an order has two levels or more") }
    guard !levels.contains("") else { throw fault("a level is empty") }
    guard Set(levels).count == levels.count else { throw fault("a level stands twice") }
    self.init(column: sides[0].text, levels: levels)
  }
}

/// The two arms that are compared: the value of `--arms`.
public struct ArmPair: Sendable, Equatable {
  /// The two levels of the treatment.
  public let levels: [String]

  /// Two different levels.
  public init(_ first: String, _ second: String) {
    levels = [first, second]
  }

  /// Parses `A,B`; a level with a comma is quoted as in CSV.
  public init(parsing text: String) throws(DesignError) {
    let items = quotedItems(text, separator: ",")?.map(\.text) ?? []
    guard items.count == 2, !items.contains("") else {
      throw DesignError(
        .option(name: "--arms", value: text, problem: "two levels of the treatment are needed"))
    }
    guard items[0] != items[1] else {
      throw DesignError(
        .option(name: "--arms", value: text, problem: "the two arms are the same"))
    }
    self.init(items[0], items[1])
  }
}

/// What shapes a design beside formula and data.
public struct DesignOptions: Sendable, Equatable {
  /// The two arms to keep of a trial with more (`--arms`).
  public var arms: ArmPair?
  /// The control arm (`--reference`).
  public var reference: String?
  /// Orders of levels, one a column (`--ordered`).
  public var orders: [LevelOrder]
  /// The column of pre-specified subgroups (`--subgroups`).
  public var subgroups: String?
  /// The family of the outcome; nil to tell it from the outcome (`--family`).
  public var family: Family?
  /// The number of trials with both arms that the method needs; 1 for one that ignores trials.
  public var neededTrials: Int
  /// The column of case weights (`--weights`).
  public var weights: String?

  /// Whether trials are analysed one by one, so that no variables for a tree are needed.
  public var isTwoStage = false

  /// Options; by default all is told from the data.
  public init(
    arms: ArmPair? = nil, reference: String? = nil, orders: [LevelOrder] = [],
    subgroups: String? = nil, family: Family? = nil, neededTrials: Int = 2,
    weights: String? = nil
  ) {
    self.arms = arms
    self.reference = reference
    self.orders = orders
    self.subgroups = subgroups
    self.family = family
    self.neededTrials = neededTrials
    self.weights = weights
  }
}

/// One item of a list in an option's value.
private struct QuotedItem {
  /// The item as it is written.
  var source = ""
  /// The item without quotation marks and the spaces around it.
  var text = ""
  var isQuoted = false
}

/// The items of a list, in quotation marks or plain; nil where a quotation mark is out of place.
///
/// The last of `atMost` items has all the rest, separators too, in its source.
private func quotedItems(
  _ text: String, separator: Character, atMost: Int = .max
) -> [QuotedItem]? {
  var items: [QuotedItem] = []
  var rest = Substring(text)
  while true {
    if items.count + 1 == atMost {
      items.append(QuotedItem(source: String(rest), text: String(rest)))
      return items
    }
    guard let (item, next) = firstItem(of: rest, separator) else { return nil }
    items.append(item)
    guard let next else { return items }
    rest = next
  }
}

/// The first item, and what follows its separator; nil where a quotation mark is out of place.
private func firstItem(
  of text: Substring, _ separator: Character
) -> (QuotedItem, rest: Substring?)? {
  let trimmed = text.drop { $0 == " " }
  guard trimmed.first == "\"" else {
    let source = trimmed.prefix { $0 != separator }
    guard !source.contains("\"") else { return nil }
    var plain = source
    while plain.last == " " { plain.removeLast() }
    let item = QuotedItem(source: String(source), text: String(plain))
    return (item, source.endIndex < text.endIndex ? trimmed[source.endIndex...].dropFirst() : nil)
  }
  var item = QuotedItem(isQuoted: true)
  var rest = trimmed.dropFirst()
  while let mark = rest.firstIndex(of: "\"") {
    item.text += rest[..<mark]
    rest = rest[mark...].dropFirst()
    if rest.first == "\"" {
      item.text += "\""
      rest = rest.dropFirst()
      continue
    }
    item.source = String(trimmed[..<rest.startIndex])
    rest = rest.drop { $0 == " " }
    if rest.isEmpty { return (item, nil) }
    return rest.first == separator ? (item, rest.dropFirst()) : nil
  }
  return nil
}
