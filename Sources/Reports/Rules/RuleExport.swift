public import JSON
import Posterior
import Subgroups
import Trees

/// The form in which the rules of a saved tree are written.
public enum RuleLanguage: String, Sendable, Equatable, CaseIterable {
  /// One line a subgroup.
  case text
  /// A document.
  case json
  /// A `CASE` expression.
  case sql
  /// A function of a data frame.
  case r
  /// A function of a row.
  case python
}

/// The rules of a saved tree: the same assignment as `predict` makes, for other programs.
///
/// In every form a participant with a missing value on the path, or with a level that the data of the node
/// lack, has no subgroup: null, `NA`, `None`.
public struct RuleExport: Sendable {
  /// The name and version of the layout of the document.
  public static let schema = "metamob.rules/1"

  let fit: SavedFit
  let run: SavedRun

  /// The rules of a run.
  public init(_ fit: SavedFit, _ run: SavedRun) {
    self.fit = fit
    self.run = run
  }

  /// The leaves, in node order.
  var leaves: [SavedNode] { run.nodes.filter { $0.split == nil } }

  func node(_ id: Int) -> SavedNode? { run.nodes.first { $0.id == id } }

  /// The level labels that go to each child of a split on levels; nil for a numeric one.
  func levels(_ split: Split) -> [[String]]? {
    let labels = fit.variables[split.variable].levels
    return switch split {
    case .numeric: nil
    case .ordered(_, let level):
      [Array(labels[...level]), Array(labels[(level + 1)...])]
    case .nominal(_, let groups): groups.map { $0.map { labels[$0] } }
    }
  }

  /// Where the rules come from, one line of a comment each.
  var source: [String] {
    [
      "subgroups of \(oneLine(fit.formula)) by \(run.name)",
      "a missing value on the path, or a level that its node has not seen, gives no subgroup",
    ]
  }

  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The rules as text, without `json`, which is a document.
  public func text(_ language: RuleLanguage) -> String {
    switch language {
    case .text: plain
    case .json: (try? json.text()) ?? ""
    case .sql: sql
    case .r: rScript
    case .python: pythonScript
    }
  }

  private var plain: String {
    leaves.map { leaf in
      let rule = leaf.rule.isEmpty ? "all participants" : leaf.rule
      return "subgroup \(leaf.id): \(rule)\n"
    }.joined()
  }

  /// The rules as a document.
  public var json: JSONValue {
    [
      "schema": .string(Self.schema), "formula": .string(fit.formula), "run": .string(run.name),
      "level": JSONValue(fit.level),
      "variables": .array(
        used.map { variable in
          ["name": .string(fit.variables[variable].name), "kind": .string(kind(variable))]
        }),
      "nodes": .array(
        run.nodes.map { node in
          [
            "id": JSONValue(node.id), "rule": .string(node.rule),
            "split": node.split.map { split($0, node.children) } ?? nil,
          ]
        }),
      "subgroups": .array(
        leaves.map { leaf in
          let effect = run.effects[leaf.id]
          return [
            "node": JSONValue(leaf.id), "rule": .string(leaf.rule),
            "effect": JSONValue(effect?.estimate),
            "ci": effect?.interval.map { [JSONValue($0.lower), JSONValue($0.upper)] } ?? nil,
          ]
        }),
    ]
  }

  private var used: [Int] { Set(run.nodes.compactMap { $0.split?.variable }).sorted() }

  private func kind(_ variable: Int) -> String { fit.variables[variable].kindWord }

  private func split(_ split: Split, _ children: [Int]) -> JSONValue {
    var members: [String: JSONValue] = [
      "variable": .string(fit.variables[split.variable].name),
      "children": .array(children.map { JSONValue($0) }),
    ]
    if case .numeric(_, let breakpoint) = split { members["breakpoint"] = JSONValue(breakpoint) }
    if let levels = levels(split) {
      members["levels"] = .array(levels.map { .array($0.map(JSONValue.string)) })
    }
    return .object(members)
  }
}
