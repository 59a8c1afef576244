private import FoundationEssentials
private import Synchronization

/// The unfinished outputs of the process, so that a signal leaves none of them behind.
package final class Temporaries: Sendable {
  private let paths = Mutex<Set<String>>([])

  /// No unfinished outputs.
  package init() {}

  /// Runs one step of writing, which may note or forget unfinished outputs.
  ///
  /// While a step runs, `removeAll` waits, so that nothing is written behind its back.
  package func step<Failure: Error>(
    _ body: (inout Set<String>) throws(Failure) -> Void
  ) throws(Failure) {
    let outcome = paths.withLock { paths -> Result<Void, Failure> in
      do throws(Failure) {
        return .success(try body(&paths))
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }

  /// Removes all unfinished outputs, then does `last` before any further step of writing can run.
  package func removeAll(then last: () -> Void = {}) {
    paths.withLock { paths in
      for path in paths { removeTree(path) }
      paths.removeAll()
      last()
    }
  }
}

/// Removes a file or a folder with all that it holds; what is not there is no error.
func removeTree(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}
