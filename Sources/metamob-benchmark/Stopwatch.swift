import Glibc

/// Seconds that something took.
struct Elapsed {
  /// Of the processor, all threads: the steadier figure on a machine that others use too.
  var cpu: Double
  /// Of the clock on the wall.
  var wall: Double
}

/// Times repeated calls; what is reported is the median.
enum Stopwatch {
  /// The medians over repetitions after some calls to warm up.
  static func median(
    of repetitions: Int, warmup: Int = 1, _ body: () throws -> Void
  ) rethrows -> Elapsed {
    for _ in 0..<warmup { try body() }
    var times: [Elapsed] = []
    for _ in 0..<repetitions { times.append(try time(body)) }
    return Elapsed(cpu: median(times.map(\.cpu)), wall: median(times.map(\.wall)))
  }

  /// The median CPU seconds of one call of something so quick that calls must be timed in batches of
  /// at least 10 ms.
  static func perCall(_ body: () throws -> Void) rethrows -> Double {
    var calls = 1
    while try time({ for _ in 0..<calls { try body() } }).cpu < 0.01 { calls *= 2 }
    let elapsed = try median(of: 15) { for _ in 0..<calls { try body() } }
    return elapsed.cpu / Double(calls)
  }

  static func time(_ body: () throws -> Void) rethrows -> Elapsed {
    let start = (seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC))
    try body()
    return Elapsed(
      cpu: seconds(CLOCK_PROCESS_CPUTIME_ID) - start.0, wall: seconds(CLOCK_MONOTONIC) - start.1)
  }

  /// CPU seconds of the process so far.
  static var cpuSeconds: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var now = timespec()
    clock_gettime(clock, &now)
    return Double(now.tv_sec) + 1e-9 * Double(now.tv_nsec)
  }
}

/// Keeps a result, so that its computation cannot be left out.
@inline(never)
func keep<Value>(_ value: Value) {
  withUnsafePointer(to: value) { _ in }
}
