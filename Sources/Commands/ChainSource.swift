import Posterior
import Reports
private import Tables
private import Words

/// Where the chains are: draws files, or the run of a saved fit.
struct ChainSource {
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
    let (run, chains) = try savedDocument(path) { (document) throws(SavedFitError) in
      let fit = try SavedFit(document)
      let run = try fit.run(named: choice?.name)
      return (run, try SavedChains(document, run: fit.runs.firstIndex(of: run) ?? 0))
    }
    guard let chains, let names = chains.files, !names.isEmpty else {
      throw .data(
        "'\(path)': the run \(run.name) has no draws files; fit with --estimator bayes and --out, "
          + "or choose another run with --run")
    }
    return chains
  }

  /// What the fit says of the chains.
  func chains(orWithout path: String, _ run: String) throws(CommandError) -> SavedChains {
    guard let fit else { throw .data("'\(path)': the run \(run) has no chains") }
    return fit.chains
  }

  /// The draws, checked against the fit that they belong to.
  func read() throws(CommandError) -> DrawsFile.Contents {
    var texts: [(name: String, text: [UInt8])] = []
    let contents: DrawsFile.Contents
    if let fit, let missing = files.first(where: { kind(of: $0) == .nothing }) {
      throw .noInput(
        "\(shownFile(missing)): no such file, and '\(fit.folder)/fit.json' names it among "
          + "\(counted(files.count, "chain")); put it back, or fit again with --out and --force")
    }
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
