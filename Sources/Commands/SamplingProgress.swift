import Sampling
private import Synchronization

/// Shows how far the chains of the posterior being sampled have come.
final class SamplingProgress: ProgressSink {
  private let console: Console
  private let done: Mutex<[Int]>

  /// A listener to a number of chains.
  init(_ console: Console, chains: Int) {
    self.console = console
    done = Mutex([Int](repeating: 0, count: chains))
  }

  /// Takes note of one chain's progress.
  func report(_ event: ProgressEvent) {
    let sum = done.withLock { done in
      done[event.chain] = event.completed
      let sum = done.reduce(0, +)
      let isComplete = sum == event.total * done.count
      // The next posterior begins anew.
      if isComplete { for chain in done.indices { done[chain] = 0 } }
      return (sum, event.total * done.count)
    }
    console.progress("sampling", done: sum.0, of: sum.1)
  }
}
