private import Foundation
private import JSON
private import Posterior
private import Reports
private import Tables
private import Threads
private import Words

/// The command `diagnose`.
enum DiagnoseCommand {
  /// Runs the command; returns 3 where chains have not converged and that was not allowed, else 0.
  static func run(_ invocation: Invocation) throws(CommandError) -> Int32 {
    let settings = invocation.settings
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
    return diagnosis.converged || settings.allowsUnconverged ? 0 : 3
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

/// Where the chains are: draws files, or the run of a saved fit.
private struct ChainSource {
  /// The draws files, one a chain.
  let files: [String]
  /// The saved fit that they belong to.
  let fit: Diagnosis.Origin?

  init(_ operands: [String], choice: RunChoice?) throws(CommandError) {
    if let folder = operands.first(where: { kind(of: $0) == .folder }) {
      guard operands.count == 1 else {
        throw .usage(
          "'\(folder)' is a folder; give one fit folder alone, or draws files alone")
      }
      let chains = try Self.chains(of: folder, choice: choice)
      files = (chains.files ?? []).map { "\(folder)/\($0)" }
      fit = Diagnosis.Origin(folder: folder, chains: chains)
    } else {
      if choice != nil {
        throw .usage("option --run chooses a run of a fit folder; draws files have none")
      }
      if let document = operands.first(where: { $0 == "fit.json" || $0.hasSuffix("/fit.json") }) {
        throw .usage("'\(document)' is the document of a fit; give the fit folder that it is in")
      }
      files = operands
      fit = nil
    }
  }

  private static func chains(
    of folder: String, choice: RunChoice?
  ) throws(CommandError) -> SavedChains {
    let path = "\(folder)/fit.json"
    let file: InputFile
    do throws(TableError) { file = try InputFile(reading: path) } catch {
      throw CommandError(error)
    }
    let run: SavedRun
    let chains: SavedChains?
    do throws(SavedFitError) {
      guard let document = try? JSONValue(data: Data(file.bytes)) else {
        throw .notJSON(reason: "the file is not JSON, or was cut off")
      }
      let fit = try SavedFit(document)
      run = try fit.run(named: choice?.name)
      chains = try SavedChains(document, run: fit.runs.firstIndex(of: run) ?? 0)
    } catch {
      throw CommandError(saved: error, path)
    }
    guard let chains, let names = chains.files, !names.isEmpty else {
      throw .data(
        "'\(path)': the run \(run.name) has no draws files; fit with --estimator bayes and --out, "
          + "or choose another run with --run")
    }
    return chains
  }

  func read() throws(CommandError) -> DrawsFile.Contents {
    var texts: [(name: String, text: [UInt8])] = []
    let contents: DrawsFile.Contents
    do throws(TableError) {
      for file in files { texts.append((file, try InputFile(reading: file).bytes)) }
    } catch {
      throw CommandError(error)
    }
    do throws(DrawsFileError) { contents = try DrawsFile.read(texts) } catch {
      throw CommandError(error)
    }
    try checkAgainstFit(contents)
    return contents
  }

  /// Draws files in a fit folder must be those of the fit.
  private func checkAgainstFit(_ contents: DrawsFile.Contents) throws(CommandError) {
    guard let fit else { return }
    let remedy = "the draws are not those of this fit; fit again with --out and --force"
    let draws = contents.draws
    guard draws.iterations == fit.chains.draws else {
      throw .data(
        "\(shownFile(files[0])) has \(counted(draws.iterations, "draw")), and "
          + "'\(fit.folder)/fit.json' says \(fit.chains.draws): \(remedy)")
    }
    for node in fit.chains.nodes where node.verdict == nil {
      let name = "effect_\(node.id)"
      guard draws.index(of: name) != nil else {
        throw .data("\(shownFile(files[0])) has no column \(quoted(name)): \(remedy)")
      }
    }
  }
}
