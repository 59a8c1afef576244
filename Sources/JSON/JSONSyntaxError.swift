/// Why a text is not JSON: the place, and what is wrong there.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong; the raw value is the problem in words.
  public enum Problem: String, Sendable, Equatable {
    /// The text ends inside the document.
    case endsEarly = "the text ends before the document does; the file may have been cut off"
    /// Nothing but blanks.
    case empty = "the file is empty"
    /// Something else than a value.
    case noValue = "a value is wanted here, such as a number or a text in double quotes"
    /// Something else than a name.
    case noKey = "a name in double quotes is wanted here"
    /// Something else than a colon.
    case noColon = "a colon is wanted here"
    /// Something between or after the elements of a list.
    case noCommaInList = "a comma or ] is wanted here"
    /// Something between or after the members of an object.
    case noCommaInObject = "a comma or } is wanted here"
    /// A name stands twice in one object.
    case repeatedKey = "this name stands twice in one object"
    /// A number against the rules.
    case badNumber = "this is not a number as JSON writes it"
    /// A number beyond double precision.
    case hugeNumber = "this number is too large"
    /// A control character, a line break among them.
    case controlCharacter = "a line break or another control character stands in a text"
    /// An unknown escape, or half of a pair.
    case badEscape = "this escape is not known in JSON"
    /// Bytes that are not UTF-8.
    case badEncoding = "the text is not valid UTF-8"
    /// Lists and objects within one another without end.
    case tooDeep = "lists and objects are nested too deeply"
    /// More after the end.
    case trailing = "the document has ended before this"
  }

  /// The line, counted from 1.
  public let line: Int
  /// The place in the line, in bytes counted from 1.
  public let column: Int
  /// What is wrong there.
  public let problem: Problem

  /// A problem and its place.
  public init(line: Int, column: Int, problem: Problem) {
    self.line = line
    self.column = column
    self.problem = problem
  }

  /// The place and the problem on one line.
  public var description: String { "line \(line), character \(column): \(problem.rawValue)" }
}
