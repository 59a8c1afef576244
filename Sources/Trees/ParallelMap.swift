import Dispatch

/// The results of a function of 0 ..< count, computed on up to `threads` threads.
///
/// Each result is computed alone and stands at its own place, so that nothing depends on the number
/// of threads.
func parallelMap<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
) -> [Result] {
  let workers = min(threads, count)
  guard workers > 1 else { return (0..<count).map(body) }
  var results = [Result?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { buffer in
    // Workers write to different places only, and are done before the buffer is gone.
    nonisolated(unsafe) let places = buffer
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: count, by: workers) { places[index] = body(index) }
    }
  }
  return results.compactMap { $0 }
}
