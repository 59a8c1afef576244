private import Calibration
private import Figures

/// The commands of the program; the raw values are the words on the command line.
package enum CommandName: String, CaseIterable, Sendable {
  /// Per-trial table of the data.
  case describe
  /// One tree with its subgroup effects.
  case fit
  /// The same data by REML and by MCMC, side by side.
  case compare
  /// Convergence of a saved fit's chains, or of any draws files.
  case diagnose
  /// Subgroups and effects of new participants.
  case predict
  /// A figure of a saved fit.
  case plot
  /// The whole tree procedure on parts of the participants.
  case stability
  /// A report of a saved fit.
  case report
  /// Simulation-based calibration of the samplers.
  case calibrate
  /// Two-stage meta-analysis.
  case pool
  /// The sets of priors.
  case priors
  /// A completion script for a shell.
  case completions

  /// One line that says what the command does.
  package var summary: String {
    switch self {
    case .describe: "the data trial by trial: arms, variables, missing values"
    case .fit: "grow one tree and estimate its subgroup effects, by REML, ML or MCMC"
    case .compare: "the same data by REML and MCMC: trees and effects side by side"
    case .diagnose: "convergence of the chains of a saved fit, or of any draws files"
    case .predict: "subgroups and effects of new participants from a saved fit"
    case .plot: "one figure of a saved fit as SVG, PDF or PNG"
    case .stability: "how far to trust a tree: grow it on halves, correct effects for the search"
    case .report: "a report of a saved fit that clinicians can read: one HTML file, or Markdown"
    case .calibrate: "simulation-based calibration of the samplers: do they draw what they claim?"
    case .pool: "two-stage meta-analysis: Bayes by exact quadrature beside REML, DL and PM"
    case .priors: "the sets of priors: list them, show what one says, plot it"
    case .completions: "print a completion script for bash, zsh or fish"
    }
  }

  /// The arguments, in order; all must be given but for the optional ones.
  package var operands: [Operand] {
    switch self {
    case .describe, .fit, .compare, .stability: [.data, .formula]
    case .diagnose: [.chains]
    case .predict: [.fitFolder, .newData]
    case .plot: [.figureKind, .figureSource]
    case .report: [.fitFolder]
    case .calibrate: [.scenario]
    case .pool: [.pooledData, .poolingFormula]
    case .priors: [.priorAction, .priorSet]
    case .completions: [.shell]
    }
  }

  /// Whether the last argument may be followed by more of its kind.
  package var takesMore: Bool { self == .diagnose }

  /// The number of arguments that must be given.
  package var neededOperands: Int { operands.count { !$0.isOptional } }

  /// The words of the arguments in a usage line.
  var usage: String {
    operands.map { $0.isOptional ? "[\($0.word)]" : $0.word }.joined(separator: " ")
      + (takesMore ? " ..." : "")
  }

  /// Calls that show how the command is used.
  package var examples: [String] {
    let formula = "'rmdq ~ treatment | trial | age + sex + rmdq_0'"
    return switch self {
    case .describe: ["metamob describe data.csv \(formula)"]
    case .fit:
      [
        "metamob fit data.csv \(formula) --out fit",
        "metamob fit data.csv 'rmdq ~ treatment | trial' --subgroups sex",
      ]
    case .compare:
      [
        "metamob compare data.csv \(formula)",
        "metamob compare data.csv \(formula) \\\n    --benefit lower --mcid 2 --out fit",
      ]
    case .diagnose:
      [
        "metamob diagnose fit",
        "metamob diagnose fit --extend",
        "metamob diagnose chain-1.csv chain-2.csv chain-3.csv chain-4.csv",
      ]
    case .predict:
      [
        "metamob predict fit new.csv --out predicted.csv",
        "metamob predict fit new.csv --run metamob-si:reml",
        "metamob predict fit --rules python --out rules.py",
      ]
    case .stability:
      [
        "metamob stability data.csv \(formula) \\\n    --estimator reml --honest",
        "metamob stability data.csv \(formula) \\\n    --replicates 500 --out stability",
      ]
    case .plot:
      [
        "metamob plot tree fit --out tree.pdf",
        "metamob plot forest fit --out forest.svg --label 'rmdq_0=RMDQ at baseline'",
        "metamob plot process fit --node 2 --out process.png",
        "metamob plot stability stability --out stability.svg",
      ]
    case .report:
      [
        "metamob report fit",
        "metamob report fit --out report.html",
        "metamob report fit --stability stability",
        "metamob report fit --format markdown > report.md",
      ]
    case .calibrate:
      [
        "metamob calibrate gaussian-ri-3 --sampler gibbs --replicates 200",
        "metamob calibrate --out calibration",
      ]
    case .pool:
      [
        "metamob pool estimates.csv 'estimate ~ se | study' --tau-prior half-normal:0.5",
        "metamob pool counts.csv 'events | n ~ arm | study' --measure RR",
        "metamob pool data.csv 'rmdq ~ treatment + rmdq_0 | trial' --subgroups sex",
      ]
    case .priors:
      [
        "metamob priors list",
        "metamob priors show turner-pain-drug-control",
        "metamob priors plot half-normal-0.5 --out prior.svg",
      ]
    case .completions:
      [
        "source <(metamob completions bash)",
        "metamob completions fish > ~/.config/fish/completions/metamob.fish",
      ]
    }
  }
}

/// An argument that is known by its place, not by a name.
package enum Operand: Sendable {
  /// The data file of an analysis.
  case data
  /// The three-part formula.
  case formula
  /// The kind of a figure.
  case figureKind
  /// The folder of a saved fit, or of a stability analysis.
  case figureSource
  /// The folder of a saved fit.
  case fitFolder
  /// The folder of a saved fit, or draws files.
  case chains
  /// The data file of a prediction.
  case newData
  /// The name of a calibration's scenario.
  case scenario
  /// The data file of a two-stage meta-analysis.
  case pooledData
  /// The formula of a two-stage meta-analysis.
  case poolingFormula
  /// What to do with prior sets.
  case priorAction
  /// The name of a prior set, or its file.
  case priorSet
  /// The name of a shell.
  case shell

  /// The word that stands for the argument in usage lines.
  package var word: String {
    switch self {
    case .data, .newData, .pooledData: "DATA"
    case .formula, .poolingFormula: "FORMULA"
    case .figureKind: "KIND"
    case .fitFolder, .figureSource: "FIT"
    case .chains: "FIT|FILE"
    case .scenario: "SCENARIO"
    case .priorAction: PriorAction.allCases.map(\.rawValue).joined(separator: "|")
    case .priorSet: "NAME|FILE"
    case .shell: "SHELL"
    }
  }

  /// Whether the argument may be left out.
  package var isOptional: Bool { self == .scenario || self == .priorSet || self == .newData }

  /// What the argument is.
  package var help: String {
    switch self {
    case .data: "a CSV or TSV file with one row a participant; - is standard input"
    case .formula:
      "'outcome ~ treatment [+ covariate ...] | trial | z1 + z2 + ...': the third part names the "
        + "variables that may split the tree (. for all others); factor(x) and ordered(x) change "
        + "how a column is read; an unusual name stands in backticks"
    case .figureKind:
      FigureKind.allCases.map { "\($0.rawValue): \($0.words)" }.joined(separator: "; ")
    case .fitFolder: "a folder that fit or compare wrote with --out"
    case .figureSource:
      "a folder that fit or compare wrote with --out; for stability one that stability wrote, its "
        + "stability.json, or a fit folder in which it has written a folder of that name"
    case .chains:
      "a folder that fit or compare wrote with --out; or draws files, one a chain, in CmdStan's "
        + "format or plain CSV with a line of names: columns that end in __ are the sampler's"
    case .newData:
      "a CSV or TSV file with the variables of the tree; - is standard input; outcome, treatment "
        + "and trial are not needed; left out with --rules"
    case .scenario:
      "the one to run, of those that the options leave; without it all of them: "
        + Scenario.all.map(\.name).joined(separator: ", ")
    case .pooledData:
      "a CSV or TSV file with one row a study, a study's arm, or a participant; - is standard input"
    case .poolingFormula:
      "'estimate ~ se | study' for estimates with standard errors; 'events | n ~ treatment | study' "
        + "for counts, one row an arm; 'outcome ~ treatment [+ covariate ...] | trial' for "
        + "participants, whose trials are analysed one by one"
    case .priorAction:
      "the sets that ship with the program; one of them, and what it says of the trials; or the "
        + "density of its tau1 as a figure"
    case .priorSet: "for show and plot: a set of priors by name, or a JSON file"
    case .shell: "bash, zsh or fish"
    }
  }
}

/// The shells that completion scripts are written for.
package enum Shell: String, CaseIterable, Sendable {
  /// The Bourne-again shell.
  case bash
  /// The Z shell.
  case zsh
  /// The friendly interactive shell.
  case fish
}
