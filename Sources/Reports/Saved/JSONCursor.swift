package import JSON

/// A value of a document with the path that leads to it, so that an error can name the place.
package struct JSONCursor {
  /// The value.
  package let value: JSONValue
  /// The keys and positions that lead to it.
  package let path: String

  /// A value at a path.
  package init(value: JSONValue, path: String) {
    (self.value, self.path) = (value, path)
  }

  /// The error for a value that is not what it must be.
  package func invalid(_ problem: String) -> SavedFitError {
    .invalid(key: path.isEmpty ? "the document" : path, problem: problem)
  }

  /// The member under a key, which must exist; it may be null.
  package func member(_ key: String) throws(SavedFitError) -> JSONCursor {
    guard case .object(let members) = value else { throw invalid("an object is wanted here") }
    let place = path.isEmpty ? key : "\(path).\(key)"
    guard let member = members[key] else {
      throw .invalid(key: place, problem: "is missing")
    }
    return JSONCursor(value: member, path: place)
  }

  /// The elements of a list.
  package func elements() throws(SavedFitError) -> [JSONCursor] {
    guard case .array(let elements) = value else { throw invalid("a list is wanted here") }
    return elements.enumerated().map { position, element in
      JSONCursor(value: element, path: "\(path)[\(position)]")
    }
  }

  /// The value itself, nil where it is null.
  package var unlessNull: JSONCursor? { value == .null ? nil : self }

  /// The text.
  package func string() throws(SavedFitError) -> String {
    guard case .string(let text) = value else { throw invalid("a text is wanted here") }
    return text
  }

  /// The number.
  package func number() throws(SavedFitError) -> Double {
    guard case .number(let number) = value else { throw invalid("a number is wanted here") }
    return number
  }

  /// The integer.
  package func integer() throws(SavedFitError) -> Int {
    let number = try number()
    guard let integer = Int(exactly: number) else { throw invalid("an integer is wanted here") }
    return integer
  }

  /// The truth value.
  package func flag() throws(SavedFitError) -> Bool {
    guard case .bool(let flag) = value else { throw invalid("true or false is wanted here") }
    return flag
  }

  /// The elements of a list of texts.
  package func strings() throws(SavedFitError) -> [String] {
    var result: [String] = []
    for element in try elements() { result.append(try element.string()) }
    return result
  }

  /// The elements of a list of integers.
  package func integers() throws(SavedFitError) -> [Int] {
    var result: [Int] = []
    for element in try elements() { result.append(try element.integer()) }
    return result
  }

  /// One of a closed set of words.
  package func word<Word: RawRepresentable & CaseIterable>() throws(SavedFitError) -> Word
  where Word.RawValue == String {
    let text = try string()
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid("\"\(text)\" is unknown; known are \(known)")
    }
    return word
  }
}
