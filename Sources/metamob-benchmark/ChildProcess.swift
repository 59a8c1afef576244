import Foundation
import Glibc

/// A program run to its end, with what the system says of it.
struct ChildProcess {
  struct Failure: Error {
    let program: String
    let code: Int32
  }

  let elapsed: Elapsed
  /// The largest resident memory, in bytes.
  let memory: Double

  /// Runs a program with standard output thrown away.
  init(_ program: String, _ arguments: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child = pid_t()
    var status: Int32 = 0
    var usage = rusage()
    var code: Int32 = 0
    let wall = Stopwatch.time {
      code = posix_spawn(&child, program, &actions, nil, &words, environ)
      if code == 0, wait4(child, &status, 0, &usage) != child { code = errno }
    }.wall
    guard code == 0, status == 0 else { throw Failure(program: program, code: code | status) }
    elapsed = Elapsed(cpu: usage.ru_utime.seconds + usage.ru_stime.seconds, wall: wall)
    memory = Double(usage.ru_maxrss) * 1024
  }

  /// The medians over repetitions after one run to warm up.
  static func median(
    of repetitions: Int, _ program: String, _ arguments: [String]
  ) throws -> (elapsed: Elapsed, memory: Double) {
    _ = try ChildProcess(program, arguments)
    var runs: [ChildProcess] = []
    for _ in 0..<repetitions { runs.append(try ChildProcess(program, arguments)) }
    return (
      Elapsed(
        cpu: Stopwatch.median(runs.map(\.elapsed.cpu)),
        wall: Stopwatch.median(runs.map(\.elapsed.wall))),
      Stopwatch.median(runs.map(\.memory))
    )
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + 1e-6 * Double(tv_usec) }
}
