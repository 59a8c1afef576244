import Posterior
import Reports
private import Words

extension CommandError {
  /// What is wrong with a saved fit.
  init(saved error: SavedFitError, _ path: String) {
    switch error {
    case .notJSON(let reason): self = .data("'\(path)': \(reason)")
    case .invalid(let key, let problem): self = .data("'\(path)', \(key): \(problem)")
    case .noInterval(let interval, let run, let known):
      self = .data(Self.noInterval(interval, run, known, path))
    case .unknownRun(let name, let known):
      self = .data(
        "'\(path)' has no run '\(name)'; it has \(known.joined(separator: " and "))")
    }
  }

  private static func noInterval(
    _ interval: PredictedInterval, _ run: String, _ known: [String], _ path: String
  ) -> String {
    let what =
      switch interval {
      case .confidence: "no confidence interval: that takes a run by REML or ML"
      case .posterior: "no posterior interval: that takes a Bayesian run"
      case .newTrial: "no interval of a new trial: its method has no random treatment effect"
      }
    return "'\(path)', run \(run): it has \(what); the fit has \(known.joined(separator: " and "))"
  }

  /// What is wrong with draws files: the place, the fault, and what would mend it.
  init(_ error: DrawsFileError) {
    switch error {
    case .duplicateColumn, .unnamedColumn, .raggedRow, .notANumber: self = .data(Self.cell(error))
    case .otherColumns, .otherLength, .severalChains: self = .data(Self.chains(error))
    default: self = .data(Self.file(error))
    }
  }

  /// Faults of a whole file.
  private static func file(_ error: DrawsFileError) -> String {
    switch error {
    case .notText(let file):
      "\(shownFile(file)): this is not text; draws files are CSV, as CmdStan writes them"
    case .empty(let file):
      "\(shownFile(file)): the file is empty; let the sampler finish, or leave it out"
    case .noNames(let file):
      "\(shownFile(file)): the first line holds numbers; it must name the columns"
    case .noParameters(let file):
      "\(shownFile(file)): there is no column of a parameter; draws files have a line of names, of "
        + "which those that end in __ are the sampler's"
    case .noDraws(let file):
      "\(shownFile(file)): there are names but no draws after warm-up; let the sampler finish"
    case .notChains(let file, let method):
      "\(shownFile(file)): its header says method = \(shown(method)), which makes no Markov chain; "
        + "give the files of method = sample"
    default: "\(error)"
    }
  }

  /// Faults at one place of a file.
  private static func cell(_ error: DrawsFileError) -> String {
    switch error {
    case .duplicateColumn(let file, let column):
      "\(shownFile(file)), column \(quoted(column)): the name stands twice; rename one of the two "
        + "columns"
    case .unnamedColumn(let file, let position):
      "\(shownFile(file)): column \(position) has no name; leave row names out when the file is "
        + "written (row.names = FALSE in R, index=False in Python)"
    case .raggedRow(let file, let line, let expected, let found):
      "\(shownFile(file)), line \(line): the row has \(counted(found, "value")) where the header has "
        + "\(counted(expected, "name")); a run that was cut short may have left half a line"
    case .notANumber(let file, let line, let column, let text):
      "\(shownFile(file)), line \(line), column \(quoted(column)): \(quoted(text)) is not a number; "
        + "draws files are CSV with commas, decimal points, and nan for what has no value"
    default: "\(error)"
    }
  }

  /// Chains that do not belong together.
  private static func chains(_ error: DrawsFileError) -> String {
    switch error {
    case .otherColumns(let file, let first):
      "\(shownFile(file)): its columns are not those of \(shownFile(first)); give the chains of one "
        + "model alone"
    case .otherLength(let file, let draws, let first, let firstDraws):
      "\(shownFile(file)) has \(counted(draws, "draw")) and \(shownFile(first)) has \(firstDraws); "
        + "chains must be equally long: let the shorter one finish, or leave it out"
    case .severalChains(let file):
      "\(shownFile(file)), column \".chain\": the file holds several chains; write one file a chain"
    default: "\(error)"
    }
  }
}
