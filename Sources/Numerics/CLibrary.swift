private import CGSL

/// The state that GSL keeps for a whole process.
public enum CLibrary {
  /// Turns off GSL's handler that ends the process on any error; called once, before anything else.
  ///
  /// A refused argument then comes back as not-a-number or a status code, which callers check.
  public static func prepare() {
    _ = gsl_set_error_handler_off()
  }
}
