import Designs
import Subgroups
import Trees

/// The arm sizes of a trial among the used rows.
struct ArmSizes: Equatable {
  let trial: String
  var reference = 0
  var active = 0
}

extension Design {
  /// The arm sizes of each trial, in level order.
  var armSizes: [ArmSizes] {
    var sizes = trials.map { ArmSizes(trial: $0) }
    for (trial, arm) in zip(trial, arm) {
      if arm == 0 {
        sizes[Int(trial)].reference += 1
      } else {
        sizes[Int(trial)].active += 1
      }
    }
    return sizes
  }

  /// The number of rows of each trial among some rows.
  func trialSizes(_ rows: [Int32]) -> [Int] {
    var sizes = [Int](repeating: 0, count: trials.count)
    for row in rows { sizes[Int(trial[Int(row)])] += 1 }
    return sizes
  }
}

extension Analysis {
  /// The warnings of design and analysis, each once, in the order in which they came up.
  var allWarnings: [String] {
    var seen: Set<String> = []
    return (design.warnings + warnings).filter { seen.insert($0).inserted }
  }
}

extension SplitVariable {
  /// The kind as a word.
  var kindWord: String {
    switch kind {
    case .numeric: "numeric"
    case .nominal: "nominal"
    case .ordered: "ordered"
    }
  }
}

extension ScoreParameter {
  /// What the parameter is, in words.
  func words(trials: [String]) -> String {
    switch self {
    case .intercept: "intercept"
    case .trialIntercept(let trial, _): "intercept of \(trials[Int(trial)])"
    case .effect: "treatment effect"
    }
  }
}
