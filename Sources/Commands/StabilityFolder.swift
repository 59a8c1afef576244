private import Glibc
private import Reports
import Stability
private import Synchronization
private import Tables

/// The folder of a stability analysis: the trees, written while they grow, and what they say.
///
/// Files of other names are left alone.
final class StabilityFolder: Sendable {
  /// Seconds between two times that the trees are written.
  private static let interval = 2.0

  private struct State: Sendable {
    var rounds: [Int: [ResampledOutcome]] = [:]
    var lastWritten = 0.0
    var failure: CommandError?
  }

  private let path: String
  private let temporaries: Temporaries
  private let state = Mutex(State())

  /// Makes the folder, unless it exists, and tests that it can be written to.
  init(_ path: String, temporaries: Temporaries) throws(CommandError) {
    self.path = path
    self.temporaries = temporaries
    let place = Place(path)
    switch kind(of: path) {
    case .file, .special:
      throw .cannotWrite("'\(path)' is a file; choose another folder for --out")
    case .folder: break
    case .nothing:
      guard kind(of: place.parent) == .folder else {
        throw .cannotWrite(
          "cannot write folder '\(path)': folder '\(place.parent)' does not exist; create it first")
      }
      guard mkdir(path, 0o777) == 0 else { throw writingFailure("folder '\(path)'", errno) }
    }
    _ = try OutputFile("\(path)/stability.json", temporaries: temporaries)
  }

  private static let trees = "trees.txt"

  /// The rounds that the folder has under a header, each of so many parts.
  func known(_ header: [String], parts: Int) -> [Int: [ResampledOutcome]] {
    let file = "\(path)/\(Self.trees)"
    guard kind(of: file) == .file, let bytes = try? InputFile(reading: file).bytes else {
      return [:]
    }
    let rounds =
      ResampledTreesFile.rounds(
        String(decoding: bytes, as: UTF8.self), header: header, parts: parts) ?? [:]
    state.withLock { $0.rounds = rounds }
    if !rounds.isEmpty { temporaries.keep(path) }
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
    for (name, text) in files {
      try OutputFile("\(path)/\(name)", temporaries: temporaries).write(Array(text.utf8))
    }
    temporaries.keep(path)
  }
}
