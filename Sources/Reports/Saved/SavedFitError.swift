/// Why a saved fit cannot be used.
public enum SavedFitError: Error, Sendable, Equatable {
  /// The file is not JSON.
  case notJSON(reason: String)
  /// A member of the document is missing or wrong.
  case invalid(key: String, problem: String)
  /// The run, or all of them, lack an interval of a kind.
  case noInterval(PredictedInterval, run: String, known: [String])
  /// The fit has no such run.
  case unknownRun(name: String, known: [String])
}
