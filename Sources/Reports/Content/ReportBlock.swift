/// What a report says, as a list of blocks; a renderer turns it into text, and knows no statistics.
public struct ReportContent: Sendable, Equatable {
  /// The blocks in order.
  public var blocks: [ReportBlock]

  /// A report of blocks.
  public init(blocks: [ReportBlock] = []) {
    self.blocks = blocks
  }
}

/// One block of a report.
public enum ReportBlock: Sendable, Equatable {
  /// The title of the whole.
  case title(String)
  /// The heading of a section.
  case heading(String)
  /// The heading of a part of a section.
  case subheading(String)
  /// Facts with their names.
  case facts([Fact])
  /// Running text.
  case paragraph(String)
  /// Remarks on the block before.
  case notes([String])
  /// A list of sentences.
  case list([String])
  /// A table.
  case table(ReportTable)
  /// Trees that belong beside one another.
  case trees([TreeDrawing])

  /// A fact with its name.
  public struct Fact: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The fact, one text a line.
    public let lines: [String]

    /// A fact with its name.
    public init(_ name: String, _ lines: [String]) {
      self.name = name
      self.lines = lines
    }
  }
}

/// A table: rows with a label each, columns in panels.
///
/// Where a medium is too narrow for all panels, they stand below one another, each with the labels.
public struct ReportTable: Sendable, Equatable {
  /// Columns that belong together.
  public struct Panel: Sendable, Equatable {
    /// What they have in common, empty for nothing.
    public let heading: String
    /// The columns' titles.
    public let columns: [String]

    /// Columns under a common heading.
    public init(_ heading: String, _ columns: [String]) {
      self.heading = heading
      self.columns = columns
    }
  }

  /// One row.
  public struct Row: Sendable, Equatable {
    /// What the row is about.
    public let label: String
    /// A short form of the label, for where the table goes on.
    public let key: String
    /// One list of cells for each panel; an empty list, or none, stands for a panel that has nothing here.
    public let cells: [[String]]

    /// A row with its cells by panel; without a key the label stands throughout.
    public init(_ label: String, key: String? = nil, _ cells: [[String]]) {
      self.label = label
      self.key = key ?? label
      self.cells = cells
    }

    /// The cells of a panel; none where it has nothing here.
    func cells(of panel: Int) -> [String] { cells[checked: panel] ?? [] }
  }

  /// Rows under a common heading.
  public struct Section: Sendable, Equatable {
    /// The heading, empty for none.
    public let heading: String
    /// The rows.
    public let rows: [Row]

    /// Rows under a common heading.
    public init(_ heading: String, _ rows: [Row]) {
      self.heading = heading
      self.rows = rows
    }
  }

  /// The title of the column of labels.
  public let labelTitle: String
  /// The panels.
  public let panels: [Panel]
  /// The sections.
  public let sections: [Section]

  /// A table of sections; those without rows are left out.
  public init(labelTitle: String, panels: [Panel], sections: [Section]) {
    self.labelTitle = labelTitle
    self.panels = panels
    self.sections = sections.filter { !$0.rows.isEmpty }
  }

  /// All rows.
  var rows: [Row] { sections.flatMap(\.rows) }
}

/// A tree as it is drawn: a line a node.
public struct TreeDrawing: Sendable, Equatable {
  /// One node.
  public struct Line: Sendable, Equatable {
    /// The depth, 0 for the root.
    public let depth: Int
    /// The node's id.
    public let node: Int
    /// The condition that leads to the node from its parent; `root` for the root.
    public let condition: String
    /// One cell a column.
    public let cells: [String]
    /// A mark of the node's split, explained under the tree; empty for none.
    public let mark: String

    /// A node of a drawn tree.
    public init(depth: Int, node: Int, condition: String, cells: [String], mark: String) {
      self.depth = depth
      self.node = node
      self.condition = condition
      self.cells = cells
      self.mark = mark
    }
  }

  /// The title.
  public let title: String
  /// The columns' titles.
  public let columns: [String]
  /// The nodes in pre-order.
  public let lines: [Line]

  /// A tree of lines.
  public init(title: String, columns: [String], lines: [Line]) {
    self.title = title
    self.columns = columns
    self.lines = lines
  }
}
