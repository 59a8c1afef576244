import Trees

extension RuleExport {
  // MARK: SQL

  /// A `CASE` expression whose value is the node's id; missing values must be null.
  var sql: String {
    let comment = source.map { "-- \($0)\n" }.joined()
    return comment
      + expression(1, indent: 0) { split, conditions, children, pad in
        let inner = zip(conditions, children).map { "\(pad)  WHEN \($0) THEN \($1)" }
        return (["CASE"] + inner + ["\(pad)END"]).joined(separator: "\n")
      } condition: { split in
        let name = "\"" + fit.variables[split.variable].name.replacing("\"", with: "\"\"") + "\""
        guard case .numeric(_, let breakpoint) = split else {
          return (levels(split) ?? []).map { group in
            "\(name) IN (\(group.map { sqlLevel($0, of: split.variable) }.joined(separator: ", ")))"
          }
        }
        return ["\(name) <= \(breakpoint)", "\(name) > \(breakpoint)"]
      } + "\n"
  }

  /// Levels that are numbers, as all of the variable are, stand as numbers.
  private func sqlLevel(_ level: String, of variable: Int) -> String {
    fit.variables[variable].levels.allSatisfy { Double($0) != nil }
      ? level : "'" + level.replacing("'", with: "''") + "'"
  }

  // MARK: R

  /// A function of a data frame that gives the node's id for each row.
  var rScript: String {
    let comment = source.map { "# \($0)\n" }.joined()
    let body = expression(1, indent: 2) { split, conditions, children, pad in
      guard case .numeric = split else {
        let parts = zip(conditions, children).map { "\(pad)  ifelse(\($0), \($1)," }
        return (parts + ["\(pad)  NA_integer_" + String(repeating: ")", count: children.count)])
          .joined(separator: "\n").trimmingPrefix { $0 == " " }.description
      }
      return "ifelse(\(conditions[0]),\n\(pad)  \(children[0]),\n\(pad)  \(children[1]))"
    } condition: { split in
      let column = "data[[\(quotedText(fit.variables[split.variable].name))]]"
      guard case .numeric(_, let breakpoint) = split else {
        return (levels(split) ?? []).map { group in
          "as.character(\(column)) %in% c(\(group.map(quotedText).joined(separator: ", ")))"
        }
      }
      return ["\(column) <= \(breakpoint)"]
    }
    let value = leaves.count == 1 ? "rep(\(body), nrow(data))" : body
    return comment + "subgroup <- function(data) {\n  \(value)\n}\n"
  }

  // MARK: Python

  /// A function of a row, a mapping from column to value, that gives the node's id or `None`.
  var pythonScript: String {
    let comment = source.map { "# \($0)\n" }.joined()
    return comment + Self.pythonHelpers + "\n\ndef subgroup(row):\n" + pythonNode(1, indent: 4)
  }

  private static let pythonHelpers = """
    MISSING = (None, "", "NA", "NaN", ".")


    def _number(value):
        if value in MISSING:
            return None
        value = float(value)
        return None if value != value else value


    def _level(value):
        if value in MISSING or value != value:
            return None
        if isinstance(value, float) and value == int(value):
            value = int(value)
        return str(value)


    """

  private func pythonNode(_ id: Int, indent: Int) -> String {
    let pad = String(repeating: " ", count: indent)
    guard let node = node(id), let split = node.split else { return "\(pad)return \(id)\n" }
    let name = quotedText(fit.variables[split.variable].name)
    let children = node.children.map { pythonNode($0, indent: indent + 4) }
    guard case .numeric(_, let breakpoint) = split else {
      let groups = zip(levels(split) ?? [], children).map { group, child in
        let list = group.map(quotedText).joined(separator: ", ")
        return "\(pad)if value in (\(list),):\n\(child)"
      }
      return "\(pad)value = _level(row.get(\(name)))\n" + groups.joined() + "\(pad)return None\n"
    }
    return
      "\(pad)value = _number(row.get(\(name)))\n\(pad)if value is None:\n\(pad)    return None\n"
      + "\(pad)if value <= \(breakpoint):\n\(children[0])\(dedented(children[1]))"
  }

  /// A block without one step of its indentation: what stands after a `return` needs no `else`.
  private func dedented(_ block: String) -> String {
    block.split(separator: "\n").map { "\($0.dropFirst(4))\n" }.joined()
  }

  // MARK: Parts

  /// The expression of a node and of those below it.
  private func expression(
    _ id: Int, indent: Int,
    _ choice: (Split, _ conditions: [String], _ children: [String], _ pad: String) -> String,
    condition: (Split) -> [String]
  ) -> String {
    guard let node = node(id), let split = node.split else { return "\(id)" }
    let children = node.children.map {
      expression($0, indent: indent + 2, choice, condition: condition)
    }
    return choice(split, condition(split), children, String(repeating: " ", count: indent))
  }

  /// A text in double quotes, as R and Python read it.
  private func quotedText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
