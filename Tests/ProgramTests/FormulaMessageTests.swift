import Testing

/// Formulas that cannot be understood, or do not fit the file.
@Suite("Messages about formulas")
struct FormulaMessageTests {
  private static let csv = Sample().csv
  private static let remedy =
    "write outcome ~ treatment | trial | z1 + z2, with names of other signs in backticks"

  private static func fit(_ formula: String, _ error: String) -> Message {
    fit(formula, [], error)
  }

  private static func fit(
    _ formula: String, _ options: [String], code: Int32 = 65, _ error: String
  ) -> Message {
    Message(["fit", "d.csv", formula] + options, files: ["d.csv": csv], code: code, error)
  }

  /// A formula, the place of the fault counted from 1, and what is said of it.
  static let syntax: [Message] = [
    ("", 1, "expected the outcome's name, found the end"),
    ("y", 2, "expected ~, found the end"),
    ("~ t | s | x", 1, "expected the outcome's name, found \"~\""),
    ("y = t | s | x", 3, "expected ~, found \"=\""),
    ("y ~", 4, "expected the treatment's name, found the end"),
    ("y ~ . | s | x", 5, "expected the treatment's name, found \".\""),
    ("y ~ t", 6, "expected + and a covariate, or | and the trial's name, found the end"),
    ("y ~ t * x | s | z", 7, "expected + and a covariate, or | and the trial's name, found \"*\""),
    ("y ~ t + | s | z", 9, "expected a covariate's name, found \"|\""),
    ("y ~ t |", 8, "expected the trial's name, found the end"),
    ("y ~ t | s + o | x", 11, "expected | and the partitioning variables, or the end, found \"+\""),
    ("y ~ t | s |", 12, "expected a partitioning variable's name, found the end"),
    ("y ~ t | s | x + + z", 17, "expected a partitioning variable's name, found \"+\""),
    ("y ~ t | s | x z", 15, "expected + and another variable, or the end, found \"z\""),
    ("y ~ t | s | x | z", 15, "expected + and another variable, or the end, found \"|\""),
    ("y ~ t | s | 1x", 13, "expected a partitioning variable's name, found \"1x\""),
    ("y ~ t | s | `x", 13, "a backtick opens here and is not closed"),
    ("y ~ t | s | ``", 13, "there is no name between the backticks"),
    ("y ~ t | s | factor(x", 21, "expected ), found the end"),
    ("y ~ t | s | factor()", 20, "expected a column's name, found \")\""),
  ].map { formula, character, problem in
    fit(formula, "formula, character \(character): \(problem); \(remedy)")
  }

  static let others: [Message] = [
    fit(
      "log(y) ~ t | s | x",
      "formula, character 1: the function log() is not known in a formula; only factor() and "
        + "ordered() are; compute other columns beforehand"),
    fit(
      "y ~ t | s",
      "formula: the third part, the partitioning variables, is missing; write outcome ~ treatment | "
        + "trial | z1 + z2, or give --subgroups"),
    fit(
      "y ~ t | s | x", ["--subgroups", "z"], code: 64,
      "formula: a third part cannot stand beside --subgroups, which grows no tree; write outcome ~ "
        + "treatment | trial"),
    fit(
      "y ~ t + x + z + o | s | .",
      "d.csv, formula: the list of partitioning variables is empty, since every column has another "
        + "role; name the variables that may define subgroups"),
    fit(
      "y ~ t | s | xx", "d.csv, column \"xx\": the file has no such column; did you mean \"x\"?"),
    fit(
      "y ~ t | s | age",
      "d.csv, column \"age\": the file has no such column; it has \"s\", \"t\", \"y\", \"x\", \"z\", "
        + "\"o\""),
    fit(
      "y ~ t | q | x",
      "d.csv, column \"q\": the file has no such column; it has \"s\", \"t\", \"y\", \"x\", \"z\", "
        + "\"o\""),
    fit(
      "y ~ t | s", ["--subgroups", "group"],
      "d.csv, column \"group\": the file has no such column; it has \"s\", \"t\", \"y\", \"x\", "
        + "\"z\", \"o\""),
    fit(
      "y ~ t + x | s | x",
      "column \"x\": it stands both as a covariate and as a partitioning variable; a column has one "
        + "role only: remove it from one of the two places"),
    fit(
      "y ~ t | t | x",
      "column \"t\": it stands both as the treatment and as the trial; a column has one role only: "
        + "remove it from one of the two places"),
    fit(
      "y ~ t | s", ["--subgroups", "y"],
      "column \"y\": it stands both as the outcome and as the subgroups; a column has one role "
        + "only: remove it from one of the two places"),
    fit(
      "y ~ t | s | x + x",
      "column \"x\": it stands twice as a partitioning variable; name it once"),
  ]

  @Test("One line, no result, no file, exit code 65", arguments: syntax + others)
  func message(_ message: Message) throws {
    try check(message)
  }

  @Test("A point with no other column left is named even where the file has no columns for roles")
  func emptyList() throws {
    try check(
      Message(
        ["describe", "d.csv", "y ~ t | s | ."], files: ["d.csv": "s,t,y\nT1,a,1\n"], code: 65,
        "d.csv, formula: the list of partitioning variables is empty, since every column has another "
          + "role; name the variables that may define subgroups"))
  }
}
