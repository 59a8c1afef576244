private import Drawing

extension OptionTable {
  /// The options of `plot`.
  static let figures: [Option] = [
    Option(
      .width, .figure, in: [.plot], metavar: "PIXELS", .number(above: 0, below: 20_000),
      fallback: "what the figure needs", recorded: false,
      help: "the width; a figure that needs more is drawn smaller"),
    Option(
      .height, .figure, in: [.plot], metavar: "PIXELS", .number(above: 0, below: 20_000),
      fallback: "what the figure needs", recorded: false,
      help: "the height; panels become higher or lower"),
    Option(
      .yLimits, .figure, in: [.plot], metavar: "LO,HI", .limits,
      fallback: "all that is drawn", recorded: false,
      help:
        "the ends of the axis of values: outcomes in tree; effects in forest, trials, shrinkage, "
        + "effects, sensitivity and stability; the vertical one elsewhere"),
    Option(
      .palette, .figure, in: [.plot], .word(of: Palette.Name.self), value: .text("okabe-ito"),
      recorded: false,
      help: "the colours; shapes and line styles tell the same, so that all can be read in grey"),
    Option(
      .fontSize, .figure, in: [.plot], metavar: "PIXELS", .number(above: 4, below: 72),
      value: .number(12), recorded: false, help: "the size of text"),
    Option(
      .title, .figure, in: [.plot], metavar: "TEXT", .anyText, fallback: "the figure's own",
      recorded: false, help: "the title; empty for none"),
    Option(
      .label, .figure, in: [.plot], metavar: "COLUMN=TEXT", .label, repeats: true, recorded: false,
      help: "what stands for a column's name; may be repeated for more columns"),
    Option(
      .node, .figure, in: [.plot], metavar: "ID", .integer(1...Validity.most),
      fallback: "1, the root",
      recorded: false, help: "for process and profile: the node"),
    Option(
      .variable, .figure, in: [.plot], metavar: "NAME", .text,
      fallback: "the one with the smallest p-value", recorded: false,
      help:
        "for process and profile: the variable; for trace, rank and autocorrelation: the parameter, "
        + "by its name in the draws files"),
  ]
}
