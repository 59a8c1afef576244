/// Which parts of the data runs are to predict from the rest: nothing, active arms of trials, parts of the
/// participants, or both in turn.
public struct FoldChoice: Sendable, Equatable {
  /// Whether the active arm of each trial is left out in turn.
  public var trials = false
  /// The number of parts of the participants that are left out in turn; nil for none.
  public var folds: Int?

  /// Nothing is left out.
  public static let off = FoldChoice()

  /// Whether nothing is left out.
  public var isOff: Bool { !trials && folds == nil }

  /// Nothing is left out.
  public init() {}

  /// `off`, `trials`, a number of parts from 2 on, or the last two with a comma between them; nil for other texts.
  public init?(_ text: String) {
    guard text != "off" else { return }
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      if word == "trials", !trials {
        trials = true
      } else if folds == nil, word.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int(word), (2...1_000_000).contains(number)
      {
        folds = number
      } else {
        return nil
      }
    }
  }
}
