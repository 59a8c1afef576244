private import Dispatch
private import Glibc

/// A request from outside to end; the raw values are the signals' numbers.
package enum StopSignal: Int32, CaseIterable, Sendable {
  /// From the keyboard.
  case interrupt = 2
  /// From the system, or a batch queue.
  case terminate = 15
}

/// Watches for signals while a command runs.
///
/// The signals are taken even where a shell started the program with them ignored, as it does for
/// background jobs of scripts: who sends one means it.
struct SignalWatch {
  private let sources: [any DispatchSourceSignal]

  /// Ends the process on a signal: unfinished outputs are removed, the line of the error is written,
  /// and the exit code is that of the signal.
  init(console: Console, temporaries: Temporaries) {
    let queue = DispatchQueue(label: "signals")
    sources = StopSignal.allCases.map { stop in
      signal(stop.rawValue, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: stop.rawValue, queue: queue)
      source.setEventHandler { @Sendable in
        temporaries.removeAll { finished in
          let error =
            finished.map { CommandError.endedMidway(stop, folder: $0) }
            ?? .ended(stop)
          console.fail(error)
          _exit(error.exitCode)
        }
      }
      source.activate()
      return source
    }
  }

  /// Ends the watch; the signals stay ignored, since the process is about to end.
  func end() {
    for source in sources { source.cancel() }
  }
}
