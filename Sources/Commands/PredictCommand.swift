private import Foundation
private import Posterior
private import Reports
private import Subgroups
private import Tables
private import Trees
private import Words

/// The command `predict`.
enum PredictCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let path = invocation.operands[0] + "/fit.json"
    let settings = invocation.settings
    try checkOperands(invocation)
    let output = try invocation.settings.out.map { (out) throws(CommandError) in
      try OutputFile(
        out, inputs: invocation.operands.dropFirst() + [path], temporaries: invocation.temporaries)
    }
    let predictor = try Predictor(fit: path, settings)
    let bytes =
      if let language = settings.rules {
        Array(RuleExport(predictor.fit, predictor.run).text(language).utf8)
      } else {
        try predictor.predict(
          invocation.operands[1], threads: settings.threads, console: invocation.console)
      }
    if let output {
      try output.write(bytes)
    } else {
      try Terminal.write(String(decoding: bytes, as: UTF8.self))
    }
    return 0
  }

  /// New participants are wanted unless the rules are.
  private static func checkOperands(_ invocation: Invocation) throws(CommandError) {
    if invocation.settings.rules == nil, invocation.operands.count < 2 {
      throw .usage(
        "metamob predict needs FIT and DATA: DATA is missing; 'metamob predict --help' explains")
    }
    if invocation.settings.rules != nil, invocation.operands.count > 1 {
      throw .usage("option --rules takes no DATA; leave '\(invocation.operands[1])' out")
    }
  }
}

/// Assigns new participants to the subgroups of one run of a saved fit.
private struct Predictor {
  let fit: SavedFit
  let run: SavedRun
  /// The variables that the run's tree asks for, by their index in the fit.
  let used: [Int]
  private let settings: Settings

  init(fit path: String, _ settings: Settings) throws(CommandError) {
    self.settings = settings
    let file: InputFile
    do throws(TableError) { file = try InputFile(reading: path) } catch {
      throw CommandError(error)
    }
    do throws(SavedFitError) {
      fit = try SavedFit(data: Data(file.bytes))
      run = try fit.run(named: settings.run?.name, with: settings.interval)
    } catch {
      throw CommandError(saved: error, path)
    }
    if settings.trial != nil, run.estimator != .bayes {
      throw .data(
        "'\(path)', run \(run.name): option --trial takes the posterior of each trial's effect, which "
          + "Bayesian runs alone have")
    }
    used = Set(run.nodes.compactMap { $0.split?.variable }).sorted()
  }

  /// The input's rows, each with its subgroup's columns.
  func predict(
    _ path: String, threads: Int, console: Console
  ) throws(CommandError) -> [UInt8] {
    let text: DelimitedText
    var values: [NewValues]
    do throws(TableError) {
      text = try DelimitedText(InputFile(reading: path))
      values = try text.readNewData(
        used.map { fit.variables[$0].newVariable } + trialVariable, threads: threads)
    } catch {
      throw CommandError(error)
    }
    try checkNames(text.header, path)
    let records = text.records()
    let asksBenefit = run.effects.values.contains { $0.probabilityBenefit != nil }
    var output = records.header
    output += Array(
      (",subgroup,rule,effect,effect_low,effect_high"
        + (asksBenefit ? ",probability_benefit" : "")
        + (settings.trial == nil ? "" : ",effect_in") + "\n").utf8)
    let trials = settings.trial == nil ? nil : values.popLast()
    var missing = 0
    var unseen = 0
    for row in 0..<records.count {
      let prediction = fit.prediction(run) { value(of: $0, values, row) }
      if case .unassigned(_, let obstacle) = prediction {
        if obstacle == .missing { missing += 1 } else { unseen += 1 }
      }
      output += records[row]
      let line = cells(prediction, asksBenefit, trials.map { trial($0, row) })
      output += Array((line + "\n").utf8)
    }
    report(missing, "a missing value", console)
    report(unseen, "a level that the fit has not seen", console)
    return output
  }

  private func report(_ count: Int, _ reason: String, _ console: Console) {
    guard count > 0 else { return }
    console.warn(
      "\(counted(count, "row")) left without a subgroup because of \(reason) on the path")
  }

  /// The added columns must not repeat names of the input.
  private func checkNames(_ header: [String], _ path: String) throws(CommandError) {
    let added =
      [
        "subgroup", "rule", "effect", "effect_low", "effect_high", "probability_benefit",
      ] + (settings.trial == nil ? [] : ["effect_in"])
    if let name = header.first(where: added.contains) {
      throw .data(
        "file '\(path)' has a column '\(name)' already, which predict adds; rename it there")
    }
  }

  private func value(of variable: Int, _ values: [NewValues], _ row: Int) -> PredictorValue {
    guard let place = used.firstIndex(of: variable) else { return .missing }
    switch values[place] {
    case .numeric(let numbers): return .number(numbers[row])
    case .levels(let codes) where codes[row] == Column.missingCode: return .missing
    case .levels(let codes) where codes[row] == NewValues.unseenCode: return .unseen
    case .levels(let codes): return .level(Int(codes[row]))
    }
  }

  /// The trials that the run has effects of, in byte order.
  private var trialNames: [String] { run.effects.values.first?.trials.keys.sorted() ?? [] }

  private var trialVariable: [NewVariable] {
    settings.trial.map { [NewVariable(name: $0, kind: .levels(trialNames))] } ?? []
  }

  /// The trial of a row, nil where it is none of the fit's.
  private func trial(_ values: NewValues, _ row: Int) -> String? {
    guard case .levels(let codes) = values, codes[row] >= 0 else { return nil }
    return trialNames[Int(codes[row])]
  }

  /// The added cells of a row; `trial` is the row's, where that is asked for.
  private func cells(
    _ prediction: Prediction, _ asksBenefit: Bool, _ trial: String??
  ) -> String {
    guard case .subgroup(let node, let effect) = prediction else {
      return ",,,,," + (asksBenefit ? "," : "") + (trial == nil ? "" : ",")
    }
    var shown = effect.predicted(settings.interval)
    var place = ""
    if let trial {
      let found = effect.predicted(inTrial: trial)
      shown = found.effect
      place = found.isKnown ? ",trial" : ",new trial"
    }
    let numbers =
      [shown.estimate, shown.interval?.lower, shown.interval?.upper]
      + (asksBenefit ? [effect.probabilityBenefit] : [])
    return ",\(node.id),\(csvCell(node.rule)),"
      + numbers.map { $0.map(NumberText.shortestDecimal) ?? "" }.joined(separator: ",") + place
  }
}

extension SplitVariable {
  fileprivate var newVariable: NewVariable {
    switch kind {
    case .numeric: NewVariable(name: name, kind: .numeric)
    default: NewVariable(name: name, kind: .levels(levels))
    }
  }
}
