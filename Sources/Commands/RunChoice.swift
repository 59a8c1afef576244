package import Subgroups

/// The run of a saved fit that a command uses: `--run METHOD[:ESTIMATOR]`.
package struct RunChoice: Sendable, Equatable {
  /// The method.
  package let method: Subgroups.Method
  /// The estimator, where one was given.
  package let estimator: Estimator?

  /// Reads `METHOD` or `METHOD:ESTIMATOR`; nil where a word is unknown.
  package init?(_ text: String) {
    let words = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard words.count <= 2, let method = Subgroups.Method(rawValue: words[0]) else { return nil }
    estimator = words.count == 2 ? Estimator(rawValue: words[1]) : nil
    guard words.count == 1 || estimator != nil else { return nil }
    self.method = method
  }

  /// The choice as it is typed.
  package var name: String {
    method.rawValue + (estimator.map { ":\($0.rawValue)" } ?? "")
  }
}
