import Testing

/// Files and values that cannot be analysed.
///
/// A row is a call and the line it must end with.
@Suite("Messages about data")
struct DataMessageTests {
  private static let sample = Sample()

  /// `fit d.csv` with a content of the file.
  private static func fit(_ content: String, _ error: String) -> Message {
    fit(content, Sample.formula, [], error)
  }

  private static func fit(_ content: String, _ formula: String, _ error: String) -> Message {
    fit(content, formula, [], error)
  }

  private static func fit(
    _ content: String, _ formula: String, _ options: [String], _ error: String
  ) -> Message {
    Message(["fit", "d.csv", formula] + options, files: ["d.csv": content], code: 65, error)
  }

  static let files: [Message] = [
    Message(
      ["fit", "d.csv", Sample.formula], code: 66,
      "d.csv: no such file; check the name and the folder"),
    Message(
      ["describe", "no/d.csv", Sample.formula], code: 66,
      "no/d.csv: no such file; check the name and the folder"),
    Message(
      ["fit", ".", Sample.formula], code: 66,
      ".: the file cannot be read (is a directory); check that it is a file and may be read"),
    Message(
      ["compare", "-", Sample.formula], code: 65,
      "standard input: the file is empty; a table has a header line with the names and one line a "
        + "participant"),
    fit(
      "",
      "d.csv: the file is empty; a table has a header line with the names and one line a "
        + "participant"),
    fit(
      "s,t,y,x,z\n",
      "d.csv: there is a header but no row below it; a table has a header line with the names and "
        + "one line a participant"),
    fit(
      "\u{7F}ELF\u{2}\u{1}\u{0}\u{0}",
      "d.csv: this is not a text table but looks like a binary file; save the table as CSV in "
        + "UTF-8"),
    fit(
      "s,t,y,x,z\rT1,a,1,2,b\r",
      "d.csv: lines end in a carriage return alone; save it with line ends LF or CRLF"),
    fit(
      "s;t;y;x;z\nT1;a;1;2;b\n",
      "d.csv, line 1: values seem to be separated by semicolons; save it with commas or tabs "
        + "between values and points in decimals"),
    fit(
      "s,t,y,x,z\nT1,a,1,2,b\nT1,b,2,1\n",
      "d.csv, line 3: the row has 4 values where the header has 5 names; write NA, or nothing "
        + "between two separators, for a missing value"),
    fit(
      "s,t,y,x,z\nT1,a,1,2,b\nT1,b,2,1,a,7\n",
      "d.csv, line 3: the row has 6 values where the header has 5 names; put a value that contains "
        + "the separator in quotation marks"),
    fit(
      "s,t,y,x,z\nT1,a,1,2,b\nT1,\"b,2,1,a\nT1,a,1,2,b\n",
      "d.csv, line 3: a quotation mark opens here and is not closed; close it, or write a quotation "
        + "mark within a quoted value twice"),
    fit(
      "s,t,y,x,z,t\nT1,a,1,2,b,a\n",
      "d.csv, line 1, column \"t\": the header has this name twice, at positions 2 and 6; rename one "
        + "of the two columns"),
  ]

  static let values: [Message] = [
    fit(
      sample.replacing("y") { row, _ in row == 3 ? "N/A" : nil }.csv,
      "d.csv, line 5, column \"y\": \"N/A\" stands in a column of numbers; write NA for a missing "
        + "value, or factor() in the formula if the numbers are categories"),
    fit(
      sample.replacing("x") { row, _ in row == 7 ? "inf" : nil }.csv,
      "d.csv, line 9, column \"x\": \"inf\" is infinite or too large for a number; mend the value, "
        + "or write NA"),
    fit(
      sample.replacing("y") { row, _ in row == 0 ? "-1e999" : nil }.csv,
      "d.csv, line 2, column \"y\": \"-1e999\" is infinite or too large for a number; mend the "
        + "value, or write NA"),
    fit(
      sample.replacing("y") { _, cells in cells[2] + "e150" }.csv,
      "d.csv, column \"y\": the numbers are beyond 1e100, or differ by less than 1e-100, and cannot "
        + "be computed with; measure it in another unit"),
    fit(
      sample.replacing("x") { _, cells in cells[3] + "e-150" }.csv, "y ~ t + x | s | z",
      "d.csv, column \"x\": the numbers are beyond 1e100, or differ by less than 1e-100, and cannot "
        + "be computed with; measure it in another unit"),
    fit(
      sample.replacing("y") { _, _ in "5.50" }.csv,
      "d.csv, column \"y\": the outcome is 5.5 in every used row; there is nothing to explain: "
        + "choose another outcome"),
    fit(
      sample.csv, "z ~ t | s | x",
      "d.csv, column \"z\": the outcome is not a number but has 3 levels (\"a\", \"b\", \"c\"); "
        + "choose a column of numbers, or of two levels, as the outcome"),
    fit(
      sample.replacing("x") { row, _ in row % 2 == 0 ? "" : nil }
        .replacing("z") { row, _ in row % 2 == 1 ? "NA" : nil }.csv,
      "d.csv, column \"x\": no row has a value in every used column (this one misses 60 of 120); "
        + "leave out of the formula what is mostly missing"),
  ]

  static let trials: [Message] = [
    fit(
      sample.replacing("t") { _, _ in "active" }.csv,
      "d.csv, column \"t\": the only arm among the used rows is \"active\"; two arms are needed; "
        + "look for missing values with describe"),
    fit(
      sample.replacing("t") { row, _ in ["a", "b", "c"][row % 3] }.csv,
      "d.csv, column \"t\": the treatment has 3 arms among the used rows (\"a\", \"b\", \"c\"); "
        + "choose two of them with --arms A,B"),
    fit(
      sample.replacing("s") { _, _ in "T1" }.csv,
      "d.csv, column \"s\": all used rows are of the one trial \"T1\"; a meta-analysis needs two "
        + "trials or more; --method mob takes one"),
    fit(
      sample.replacing("t") { _, cells in cells[0] == "T1" ? nil : "control" }.csv,
      "d.csv, column \"s\": 1 trial with both arms among the used rows (\"T1\"), at least 2 needed; "
        + "add trials, or look for missing values with describe"),
    fit(
      sample.replacing("z") { _, _ in "a" }.csv, "y ~ t | s", ["--subgroups", "z"],
      "d.csv, column \"z\": all used rows are of the one subgroup \"a\"; two subgroups are needed; "
        + "look for missing values with describe"),
  ]

  /// Outcomes that leave nothing for a residual SD.
  static let exact: [Message] = ["mob-si", "metamob-ri", "metamob-si"].flatMap { method in
    ["reml", "bayes"].map { estimator in
      let outcome = sample.replacing("y") { _, cells in
        "\(Int(cells[0].dropFirst()) ?? 0)" + (cells[1] == "active" ? ".5" : "")
      }
      return fit(
        outcome.csv, Sample.formula, ["--method", method, "--estimator", estimator],
        "d.csv: the joint model fits the outcome exactly, so that the residual SD has no estimate; "
          + "check the outcome, or use fewer covariates")
    }
  }

  static let levels: [Message] = [
    fit(
      sample.csv, Sample.formula, ["--reference", "placebo"],
      "d.csv, column \"t\": --reference names \"placebo\", which is no level of it; the levels are "
        + "\"active\", \"control\""),
    fit(
      sample.csv, Sample.formula, ["--arms", "control,new"],
      "d.csv, column \"t\": --arms names \"new\", which is no level of it; the levels are "
        + "\"active\", \"control\""),
    fit(
      sample.csv, "y ~ t | s | o", ["--ordered", "o=low<mid<top"],
      "d.csv, column \"o\": there is no level \"top\"; the levels are \"high\", \"low\", \"mid\""),
    fit(
      sample.replacing("o") { row, _ in row == 0 ? "low" : row == 1 ? "high" : nil }.csv,
      "y ~ t | s | o", ["--ordered", "o=low<mid"],
      "d.csv, line 3, column \"o\": the level \"high\" has no place in the given order; name every "
        + "level of the column once in the order"),
    fit(
      sample.csv, Sample.formula, ["--ordered", "dose=low<mid"],
      "d.csv, column \"dose\": the file has no such column; it has \"s\", \"t\", \"y\", \"x\", "
        + "\"z\", \"o\""),
  ]

  @Test(
    "One line, no result, no file, the exit code",
    arguments: files + values + trials + exact + levels)
  func message(_ message: Message) throws {
    try check(message)
  }
}
