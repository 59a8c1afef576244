/// A Markdown document that shows commands with their output.
///
/// They stand in fenced blocks of this form:
///
///     ```console
///     $ metamob --version
///     metamob 0.1.0
///     ```
///
/// A command begins with `$ ` and goes on over lines that end in `\`; its standard output follows
/// up to the next command or the end of the block. A line that is `…` alone stands for any number
/// of lines. Blanks at the ends of lines do not count. The commands of a document run in order, in
/// one folder; each must exit with 0, or with N where the block opens with ```` ```console exit=N ````.
struct ConsoleDocument: Equatable {
  /// One command and the output shown for it.
  struct Step: Equatable {
    /// The command in the words of the shell.
    let command: String
    /// The exit code that is expected.
    let code: Int32
    /// The lines of the document that show the output.
    let shown: Range<Int>
  }

  /// What stands for lines left out.
  static let elision = "…"

  /// The document's lines.
  let lines: [String]
  /// The commands in their order.
  let steps: [Step]
  /// The numbers, from 1, of lines in other fenced blocks that show a command of the program.
  let strays: [Int]
  /// The numbers in the running text that have two decimals or more, without their signs.
  let figures: [String]

  /// Reads a document.
  init(_ text: String) {
    let lines = split(text)
    var steps: [Step] = []
    var strays: [Int] = []
    var figures: [String] = []
    var index = 0
    while index < lines.count {
      guard lines[index].hasPrefix("```") else {
        figures += Self.figures(in: lines[index].replacing(/`[^`]*`/, with: ""))
        index += 1
        continue
      }
      let words = lines[index].dropFirst(3).split(separator: " ")
      let body = index + 1
      let end = lines[body...].firstIndex { $0.hasPrefix("```") } ?? lines.count
      if words.first == "console" {
        let code = words.dropFirst().first.flatMap { Int32($0.trimmingPrefix("exit=")) } ?? 0
        steps += Self.steps(in: body..<end, of: lines, code: code)
      } else {
        strays += (body..<end).filter { isCall(lines[$0]) }.map { $0 + 1 }
      }
      index = end + 1
    }
    self.lines = lines
    self.steps = steps
    self.strays = strays
    self.figures = figures
  }

  /// The numbers of a text that have two decimals or more, without their signs; those in addresses
  /// are left out.
  static func figures(in text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).filter { !$0.contains("/") }
      .flatMap { $0.matches(of: /\d+\.\d{2,}/) }.map { String($0.output) }
  }

  /// The output shown for a step, without blanks at the ends of lines and without empty last lines.
  func output(of step: Step) -> [String] { trimmed(Array(lines[step.shown])) }

  /// Whether a text is what a step shows.
  func shows(_ text: String, for step: Step) -> Bool {
    matches(trimmed(split(text)), output(of: step))
  }

  /// The document with outputs replaced where they are no longer what is shown.
  ///
  /// Where the shown output had elisions, the new one has them too, and parts as long as before.
  func rewritten(with outputs: [String]) -> String {
    var result: [String] = []
    var next = 0
    for (step, text) in zip(steps, outputs) {
      result += lines[next..<step.shown.lowerBound]
      result +=
        shows(text, for: step)
        ? Array(lines[step.shown]) : abridged(trimmed(split(text)), as: output(of: step))
      next = step.shown.upperBound
    }
    return (result + lines[next...]).joined(separator: "\n")
  }

  /// The steps of one block.
  private static func steps(in block: Range<Int>, of lines: [String], code: Int32) -> [Step] {
    let starts = block.filter { lines[$0].hasPrefix("$ ") }
    return starts.enumerated().map { position, start in
      let end = position + 1 < starts.count ? starts[position + 1] : block.upperBound
      var last = start
      while lines[last].hasSuffix("\\"), last + 1 < end { last += 1 }
      let command = ([String(lines[start].dropFirst(2))] + lines[(start + 1)..<(last + 1)])
        .joined(separator: "\n")
      return Step(command: command, code: code, shown: (last + 1)..<end)
    }
  }
}

/// Whether a line calls the program.
private func isCall(_ line: String) -> Bool {
  let bare = line.drop { $0 == " " || $0 == "$" }
  return bare == "metamob" || bare.hasPrefix("metamob ")
}

/// The lines of a text.
private func split(_ text: String) -> [String] {
  text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

/// Lines without blanks at their ends, and without empty last lines.
private func trimmed(_ lines: [String]) -> [String] {
  let bare = lines.map { line in
    String(line.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed())
  }
  return Array(bare.reversed().drop(while: \.isEmpty).reversed())
}

/// Whether lines agree with a pattern in which an elision stands for any number of lines.
///
/// The first part must begin the lines and the last must end them; each part between is looked for
/// after the one before, and the first place will do, since nothing is lost by taking it.
private func matches(_ lines: [String], _ pattern: [String]) -> Bool {
  let parts = pattern.split(separator: ConsoleDocument.elision, omittingEmptySubsequences: false)
    .map(Array.init)
  guard parts.count > 1, let first = parts.first, let last = parts.last else {
    return lines == pattern
  }
  guard lines.count >= first.count + last.count, lines.starts(with: first),
    lines.suffix(last.count).elementsEqual(last)
  else { return false }
  var rest = lines[first.count..<(lines.count - last.count)]
  for part in parts.dropFirst().dropLast() {
    guard let range = rest.firstRange(of: part) else { return false }
    rest = rest[range.upperBound...]
  }
  return true
}

/// New lines, abridged where the old ones were.
///
/// The first part and the last keep their numbers of lines. A part between begins at its own first
/// line, wherever that stands now, and keeps its number of lines too. Lines that cannot be abridged
/// like this are left whole.
private func abridged(_ lines: [String], as old: [String]) -> [String] {
  let parts = old.split(separator: ConsoleDocument.elision, omittingEmptySubsequences: false)
  guard parts.count > 1, let first = parts.first, let last = parts.last,
    lines.count > first.count + last.count
  else { return lines }
  var result = Array(lines.prefix(first.count))
  var rest = lines[first.count..<(lines.count - last.count)]
  for part in parts.dropFirst().dropLast() {
    guard let start = part.first.flatMap({ rest.firstIndex(of: $0) }),
      start + part.count <= rest.endIndex
    else { return lines }
    result.append(ConsoleDocument.elision)
    result += rest[start..<(start + part.count)]
    rest = rest[(start + part.count)...]
  }
  return result + [ConsoleDocument.elision] + lines.suffix(last.count)
}
