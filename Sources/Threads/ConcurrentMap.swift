private import Dispatch
private import Synchronization

/// The values of a function of 0 ..< `count`, computed on at most `threads` threads and returned
/// in the order of the index.
///
/// Returns when all are done. Every index is computed even if one fails; the error of the lowest
/// failing index is thrown, so that the outcome does not depend on the number of threads.
///
/// Inlinable, so that one thread's loop is specialised for the caller's types.
@inlinable
public func concurrentMap<Value: Sendable, Failure: Error>(
  count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  guard min(threads, count) > 1 else { return try sequentialMap(count: count, body) }
  return try parallelMap(count: count, threads: threads, body)
}

/// The same on several threads.
@usableFromInline
func parallelMap<Value: Sendable, Failure: Error>(
  count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  let next = Atomic<Int>(0)
  let results = Mutex<[Result<Value, Failure>?]>(
    [Result<Value, Failure>?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = outcome(of: body, at: index)
      results.withLock { $0[index] = result }
    }
  }
  var values: [Value] = []
  values.reserveCapacity(count)
  for result in results.withLock({ $0 }) {
    if let result { values.append(try result.get()) }
  }
  return values
}

/// The same on the calling thread, without the cost of handing out work.
@inlinable
func sequentialMap<Value, Failure: Error>(
  count: Int, _ body: (Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  var values: [Value] = []
  values.reserveCapacity(count)
  var first: Failure?
  for index in 0..<count {
    switch outcome(of: body, at: index) {
    case .success(let value): values.append(value)
    case .failure(let error): first = first ?? error
    }
  }
  if let first { throw first }
  return values
}

@inlinable
func outcome<Value, Failure: Error>(
  of body: (Int) throws(Failure) -> Value, at index: Int
) -> Result<Value, Failure> {
  do throws(Failure) { return .success(try body(index)) } catch { return .failure(error) }
}
