import Testing

/// One way to call the program wrongly: the call, and what it must say and return.
struct Message: CustomTestStringConvertible, Sendable {
  /// The arguments after the program's name.
  let arguments: [String]
  /// Files in the working folder, by name.
  let files: [String: String]
  /// Standard input.
  let input: String
  /// The exit code.
  let code: Int32
  /// What follows `metamob: error: ` on the one line of standard error.
  let error: String

  init(
    _ arguments: [String], files: [String: String] = [:], input: String = "", code: Int32,
    _ error: String
  ) {
    self.arguments = arguments
    self.files = files
    self.input = input
    self.code = code
    self.error = error
  }

  var testDescription: String { "metamob \(arguments.joined(separator: " "))" }
}
