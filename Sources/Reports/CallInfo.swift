public import JSON

/// One setting of a call, as it was given or by default.
public struct Setting: Sendable, Equatable {
  /// The key in `call.control`.
  public let key: String
  /// The value.
  public let value: JSONValue

  /// A setting by key and value.
  public init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }
}

/// What an analysis does not know of itself: the program, the command and the data file.
public struct CallInfo: Sendable, Equatable {
  /// The program's version.
  public let version: String
  /// The command: `fit` or `compare`.
  public let command: String
  /// The data file's path as the user wrote it.
  public let dataPath: String
  /// The SHA-256 of the data file's bytes, in hexadecimal digits.
  public let dataSHA256: String
  /// Every setting, defaults too, in the order of the options.
  public let control: [Setting]

  /// The facts of a call.
  public init(
    version: String, command: String, dataPath: String, dataSHA256: String, control: [Setting]
  ) {
    self.version = version
    self.command = command
    self.dataPath = dataPath
    self.dataSHA256 = dataSHA256
    self.control = control
  }
}
