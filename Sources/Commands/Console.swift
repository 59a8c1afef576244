private import Synchronization

/// What a command says beside its results, on standard error: progress, warnings, timings, errors.
///
/// Progress is a bar on a terminal, redrawn at most ten times a second; elsewhere it is at most one
/// plain line in ten seconds, so that short runs leave no trace in a log.
package final class Console: Sendable {
  private struct State {
    var isQuiet = false
    var isBarShown = false
    var lastProgress: Double?
  }

  private let width: Int?
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void
  private let started: Double
  private let state = Mutex(State())

  /// A console that writes by a closure; `width` is that of the terminal, nil where there is none.
  ///
  /// `now` is a clock in seconds that never goes back.
  package init(
    width: Int?, now: @escaping @Sendable () -> Double,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.width = width
    self.now = now
    self.write = write
    started = now()
  }

  /// Turns progress and warnings off, or on again.
  package func setQuiet(_ isQuiet: Bool) {
    state.withLock { $0.isQuiet = isQuiet }
  }

  /// Shows that `done` of `total` steps of a stage are done; may be called from any thread.
  package func progress(_ stage: String, done: Int, of total: Int) {
    state.withLock { state in
      guard !state.isQuiet, total > 0 else { return }
      let time = now()
      let since = time - (state.lastProgress ?? (width == nil ? started : -.infinity))
      guard since >= (width == nil ? 10 : 0.1) else { return }
      state.lastProgress = time
      let share = Double(min(max(done, 0), total)) / Double(total)
      if let width {
        write("\r\u{1B}[2K" + bar(stage, share: share, width: width))
        state.isBarShown = true
      } else {
        write("metamob: \(oneLine(stage)), \(percent(share)) %\n")
      }
    }
  }

  /// Takes the bar off the terminal, before anything else is written there.
  package func endProgress() {
    state.withLock { clearBar(&$0) }
  }

  /// Writes what the user should know.
  package func warn(_ text: String) {
    guard !state.withLock({ $0.isQuiet }) else { return }
    line("metamob: warning: \(oneLine(text))")
  }

  /// Writes how long the steps took, in seconds.
  package func timings(_ steps: [(name: String, seconds: Double)]) {
    for step in steps {
      line("metamob: timing: \(step.name) \(milliseconds(step.seconds)) s")
    }
  }

  /// Writes why the command ended, even where the console is quiet.
  package func fail(_ error: CommandError) {
    line("metamob: error: \(error.message)")
  }

  private func line(_ text: String) {
    state.withLock { state in
      clearBar(&state)
      write(text + "\n")
    }
  }

  private func clearBar(_ state: inout State) {
    guard state.isBarShown else { return }
    write("\r\u{1B}[2K")
    state.isBarShown = false
  }
}

/// `stage [=====     ]  50 %`, short enough not to wrap; without a bar on very narrow terminals.
private func bar(_ stage: String, share: Double, width: Int) -> String {
  let number = "\(percent(share))"
  let figure = String(repeating: " ", count: max(3 - number.count, 0)) + number + " %"
  let room = width - 1 - figure.count - 4
  guard room >= 12 else { return String(figure.prefix(max(width - 1, 0))) }
  let name = oneLine(stage).prefix(room - 10)
  let cells = min(room - name.count, 40)
  let filled = Int(share * Double(cells))
  let meter = String(repeating: "=", count: filled) + String(repeating: " ", count: cells - filled)
  return "\(name) [\(meter)] \(figure)"
}

/// A share in whole percent, 100 for all alone.
private func percent(_ share: Double) -> Int { Int(share * 100) }

/// Seconds with three decimals.
private func milliseconds(_ seconds: Double) -> String {
  let whole = Int((seconds * 1_000).rounded())
  let rest = "\(whole % 1_000)"
  return "\(whole / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
}
