import Foundation
import TestSupport
import Testing

/// The pictures beside the example of low back pain are those that its fit gives.
///
/// `make record` draws them anew.
@Suite("Gallery")
struct GalleryTests {
  static let kinds = [
    "tree", "forest", "trials", "heterogeneity", "shrinkage", "effects", "process", "profile",
    "loo", "ppc", "sensitivity", "stability",
  ]

  private static let formula = "rmdq ~ treatment + baseline | trial | age + sex + rmdq_0"

  /// The fit of the example that is adjusted for the baseline score.
  private func fit() throws -> Scratch {
    let folder = try Scratch()
    let data = packageRoot.appendingPathComponent("examples/low-back-pain/data.csv")
    let lines = try String(contentsOf: data, encoding: .utf8).split(separator: "\n")
    let table = lines.enumerated().map { place, line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return "\(line),\(place == 0 ? "baseline" : cells[5])"
    }
    try folder.add("data.csv", table.joined(separator: "\n") + "\n")
    _ = try Program.success(
      [
        "compare", "data.csv", Self.formula,
        "--benefit",
        "lower", "--mcid", "2", "--quiet", "--out", "fit",
      ], in: folder)
    // Twelve refits of short chains, and halves by REML.
    _ = try Program.success(
      [
        "fit", "data.csv", Self.formula, "--sensitivity", "--warmup", "250", "--draws", "250",
        "--loo", "off", "--allow-unconverged", "--quiet", "--out", "sensitivity",
      ], in: folder)
    _ = try Program.success(
      [
        "stability", "data.csv", Self.formula, "--estimator", "reml", "--quiet", "--out",
        "stability",
      ], in: folder)
    return folder
  }

  @Test("Each picture is the one that is drawn")
  func pictures() throws {
    let folder = try fit()
    let gallery = packageRoot.appendingPathComponent("examples/low-back-pain/figures")
    for kind in Self.kinds {
      _ = try Program.success(
        [
          "plot", kind, ["sensitivity", "stability"].contains(kind) ? kind : "fit", "--out",
          "\(kind).svg", "--label", "rmdq_0=RMDQ at baseline",
          "--label",
          "rmdq=RMDQ",
        ], in: folder)
      let drawn = try #require(folder.text("\(kind).svg"))
      let file = gallery.appendingPathComponent("\(kind).svg")
      if Program.isRecording {
        try Data(drawn.utf8).write(to: file)
      } else {
        #expect(drawn == (try? String(contentsOf: file, encoding: .utf8)), "\(kind)")
      }
    }
  }
}
