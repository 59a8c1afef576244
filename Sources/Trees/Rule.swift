/// The path to a node in words.
public struct Rule: Sendable, Equatable, CustomStringConvertible {
  /// What a condition asks of a variable's value.
  public enum Requirement: Sendable, Equatable {
    /// At most a number.
    case atMost(Double)
    /// More than a number.
    case above(Double)
    /// At most an ordered level, by index.
    case levelAtMost(Int)
    /// Above an ordered level, by index.
    case levelAbove(Int)
    /// One of some levels, by index.
    case among([Int])
  }

  /// One condition of a rule.
  public struct Condition: Sendable, Equatable, CustomStringConvertible {
    /// The variable.
    public let variable: SplitVariable
    /// What is asked of its value.
    public let requirement: Requirement

    /// The condition as `x <= 9`, `o > mid` or `g in {a, b}`; names and levels stand as they are.
    public var description: String {
      switch requirement {
      case .atMost(let value): "\(variable.name) <= \(shortestDecimal(value))"
      case .above(let value): "\(variable.name) > \(shortestDecimal(value))"
      case .levelAtMost(let level): "\(variable.name) <= \(variable.levels[level])"
      case .levelAbove(let level): "\(variable.name) > \(variable.levels[level])"
      case .among(let levels):
        "\(variable.name) in {\(levels.map { variable.levels[$0] }.joined(separator: ", "))}"
      }
    }
  }

  /// The conditions in the order of the path; none for the root.
  public let conditions: [Condition]

  /// The conditions joined by ` & `, empty for the root.
  public var description: String {
    conditions.map(\.description).joined(separator: " & ")
  }
}

extension Tree {
  /// The rule of a node; of conditions that one implies the other the tighter stands alone.
  ///
  /// `variables` are the split variables of the design.
  public func rule(of id: Int, variables: [SplitVariable]) -> Rule {
    let path = path(to: id)
    var steps: [(variable: Int, requirement: Rule.Requirement)] = []
    for (node, next) in zip(path, path.dropFirst()) {
      guard let split = node.split, let child = node.children.firstIndex(of: next.id)
      else { continue }
      steps.append((split.variable, split.requirement(child: child)))
    }
    let kept = steps.indices.filter { place in
      !steps.indices.contains { other in
        other != place && steps[other].variable == steps[place].variable
          && steps[other].requirement.implies(steps[place].requirement)
          && (other > place || !steps[place].requirement.implies(steps[other].requirement))
      }
    }
    return Rule(
      conditions: kept.map { place in
        Rule.Condition(
          variable: variables[steps[place].variable], requirement: steps[place].requirement)
      })
  }
}

extension Split {
  /// The condition that leads to a child, by its position among the children.
  public func condition(child: Int, variables: [SplitVariable]) -> Rule.Condition {
    Rule.Condition(variable: variables[variable], requirement: requirement(child: child))
  }

  /// What the split asks of the members of a child.
  fileprivate func requirement(child: Int) -> Rule.Requirement {
    switch self {
    case .numeric(_, let breakpoint): child == 0 ? .atMost(breakpoint) : .above(breakpoint)
    case .ordered(_, let level): child == 0 ? .levelAtMost(level) : .levelAbove(level)
    case .nominal(_, let groups): .among(groups[child])
    }
  }
}

extension Rule.Requirement {
  /// Whether every value that meets this requirement meets the other.
  fileprivate func implies(_ other: Rule.Requirement) -> Bool {
    switch (self, other) {
    case (.atMost(let value), .atMost(let bound)): value <= bound
    case (.above(let value), .above(let bound)): value >= bound
    case (.levelAtMost(let level), .levelAtMost(let bound)): level <= bound
    case (.levelAbove(let level), .levelAbove(let bound)): level >= bound
    case (.among(let levels), .among(let bound)): Set(levels).isSubset(of: bound)
    default: false
    }
  }
}

/// The shortest decimal that reads back as the number: `9`, `0.279`, `-3.5`, `1e+20`.
func shortestDecimal(_ value: Double) -> String {
  let text = (value + 0).description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
