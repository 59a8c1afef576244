import Drawing
import Reports

/// A section of a report, the same for HTML and Markdown.
struct ReportSection: Sendable {
  /// The fragment by which it is linked to.
  let id: String
  let title: String
  var parts: [Part]

  init(_ id: String, _ title: String, _ parts: [Part]) {
    (self.id, self.title, self.parts) = (id, title, parts)
  }

  /// A part of a section.
  enum Part: Sendable {
    /// Text or a table.
    case block(ReportBlock)
    /// The heading of what follows.
    case subheading(String)
    /// A figure.
    case figure(ReportFigure)
    /// The details of the nodes of trees, one shown at a time where scripts run.
    case nodes([NodePanel])
    /// What only few want to see, folded under its title.
    case more(String, [Part])
  }
}

/// A figure with what a reader needs to make it again.
struct ReportFigure: Sendable {
  /// The prefix of all ids within.
  let id: String
  let page: Page
  /// The words of the command line that draw the figure, without the fit folder: `tree`, or `trace --run …`.
  let call: String
  /// Whether nodes in it lead to their details.
  var isNavigation = false
}

/// The details of one node of a tree.
struct NodePanel: Sendable {
  /// The fragment by which nodes of the tree figure lead here.
  let id: String
  let title: String
  let parts: [ReportSection.Part]
}
