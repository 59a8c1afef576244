private import Inference
private import JSON
private import Reports

/// What `priors` can be asked for.
package enum PriorAction: String, CaseIterable, Sendable {
  /// The sets that ship with the program.
  case list
  /// One set, and what it says.
  case show
  /// A figure of one set.
  case plot
}

/// The command `priors`.
enum PriorsCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let word = invocation.operands[0]
    guard let action = PriorAction(rawValue: word) else {
      let words = PriorAction.allCases.map(\.rawValue)
      let hint = nearest(to: word, among: words).map { "did you mean \($0)?" }
      throw .usage(
        "metamob priors: '\(word)' is not list, show or plot"
          + (hint.map { "; \($0)" } ?? "; metamob priors show NAME shows a set"))
    }
    if action != .plot, invocation.settings.out != nil {
      throw .usage("option --out belongs to metamob priors plot; \(word) prints to standard output")
    }
    guard action != .list else {
      guard invocation.operands.count == 1 else {
        throw .usage(
          "unexpected argument '\(invocation.operands[1])'; metamob priors show NAME "
            + "shows a set")
      }
      try list(invocation.settings.format)
      return 0
    }
    guard invocation.operands.count == 2 else {
      throw .usage(
        "metamob priors \(word) needs NAME|FILE: 'metamob priors list' has the names of all sets")
    }
    let set = try AnalysisInput.priors(invocation.operands[1])
    switch action {
    case .plot: try plot(set, invocation)
    case .show, .list: try show(set, invocation.settings.format)
    }
    return 0
  }

  private static func list(_ format: Settings.Format) throws(CommandError) {
    do {
      var sets: [PriorSet] = []
      for name in PriorSet.single { sets.append(try .shipped(named: name)) }
      let tables = try PriorSet.tables()
      switch format {
      case .text, .markdown: try Terminal.write(try ReportContent(sets, tables), as: format)
      case .json: try Terminal.write(try PriorListDocument(sets, tables).json.text())
      }
    } catch {
      throw CommandError(error)
    }
  }

  private static func show(
    _ set: PriorSet, _ format: Settings.Format
  ) throws(CommandError) {
    do {
      switch format {
      case .text, .markdown: try Terminal.write(ReportContent(set), as: format)
      case .json: try Terminal.write(try PriorSetDocument(set).json.text())
      }
    } catch {
      throw CommandError(error)
    }
  }

  private static func plot(_ set: PriorSet, _ invocation: Invocation) throws(CommandError) {
    guard let path = invocation.settings.out else {
      throw .usage("metamob priors plot needs --out FILE.svg")
    }
    guard path.lowercased().hasSuffix(".svg") else {
      throw .usage(
        "option --out: '\(path)' does not end in .svg; figures of priors are written as SVG")
    }
    let file = try OutputFile(
      path, inputs: [invocation.operands[1]], temporaries: invocation.temporaries)
    try file.write(Array(PriorFigure(set).svg.utf8))
  }
}
