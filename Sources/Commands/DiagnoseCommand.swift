private import JSON
private import Posterior
private import Reports
private import Threads
private import Words

/// The command `diagnose`.
enum DiagnoseCommand {
  /// Runs the command; returns 3 where chains have not converged and that was not allowed, else 0.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let settings = invocation.settings
    let isExtended = settings.extend ? try FitExtension(invocation).run() : true
    let source = try ChainSource(invocation.operands, choice: settings.run)
    let contents = try source.read()
    let figures = figures(contents, threads: settings.threads)
    let diagnosis = Diagnosis(
      files: source.files, figures: figures, fit: source.fit,
      warnings: warnings(contents, figures, files: source.files))
    for warning in diagnosis.warnings { invocation.console.warn(warning) }
    switch settings.format {
    case .text, .markdown:
      try Terminal.write(ReportContent(diagnosis), as: settings.format)
    case .json:
      do {
        try Terminal.write(try DiagnosisDocument(diagnosis).json.text())
      } catch {
        throw CommandError(error)
      }
    }
    return diagnosis.converged && isExtended || settings.allowsUnconverged ? 0 : 3
  }

  private static func figures(_ contents: DrawsFile.Contents, threads: Int) -> ChainsDiagnosis {
    let draws = contents.draws
    let summariser = Summariser(chains: draws.chains, iterations: draws.iterations, level: 0.95)
    let parameters = concurrentMap(count: draws.names.count, threads: threads) { variable in
      summariser.diagnostics(
        of: ChainValues(draws, variable: variable), name: draws.names[variable])
    }
    return ChainsDiagnosis(contents, parameters: parameters)
  }

  /// What the user should know and what does not make the chains unconverged.
  private static func warnings(
    _ contents: DrawsFile.Contents, _ figures: ChainsDiagnosis, files: [String]
  ) -> [String] {
    var warnings: [String] = []
    for (file, header) in zip(files, contents.headers) {
      guard let expected = header.expectedDraws, expected != contents.draws.iterations else {
        continue
      }
      warnings.append(
        "\(shownFile(file)): its header promises \(counted(expected, "draw")), and "
          + "\(contents.draws.iterations) are there; was the run cut short?")
    }
    if contents.draws.chains == 1 {
      warnings.append(
        "one chain alone cannot show that it has missed a part of the posterior; run at least four")
    }
    let hits = figures.chains.reduce(0) { $0 + ($1.maxTreeDepthHits ?? 0) }
    if hits > 0 {
      warnings.append(
        "\(counted(hits, "transition")) reached the largest tree depth, which costs time but is no "
          + "error; a larger one (--max-treedepth, max_treedepth in Stan) may help")
    }
    return warnings
  }
}
