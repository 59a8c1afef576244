/// Why a saved fit cannot be used.
public enum SavedFitError: Error, Sendable, Equatable {
  /// The file is not JSON.
  case notJSON(reason: String)
  /// A member of the document is missing or wrong.
  case invalid(key: String, problem: String)
  /// The fit has no such run.
  case unknownRun(name: String, known: [String])
}
