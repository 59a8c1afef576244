private import Reports
import Stability
private import Synchronization

/// The folder of a stability analysis: the trees, written while they grow, and what they say.
final class StabilityFolder: Sendable {
  /// Seconds between two times that the trees are written.
  private static let interval = 2.0

  private struct State: Sendable {
    var rounds: [Int: [ResampledOutcome]] = [:]
    var lastWritten = 0.0
    var failure: CommandError?
  }

  private let folder: ResultFolder
  private let state = Mutex(State())

  /// Makes the folder, unless it exists, and tests that it can be written to.
  init(_ path: String, temporaries: Temporaries) throws(CommandError) {
    folder = try ResultFolder(path, file: "stability.json", temporaries: temporaries)
  }

  private static let trees = "trees.txt"

  /// The rounds that the folder has under a header, each of so many parts.
  func known(_ header: [String], parts: Int) -> [Int: [ResampledOutcome]] {
    let rounds =
      folder.text(of: Self.trees).flatMap {
        ResampledTreesFile.rounds($0, header: header, parts: parts)
      } ?? [:]
    state.withLock { $0.rounds = rounds }
    if !rounds.isEmpty { folder.keep() }
    return rounds
  }

  /// Takes note of a round, and writes all of them now and then; `now` is in seconds.
  func note(_ round: Int, _ outcomes: [ResampledOutcome], header: [String], now: Double) {
    state.withLock { state in
      state.rounds[round] = outcomes
      guard now - state.lastWritten >= Self.interval, state.failure == nil else { return }
      state.lastWritten = now
      do throws(CommandError) {
        try write(state.rounds, header)
      } catch {
        state.failure = error
      }
    }
  }

  /// Writes all rounds.
  func finish(_ header: [String]) throws(CommandError) {
    let state = state.withLock { $0 }
    if let failure = state.failure { throw failure }
    try write(state.rounds, header)
  }

  private func write(
    _ rounds: [Int: [ResampledOutcome]], _ header: [String]
  ) throws(CommandError) {
    try write([(Self.trees, ResampledTreesFile.text(of: rounds, header: header))])
  }

  /// Writes files, each of them whole.
  func write(_ files: [(name: String, text: String)]) throws(CommandError) {
    try folder.write(files)
  }
}
