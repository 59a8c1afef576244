import TestSupport
import Testing

/// Wrong calls of `metamob plot`.
@Suite("Messages of plot")
struct PlotMessageTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    try folder.add("data.csv", Sample().csv)
    _ = try Program.success(
      ["fit", "data.csv", Sample.formula, "--estimator", "reml", "--quiet", "--out", "fit"],
      in: folder)
    try folder.add("broken/fit.json", "{\"schema\": ")
  }

  static let calls: [([String], Int32, String)] = [
    (
      ["tre", "fit", "--out", "a.svg"], 64,
      "metamob plot: 'tre' is no kind of figure; did you mean tree?"
    ),
    (["tree", "fit"], 64, "metamob plot needs --out FILE.svg, FILE.pdf or FILE.png"),
    (
      ["tree", "fit", "--out", "a.jpg"], 64,
      "option --out: 'a.jpg' does not end in .svg, .pdf or .png, which tells the form of the figure"
    ),
    (
      ["tree"], 64,
      "metamob plot needs KIND and FIT: FIT is missing; 'metamob plot --help' explains"
    ),
    (
      ["tree", "no", "--out", "a.svg"], 66,
      "no/fit.json: no such file; check the name and the folder"
    ),
    (
      ["tree", "fit/fit.json", "--out", "a.svg"], 66,
      "fit/fit.json is a file; the folder of a fit is wanted, which fit or compare writes with --out"
    ),
    (
      ["tree", "broken", "--out", "a.svg"], 65,
      "'broken/fit.json': the file is not JSON, or was cut off"
    ),
    (
      ["tree", "fit", "--out", "no/a.pdf"], 73,
      "cannot write 'no/a.pdf': folder 'no' does not exist; create it first"
    ),
    (
      ["tree", "fit", "--out", "a.svg", "--run", "mob"], 65,
      "'fit/fit.json' has no run 'mob'; it has metamob-si:reml"
    ),
    (
      ["trace", "fit", "--out", "a.svg"], 65,
      "'fit/fit.json': the run metamob-si:reml has no posterior, which the figure trace shows; choose "
        + "another with --run, or fit with --estimator bayes"
    ),
    (
      ["process", "fit", "--node", "9", "--out", "a.svg"], 65,
      "option --node: the tree of metamob-si:reml has no node 9; it has 1, 2, 3"
    ),
    (
      ["process", "fit", "--variable", "o", "--out", "a.svg"], 65,
      "option --variable: node 1 of metamob-si:reml has no curve of \"o\"; it has those of x, z"
    ),
    (
      ["profile", "fit", "--node", "2", "--out", "a.svg"], 65,
      "'fit/fit.json': node 2 of metamob-si:reml was not tested for a split; choose another with --node"
    ),
    (
      ["tree", "fit", "--label", "age=Age", "--out", "a.svg"], 65,
      "option --label: the fit has no column \"age\"; it has y, t, s, x, z"
    ),
    (
      ["tree", "fit", "--label", "=Age", "--out", "a.svg"], 64,
      "option --label: '=Age' is not a column with its text, as in age=\"Age in years\""
    ),
    (
      ["tree", "fit", "--label", "x=A", "--label", "x=B", "--out", "a.svg"], 64,
      "option --label: column 'x' is given twice"
    ),
    (
      ["tree", "fit", "--y-limits", "3,1", "--out", "a.svg"], 64,
      "option --y-limits: '3,1' is not two numbers from low to high, as in 0,24"
    ),
    (
      ["tree", "fit", "--width", "19000", "--out", "a.png"], 73,
      "a PNG of 38000 pixels is larger than cairo can make; choose a smaller --width, or write the "
        + "figure as .svg or .pdf"
    ),
  ]

  @Test("Each wrong call has its message, and leaves nothing behind")
  func messages() throws {
    for (arguments, code, text) in Self.calls {
      let outcome = try Program.run(["plot"] + arguments, in: folder)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors == "metamob: error: \(text)\n", "\(arguments)")
      #expect(outcome.output.isEmpty)
    }
    #expect(folder.text("a.svg") == nil && folder.text("a.png") == nil)
  }
}
