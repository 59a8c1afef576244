import Posterior
import Sensitivity
import Subgroups
import Words

/// A prior of the grid, a parameter and the conclusion in the words of reports.
extension HeterogeneityParameter {
  /// The symbol.
  var symbol: String { self == .tau0 ? "τ0" : "τ1" }
}

extension PriorGrid.Entry {
  /// The form and what the median is multiplied by: `half-normal ×½`.
  var name: String { "\(shape.rawValue) \(multiple)".unbroken }

  /// What the median is multiplied by: `×½`.
  var multiple: String { factor == 0.5 ? "×½" : "×\(NumberStyle.significant(factor))" }
}

extension PriorSensitivity {
  /// The most changes that the sentence names.
  private static let mostNamed = 3

  /// Whether the conclusion holds, in one sentence; without a tree that grows again where `isPrespecified`.
  func sentence(isPrespecified: Bool) -> String {
    let priors = "\(counted(conclusion.done, "prior")) of \(parameter.symbol)"
    guard conclusion.done > 0 else {
      return "No prior of the grid gave a fit: the conclusion could not be checked."
    }
    guard !conclusion.holds else {
      let intervals =
        (conclusion.done == 1 ? "under the \(priors)" : "under all \(priors)")
        + ": every interval of an effect or a difference lies where the reported one does, below, "
        + "above or across zero"
      return "The conclusion holds \(intervals)"
        + (isPrespecified ? "." : ", and the same tree grows.")
    }
    var parts = conclusion.changes.prefix(Self.mostNamed).map { change in
      "\(words(change)) under \(names(change.refits))"
    }
    let more = conclusion.changes.count - parts.count
    if more > 0 {
      parts.append(
        "so it is with \(counted(more, "further effect or difference", "further effects or differences"))"
      )
    }
    if !conclusion.otherTrees.isEmpty {
      parts.append("another tree grows under \(names(conclusion.otherTrees))")
    }
    return "The conclusion hangs on the prior of \(parameter.symbol): "
      + parts.joined(separator: "; ") + "."
  }

  private func words(_ change: SensitivityConclusion.Change) -> String {
    let quantity =
      change.nodes.count == 1
      ? "the effect in [\(change.nodes[0])]"
      : "the difference \(change.nodes.map { "[\($0)]" }.joined(separator: " minus "))"
    return switch change.reported {
    case .across: "\(quantity), whose interval holds zero, is clear of zero"
    case .below, .above: "\(quantity), clear of zero as reported, is not"
    }
  }

  private func names(_ places: [Int]) -> String {
    let names = places.map { refits[$0].entry.name }.joined(separator: ", ")
    return "\(places.count) of \(counted(conclusion.done, "prior")) (\(names))"
  }
}

extension ScaledQuantity {
  /// The quantity in words.
  var words: String {
    switch self {
    case .effect(let node): "effect in [\(node)]"
    case .newTrial(let node): "effect in [\(node)], new trial"
    case .difference(let nodes): nodes.map { "[\($0)]" }.joined(separator: " minus ")
    case .tau1(let node): "τ1" + (node.map { " in [\($0)]" } ?? "")
    case .tau0(let node): "τ0" + (node.map { " in [\($0)]" } ?? "")
    }
  }
}

extension PowerScalingVerdict {
  /// The verdict in a table.
  var word: String {
    switch self {
    case .none: NumberStyle.absent
    case .conflict: "conflict"
    case .weakLikelihood: "prior"
    }
  }
}
