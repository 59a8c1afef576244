/// The long names of all options, without the leading `--`.
package enum OptionName: String, CaseIterable, Sendable {
  case arms
  case reference
  case ordered
  case subgroups
  case weights
  case family
  case method
  case estimator
  case correlated
  case heterogeneity
  case poolEffects = "pool-effects"
  case quadraturePoints = "quadrature-points"
  case testParameters = "test-parameters"
  case alpha
  case noBonferroni = "no-bonferroni"
  case minSize = "min-size"
  case maxDepth = "max-depth"
  case minArm = "min-arm"
  case minTrial = "min-trial"
  case trim
  case categorical
  case ordinal
  case breakpoints
  case vcov
  case ties
  case prune
  case permutations
  case start
  case tolerance
  case maxIterations = "max-iterations"
  case fallback
  case measure
  case priors
  case muPrior = "mu-prior"
  case tauPrior = "tau-prior"
  case sampler
  case resample
  case replicates
  case honest
  case trials
  case chains
  case warmup
  case draws
  case seed
  case targetAccept = "target-accept"
  case maxTreedepth = "max-treedepth"
  case treeDraws = "tree-draws"
  case sensitivity
  case loo
  case crossValidate = "cross-validate"
  case allowUnconverged = "allow-unconverged"
  case benefit
  case mcid
  case level
  case interval
  case trial
  case rules
  case run
  case extend
  case data
  case out
  case force
  case format
  case width
  case height
  case yLimits = "y-limits"
  case palette
  case fontSize = "font-size"
  case title
  case label
  case node
  case variable
  case stability
  case threads
  case quiet
  case timing
  case help

  /// The option as it is typed.
  package var typed: String { "--\(rawValue)" }

  /// The key of the option's setting in `call.control` of a fit document.
  package var key: String { rawValue.replacing("-", with: "_") }
}

/// The headings under which help lists the options, in their order.
package enum OptionGroup: String, CaseIterable, Sendable {
  /// What is read from the data file.
  case data = "Data"
  /// What is estimated, and how.
  case model = "Model"
  /// Tests, splits and stopping rules.
  case growth = "Growth of the tree"
  /// The alternation of tree and trial effects.
  case alternation = "Alternation of tree and trial effects"
  /// Priors, sampler and chains.
  case sampling = "Priors and sampling"
  /// Which parts of the participants an analysis is done again on.
  case resampling = "Resampling"
  /// What is reported of each effect.
  case effects = "Effects"
  /// Where results go.
  case output = "Output"
  /// How a figure looks.
  case figure = "Figure"
  /// How the program behaves while it works.
  case running = "Running"
}

/// The value of an option, given or by default.
package enum OptionValue: Sendable, Equatable {
  /// Whether a switch is on.
  case flag(Bool)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// A word, a name or a path.
  case text(String)
  /// Several values.
  case list([OptionValue])
}

/// One row of the table of options: all that parser, help, completions and documents need to know.
package struct Option: Sendable {
  /// The long name.
  package let name: OptionName
  /// The heading under which help lists it.
  package let group: OptionGroup
  /// The commands that have it.
  package let commands: [CommandName]
  /// What stands for its value in help; nil for a switch.
  package let metavar: String?
  /// What its value may be.
  package let validity: Validity
  /// Its value where it is not given; nil where that depends on the data or is nothing.
  package let value: OptionValue?
  /// How help words a default that `value` does not say.
  package let fallback: String?
  /// Whether it may be given several times, each time with one more value.
  package let repeats: Bool
  /// Whether it is a setting of the analysis, so that fit documents record it.
  package let recorded: Bool
  /// One sentence for help.
  package let help: String

  init(
    _ name: OptionName, _ group: OptionGroup, in commands: [CommandName], metavar: String? = nil,
    _ validity: Validity = .flag, value: OptionValue? = nil, fallback: String? = nil,
    repeats: Bool = false, recorded: Bool = true, help: String
  ) {
    self.name = name
    self.group = group
    self.commands = commands
    self.metavar = metavar ?? validity.choices.map { $0.joined(separator: "|") }
    self.validity = validity
    self.value = validity == .flag ? .flag(false) : value
    self.fallback = fallback
    self.repeats = repeats
    self.recorded = recorded
    self.help = help
  }

  /// The default as help shows it, nil where there is none to show.
  package var shownDefault: String? {
    if let fallback { return fallback }
    return switch value {
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .text(let text): text
    case .flag, .list, nil: nil
    }
  }
}
