private import FoundationEssentials
private import Synchronization

/// The unfinished outputs of the process, so that a signal leaves none of them behind.
package final class Temporaries: Sendable {
  private let paths = Mutex<Set<String>>([])
  private let finished = Mutex<String?>(nil)

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

  /// Notes that a folder holds finished results, which stay whatever becomes of the rest.
  package func keep(_ folder: String) { finished.withLock { $0 = folder } }

  /// Removes all unfinished outputs, then does `last` before any further step of writing can run;
  /// it is told the folder of finished results, if there are any.
  package func removeAll(then last: (_ finished: String?) -> Void = { _ in }) {
    paths.withLock { paths in
      for path in paths { removeTree(path) }
      paths.removeAll()
      last(finished.withLock { $0 })
    }
  }
}

/// Removes a file or a folder with all that it holds; what is not there is no error.
func removeTree(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}
