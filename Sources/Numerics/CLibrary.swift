private import CGSL

/// The state that GSL keeps for a whole process.
enum CLibrary {
  private static let isPrepared: Bool = {
    _ = gsl_set_error_handler_off()
    return true
  }()

  /// Turns off GSL's handler that ends the process on any error, once; called by every function that
  /// GSL may refuse.
  ///
  /// A refused argument then comes back as not-a-number or a status code, which callers check.
  static func prepare() {
    _ = isPrepared
  }
}
