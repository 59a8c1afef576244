private import Calibration
private import Figures
private import Subgroups

/// Completion scripts for shells, made from the table of options.
package enum Completions {
  /// What can stand for the value of an option, or for an operand.
  enum Candidates: Equatable {
    /// One of a few words.
    case words([String])
    /// The path of a file.
    case files
    /// The path of a folder.
    case folders
    /// Something that a shell cannot know.
    case unknown
  }

  /// The script that makes a shell complete `metamob`.
  package static func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bashScript
    case .zsh: zshScript
    case .fish: fishScript
    }
  }

  /// What can stand for the value of an option.
  static func candidates(for option: Option) -> Candidates {
    switch (option.name, option.validity) {
    case (.out, _): option.metavar == "DIR" ? .folders : .files
    case (.priors, _), (.data, _), (.stability, _): .files
    case (_, .choice(let words)): .words(words)
    case (_, .run):
      .words(
        Subgroups.Method.allCases.flatMap { method in
          [method.rawValue]
            + Estimator.allCases.map { "\(method.rawValue):\($0.rawValue)" }
        })
    default: .unknown
    }
  }

  /// What can stand for an operand.
  static func candidates(for operand: Operand) -> Candidates {
    switch operand {
    case .data, .newData, .pooledData, .chains, .priorSet, .figureSource: .files
    case .figureKind: .words(FigureKind.allCases.map(\.rawValue))
    case .fitFolder: .folders
    case .scenario: .words(Scenario.all.map(\.name))
    case .priorAction: .words(PriorAction.allCases.map(\.rawValue))
    case .shell: .words(Shell.allCases.map(\.rawValue))
    case .formula, .poolingFormula: .unknown
    }
  }
}
