private import CrossValidation
private import Designs
private import Drawing
private import Evidence
private import Figures
private import FoundationEssentials
private import Inference
private import MixedModels
private import Pooling
private import Reports
private import Stability
private import Subgroups
private import Trees

extension Settings {
  /// The settings that parsed options mean, with the table's defaults, checked against one another.
  ///
  /// Where commands differ in a default it is that of `command`; what it has no option for is as in
  /// the first command that does.
  package init(
    _ parsed: ParsedArguments, of command: CommandName = .fit
  ) throws(CommandError) {
    let options = Lookup(given: parsed.values, command: command)
    arms = options.texts(.arms).map { ArmPair($0[0], $0[1]) }
    reference = options.text(.reference)
    ordered = options.all(.ordered).compactMap { try? LevelOrder(parsing: $0) }
    subgroups = options.text(.subgroups)
    weights = options.text(.weights)
    family = options.text(.family).flatMap { Family(rawValue: $0) }
    methods = options.methods
    estimator = options.word(.estimator)
    correlated = options.flag(.correlated)
    heterogeneity = options.word(.heterogeneity)
    poolEffects = options.flag(.poolEffects)
    quadraturePoints = options.required(.quadraturePoints, options.integer)
    testParameters = options.word(.testParameters)
    alpha = options.required(.alpha, options.number)
    bonferroni = !options.flag(.noBonferroni)
    minSize = options.integer(.minSize)
    maxDepth = options.integer(.maxDepth)
    minArm = options.required(.minArm, options.integer)
    minTrial = options.required(.minTrial, options.integer)
    trim = options.required(.trim, options.number)
    categorical = options.word(.categorical)
    ordinal = options.word(.ordinal)
    breakpoints = options.word(.breakpoints)
    vcov = options.word(.vcov)
    ties = options.word(.ties)
    prune = options.word(.prune)
    start = options.word(.start)
    tolerance = options.required(.tolerance, options.number)
    maxIterations = options.required(.maxIterations, options.integer)
    fallback = options.word(.fallback)
    measure = options.word(.measure)
    muPrior = try options.text(.muPrior).map(Self.muPrior)
    tauPrior = try options.text(.tauPrior).map(Self.tauPrior)
    priors = options.required(.priors, options.text)
    sampler = options.text(.sampler).flatMap { SamplerChoice(rawValue: $0) } ?? .auto
    replicates = options.required(.replicates, options.integer)
    permutations = options.required(.permutations, options.integer)
    resampling = options.word(.resample)
    honest = options.flag(.honest)
    trials = options.integer(.trials)
    chains = options.required(.chains, options.integer)
    warmup = options.required(.warmup, options.integer)
    draws = options.required(.draws, options.integer)
    seed = UInt64(options.required(.seed, options.integer))
    targetAccept = options.required(.targetAccept, options.number)
    maxTreedepth = options.required(.maxTreedepth, options.integer)
    treeDraws = options.required(.treeDraws, options.integer)
    sensitivity = options.flag(.sensitivity)
    loo = options.word(.loo)
    crossValidation = options.text(.crossValidate).flatMap { FoldChoice($0) } ?? .off
    allowsUnconverged = options.flag(.allowUnconverged)
    benefit = options.text(.benefit).flatMap { Benefit(rawValue: $0) }
    mcid = options.number(.mcid)
    level = options.required(.level, options.number)
    interval = options.text(.interval).flatMap { PredictedInterval(rawValue: $0) }
    trial = options.text(.trial)
    rules = options.text(.rules).flatMap { RuleLanguage(rawValue: $0) }
    run = options.text(.run).flatMap { RunChoice($0) }
    extend = options.flag(.extend)
    data = options.text(.data)
    figure = FigureOptions()
    out = options.text(.out)
    force = options.flag(.force)
    format = options.text(.format).flatMap { Format(rawValue: $0) } ?? .text
    stabilities = options.all(.stability)
    reportFormat = options.text(.format).flatMap { ReportFormat(rawValue: $0) } ?? .html
    threads = options.integer(.threads) ?? ProcessInfo.processInfo.activeProcessorCount
    quiet = options.flag(.quiet)
    timing = options.flag(.timing)
    figure = try figureOptions(options)
    try checkTogether(command)
  }

  private func figureOptions(_ options: Lookup) throws(CommandError) -> FigureOptions {
    var figure = FigureOptions()
    figure.width = options.number(.width)
    figure.height = options.number(.height)
    figure.limits = options.numbers(.yLimits).map { $0[0]...$0[1] }
    figure.palette = options.word(.palette)
    figure.fontSize = options.required(.fontSize, options.number)
    figure.title = options.text(.title)
    figure.node = options.integer(.node)
    figure.variable = options.text(.variable)
    figure.run = run?.name
    for label in options.all(.label) {
      let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let column = String(parts[0])
      guard figure.labels[column] == nil else {
        throw .usage("option --label: column '\(column)' is given twice")
      }
      figure.labels[column] = String(parts[1])
    }
    return figure
  }

  private static func muPrior(_ text: String) throws(CommandError) -> CoefficientPrior.Normal {
    do throws(PriorError) {
      return try PriorText.coefficient(text, source: OptionName.muPrior.typed)
    } catch {
      throw CommandError(prior: error, of: .muPrior)
    }
  }

  private static func tauPrior(_ text: String) throws(CommandError) -> HeterogeneityChoice {
    do throws(PriorError) {
      let prior = try PriorText.heterogeneity(text, source: OptionName.tauPrior.typed)
      return prior.map { .proper($0) } ?? .flat
    } catch {
      throw CommandError(prior: error, of: .tauPrior)
    }
  }

  /// Refuses options that make no sense together.
  private func checkTogether(_ command: CommandName) throws(CommandError) {
    if sensitivity, command == .fit, estimator != .bayes {
      throw .usage(
        "option --sensitivity needs --estimator bayes: a fit by \(estimator.rawValue.uppercased()) has "
          + "no priors")
    }
    if mcid != nil, benefit == nil {
      throw .usage("option --mcid needs --benefit lower or --benefit higher")
    }
    if poolEffects, heterogeneity != .shared {
      throw .usage("option --pool-effects needs --heterogeneity shared")
    }
    if treeDraws > chains * draws {
      throw .usage(
        "option --tree-draws: \(treeDraws) trees need as many draws, and \(chains) chains of "
          + "\(draws) have \(chains * draws)")
    }
    if permutations > 0, 1 / Double(permutations + 1) > alpha {
      throw .usage(
        "option --permutations: the smallest p-value of \(permutations) is 1/\(permutations + 1), above "
          + "--alpha \(alpha); use more")
    }
    if trial != nil, interval != nil {
      throw .usage(
        "option --trial gives each participant the interval of a trial; leave --interval out")
    }
    if data != nil, !extend { throw .usage("option --data needs --extend") }
    let columns = ordered.map(\.column)
    if let twice = columns.enumerated().first(where: { columns[..<$0.offset].contains($0.element) })
    {
      throw .usage("option --ordered: column '\(twice.element)' is given twice")
    }
  }
}

/// Typed access to the value of each option: the last one given, else the default of the table.
private struct Lookup {
  let given: [OptionName: [OptionValue]]
  let command: CommandName

  private func value(_ name: OptionName) -> OptionValue? {
    if let given = given[name]?.last { return given }
    // Settings hold every option: those that a command has not, or leaves to its data, are as elsewhere.
    return OptionTable.option(name, of: command)?.value
      ?? OptionTable.rows.first { $0.name == name && $0.value != nil }?.value
  }

  func flag(_ name: OptionName) -> Bool { value(name) == .flag(true) }

  func integer(_ name: OptionName) -> Int? {
    if case .integer(let number) = value(name) { number } else { nil }
  }

  func number(_ name: OptionName) -> Double? {
    if case .number(let number) = value(name) { number } else { nil }
  }

  func text(_ name: OptionName) -> String? {
    if case .text(let text) = value(name) { text } else { nil }
  }

  /// One method, or several.
  var methods: [Subgroups.Method] {
    let words = texts(.method) ?? [text(.method)].compactMap(\.self)
    return words.compactMap { Subgroups.Method(rawValue: $0) }
  }

  /// The items of a value that is a list.
  func texts(_ name: OptionName) -> [String]? {
    guard case .list(let items) = value(name) else { return nil }
    return items.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// The numbers of a value that is a list.
  func numbers(_ name: OptionName) -> [Double]? {
    guard case .list(let items) = value(name) else { return nil }
    return items.compactMap { if case .number(let number) = $0 { number } else { nil } }
  }

  /// All values of an option that may be repeated.
  func all(_ name: OptionName) -> [String] {
    (given[name] ?? []).compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// A value that the table gives a default for.
  func required<Value>(_ name: OptionName, _ read: (OptionName) -> Value?) -> Value {
    guard let value = read(name) else { preconditionFailure("\(name.typed) has no default") }
    return value
  }

  /// A word of a closed set, of which the table's choices are the raw values.
  func word<Word: RawRepresentable<String>>(_ name: OptionName) -> Word {
    required(name) { text($0).flatMap { Word(rawValue: $0) } }
  }
}
