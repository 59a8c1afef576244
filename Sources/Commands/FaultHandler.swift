private import Glibc

/// What happens when the program itself is at fault.
enum FaultHandler {
  /// Makes a trap end the process with one line and the exit code of an internal fault.
  ///
  /// Otherwise a terminal would be filled with a stack trace; who sets `SWIFT_BACKTRACE` wants one.
  static func install() {
    guard getenv("SWIFT_BACKTRACE") == nil else { return }
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
      // Nothing but system calls is safe in here.
      signal(number) { _ in
        let line: StaticString =
          "metamob: error: internal fault; please report it with the command that led to it\n"
        line.withUTF8Buffer { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        _exit(70)
      }
    }
  }
}
