private import Dispatch

/// The results of independent work on the indices below `count`, in their order.
///
/// The indices are dealt out to the threads in turn, so that results do not depend on how many
/// there are. The work must be safe on several threads at once.
package func inParallel<Result>(
  _ count: Int, threads: Int, _ work: (Int) -> Result
) -> [Result] {
  let threads = max(1, min(threads, count))
  guard threads > 1 else { return (0..<count).map(work) }
  return withoutActuallyEscaping(work) { work in
    [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Each index is worked on by one thread and written to a place of its own.
      nonisolated(unsafe) let work = work
      nonisolated(unsafe) let base = buffer.baseAddress
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for index in stride(from: thread, to: count, by: threads) {
          (base.map { $0 + index })?.initialize(to: work(index))
        }
      }
      initialized = count
    }
  }
}
