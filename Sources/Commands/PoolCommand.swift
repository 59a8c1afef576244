private import Designs
private import Inference
private import JSON
private import Pooling
private import Reports
private import Subgroups
private import Tables
private import Words

/// The command `pool`.
enum PoolCommand {
  /// Runs the command and returns its exit code.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let settings = invocation.settings
    let file = shownFile(invocation.operands[0])
    let data: PoolingData
    do {
      let formula = try PoolingFormula(parsing: invocation.operands[1])
      let text = try DelimitedText(InputFile(reading: invocation.operands[0]))
      let options = DesignOptions(
        arms: settings.arms, reference: settings.reference, orders: settings.ordered,
        subgroups: settings.subgroups, family: settings.family)
      data = try PoolingData(
        text, formula: formula, options: options, threads: settings.threads)
    } catch {
      throw CommandError(error)
    }
    if case .participants(let design) = data, design.family == .binomial,
      !design.covariates.columns.isEmpty, settings.measure != .oddsRatio
    {
      throw .usage(
        "option --measure \(settings.measure.rawValue): adjusted for covariates there is the odds "
          + "ratio alone; leave the covariates out of the formula")
    }
    let priors = try PoolingPriorChoice(invocation, data)
    let analysis: PoolingAnalysis
    do throws(PoolingFailure) {
      analysis = try PoolingAnalysis(
        data, measure: settings.measure, level: settings.level, priors: priors.priors)
    } catch {
      throw CommandError(error, of: file, study: data.studyName)
    }
    for warning in analysis.warnings { invocation.console.warn(warning) }
    try write(analysis, invocation)
    return 0
  }

  private static func write(
    _ analysis: PoolingAnalysis, _ invocation: Invocation
  ) throws(CommandError) {
    let file = invocation.operands[0]
    switch invocation.settings.format {
    case .text, .markdown:
      try Terminal.write(
        ReportContent(analysis, file: file), as: invocation.settings.format)
    case .json:
      let document = PoolingDocument(
        analysis, version: Help.version, data: file, formula: invocation.operands[1])
      do {
        try Terminal.write(try document.json.text())
      } catch {
        throw CommandError(error)
      }
    }
  }
}
