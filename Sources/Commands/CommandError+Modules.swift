private import Calibration
private import Designs
import Inference
private import Numerics
import Pooling
private import Sampling
private import Subgroups
private import Tables
private import Words

extension CommandError {
  /// What an error of any module is on the command line: one line and an exit code; anything
  /// unforeseen is a fault of ours.
  package init(_ error: any Error) {
    switch error {
    case let error as CommandError: self = error
    case let error as DesignError: self.init(error.category, error.message)
    case let error as TableError: self.init(error.category, error.message)
    case let error as PriorError: self = Self.prior(error)
    case let error as AnalysisError: self = Self.analysis(error)
    case let error as CalibrationError: self = Self.calibration(error)
    default: self = .internalFault("\(error)")
    }
  }

  /// The same for an analysis of a data file, which is named where the data are at fault.
  init(_ error: any Error, of file: String) {
    self.init(error)
    guard case .data(let text) = self, let error = error as? AnalysisError else { return }
    if case .prior = error { return }
    self = .data("\(file): \(text)")
  }

  /// What is wrong with a prior that an option gives.
  init(prior error: PriorError, of option: OptionName) {
    guard case .invalid(_, let key, let problem) = error else {
      self = .usage("option \(option.typed): \(error)")
      return
    }
    self = .usage("option \(option.typed), \(quoted(key)): \(problem)")
  }

  /// Why estimates of studies, named by a column of a file, cannot be pooled.
  init(_ error: PoolingFailure, of file: String, study column: String) {
    switch error {
    case .tooFew(let studies):
      self = .data(
        "\(file), column \(quoted(column)): \(counted(studies.count, "study", "studies")) with an "
          + "estimate (\(listed(studies))); a meta-analysis needs two or more")
    case .improper(let studies, let needed):
      self = .data(
        "\(file), column \(quoted(column)): with the flat prior of tau the posterior of "
          + "\(studies) studies is improper; it needs \(needed) or more, or a proper --tau-prior")
    case .numerical(let error):
      self = .data(
        "\(file): the estimates cannot be pooled: \(Self.words(error)); check their scale and "
          + "that of the priors")
    }
  }

  private init(_ category: ErrorCategory, _ message: String) {
    self =
      switch category {
      case .usage: .usage(message)
      case .data: .data(message)
      case .noInput: .noInput(message)
      case .inputOutput: .inputOutput(message)
      }
  }

  private static func prior(_ error: PriorError) -> CommandError {
    switch error {
    case .unknownSet(let name, let known, let tables):
      .noInput("unknown prior set '\(name)'; \(mend(name, among: known, tables))")
    case .notJSON(let file, let reason): .data("prior file '\(file)' is not JSON: \(reason)")
    case .invalid(let file, let key, let problem): .data("prior file '\(file)', \(key): \(problem)")
    case .missingFamily(let file, let family):
      .data(
        "prior set '\(file)' has no priors for a \(family) outcome; add an entry \"\(family)\"")
    case .improper(let file, let key, let problem):
      .data("prior file '\(file)', \(key): \(problem)")
    }
  }

  private static func mend(_ name: String, among known: [String], _ tables: [String]) -> String {
    if tables.contains(name), let row = known.first(where: { $0.hasPrefix("\(name)-") }) {
      return "it is a table of sets: give a row's name, such as \(row) ('metamob priors list' "
        + "has them all)"
    }
    if let near = nearest(to: name, among: known) { return "did you mean \(near)?" }
    return "'metamob priors list' has the names of all, or give the path of a JSON file"
  }

  private static func analysis(_ error: AnalysisError) -> CommandError {
    switch error {
    case .notFitted(let cause):
      .data(
        "the joint model cannot be fitted: \(words(cause)); "
          + "use fewer covariates, subgroups or trials")
    case .fractionalWeights:
      .data(
        "the outcome is binomial, for which --sampler gibbs needs whole case weights; "
          + "use --sampler hmc")
    case .exactFit:
      .data(
        "the joint model fits the outcome exactly, so that the residual SD has no estimate; "
          + "check the outcome, or use fewer covariates")
    case .notIdentified(let node):
      .data(
        "no trial has both arms in node \(node), and the flat prior leaves its effect undefined; "
          + "give effects a proper prior")
    case .missingDraws(let parameter):
      .data(
        "the draws files have no column '\(parameter)'; they are not those of this fit: fit again with "
          + "--out and --force")
    case .prior(let error): prior(error)
    case .sampling(let error): sampling(error)
    }
  }

  private static func calibration(_ error: CalibrationError) -> CommandError {
    switch error {
    case .prior(let error): prior(error)
    case .sampling(let error): sampling(error)
    case .tooFew(let what): .usage(what)
    }
  }

  private static func words(_ error: NumericalError) -> String {
    switch error {
    case .notPositiveDefinite: "its normal equations are singular"
    case .notConverged(let what): "\(what) did not converge"
    case .library(let what): what
    }
  }

  private static func sampling(_ error: SamplingError) -> CommandError {
    switch error {
    case .invalidPlan(let what): .usage(what)
    case .noUsableStart(let chain, let attempts):
      .data(
        "chain \(chain + 1) finds no start with a finite posterior density in \(attempts) tries; "
          + "the priors may have no mass on the data's scale")
    case .noStepSize(let chain):
      .data("chain \(chain + 1) finds no step size: the posterior is not smooth where it starts")
    case .improperDensity(let chain):
      .data("chain \(chain + 1) moves without end: the posterior is improper; use proper priors")
    case .notResumable(let chain):
      .data(
        notTheFits(
          chain, "no finite posterior density there, or no step size and metric in its file"))
    case .otherDensity(let chain, let recorded, let found):
      .data(notTheFits(chain, "its log density is \(found), where the file says \(recorded)"))
    case .cancelled: .ended(.interrupt)
    }
  }

  private static func notTheFits(_ chain: Int, _ what: String) -> String {
    "chain \(chain + 1) cannot go on from its last draw: \(what); the draws are not those of this fit, "
      + "or another version of the program made them: fit again with more draws"
  }
}
