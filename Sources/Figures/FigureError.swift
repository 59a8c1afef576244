public import Reports

/// Why a figure cannot be made of a fit.
public enum FigureError: Error, Sendable, Equatable {
  /// The saved fit cannot be read.
  case saved(SavedFitError)
  /// The fit lacks what the figure shows; what is missing and what would mend it.
  case lacking(String)
  /// There is no such node, variable or parameter; the option by its name.
  case unknown(option: String, String)
}

/// What is read of a document, its error as one of figures.
func reading<Value>(
  _ body: () throws(SavedFitError) -> Value
) throws(FigureError) -> Value {
  do throws(SavedFitError) { return try body() } catch { throw .saved(error) }
}
