import Trees

/// The value of a partitioning variable for a new participant.
public enum PredictorValue: Sendable, Equatable {
  /// A number.
  case number(Double)
  /// An index into the variable's levels.
  case level(Int)
  /// A level that the data of the fit do not have.
  case unseen
  /// No value.
  case missing
}

/// What a saved tree says of a new participant.
public enum Prediction: Sendable, Equatable {
  /// Why a participant belongs to no subgroup.
  public enum Obstacle: Sendable, Equatable {
    /// The variable has no value.
    case missing
    /// The variable's level does not occur in the data of the node that is split by it.
    case unseenLevel
  }

  /// The leaf, with its effect.
  case subgroup(SavedNode, SavedEffect)
  /// The variable on the participant's path that cannot be followed.
  case unassigned(variable: String, Obstacle)
}

extension SavedFit {
  /// The subgroup of a new participant in a run of this fit.
  ///
  /// `value` is asked for the variables on the participant's path only, by their index.
  public func prediction(
    _ run: SavedRun, value: (_ variable: Int) -> PredictorValue
  ) -> Prediction {
    var current = run.nodes[0]
    while let split = current.split {
      let variable = variables[split.variable]
      let place: SplitValue
      switch value(split.variable) {
      case .missing: return .unassigned(variable: variable.name, .missing)
      case .number(let number) where number.isNaN:
        return .unassigned(variable: variable.name, .missing)
      case .number(let number): place = .number(number)
      case .unseen: return .unassigned(variable: variable.name, .unseenLevel)
      case .level(let level): place = .level(level)
      }
      guard let child = split.child(for: place),
        let next = run.nodes.first(where: { $0.id == current.children[child] })
      else { return .unassigned(variable: variable.name, .unseenLevel) }
      current = next
    }
    let none = SavedEffect(estimate: nil, interval: nil, probabilityBenefit: nil)
    return .subgroup(current, run.effects[current.id] ?? none)
  }
}
