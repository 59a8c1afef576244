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
    let output = try invocation.settings.out.map { (out) throws(CommandError) in
      try OutputFile(
        out, inputs: [invocation.operands[1], path], temporaries: invocation.temporaries)
    }
    let predictor = try Predictor(fit: path, choice: invocation.settings.run)
    let bytes = try predictor.predict(
      invocation.operands[1], threads: invocation.settings.threads, console: invocation.console)
    if let output {
      try output.write(bytes)
    } else {
      try Terminal.write(String(decoding: bytes, as: UTF8.self))
    }
    return 0
  }
}

/// Assigns new participants to the subgroups of one run of a saved fit.
private struct Predictor {
  let fit: SavedFit
  let run: SavedRun
  /// The variables that the run's tree asks for, by their index in the fit.
  let used: [Int]

  init(fit path: String, choice: RunChoice?) throws(CommandError) {
    let file: InputFile
    do throws(TableError) { file = try InputFile(reading: path) } catch {
      throw CommandError(error)
    }
    do throws(SavedFitError) {
      fit = try SavedFit(data: Data(file.bytes))
      run = try fit.run(named: choice?.name)
    } catch {
      throw CommandError(saved: error, path)
    }
    used = Set(run.nodes.compactMap { $0.split?.variable }).sorted()
  }

  /// The input's rows, each with its subgroup's columns.
  func predict(
    _ path: String, threads: Int, console: Console
  ) throws(CommandError) -> [UInt8] {
    let text: DelimitedText
    let values: [NewValues]
    do throws(TableError) {
      text = try DelimitedText(InputFile(reading: path))
      values = try text.readNewData(used.map { fit.variables[$0].newVariable }, threads: threads)
    } catch {
      throw CommandError(error)
    }
    try checkNames(text.header, path)
    let records = text.records()
    let asksBenefit = run.effects.values.contains { $0.probabilityBenefit != nil }
    var output = records.header
    output += Array(
      (",subgroup,rule,effect,effect_low,effect_high"
        + (asksBenefit ? ",probability_benefit" : "") + "\n").utf8)
    var missing = 0
    var unseen = 0
    for row in 0..<records.count {
      let prediction = fit.prediction(run) { value(of: $0, values, row) }
      if case .unassigned(_, let obstacle) = prediction {
        if obstacle == .missing { missing += 1 } else { unseen += 1 }
      }
      output += records[row]
      output += Array((cells(prediction, asksBenefit) + "\n").utf8)
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
    let added = [
      "subgroup", "rule", "effect", "effect_low", "effect_high", "probability_benefit",
    ]
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

  private func cells(_ prediction: Prediction, _ asksBenefit: Bool) -> String {
    guard case .subgroup(let node, let effect) = prediction else {
      return asksBenefit ? ",,,,,," : ",,,,,"
    }
    let numbers =
      [effect.estimate, effect.interval?.lower, effect.interval?.upper]
      + (asksBenefit ? [effect.probabilityBenefit] : [])
    return ",\(node.id),\(csvCell(node.rule)),"
      + numbers.map { $0.map(NumberText.shortestDecimal) ?? "" }.joined(separator: ",")
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
