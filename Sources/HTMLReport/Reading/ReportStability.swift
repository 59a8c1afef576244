import Figures
public import JSON
public import Reports
import Subgroups
import Words

extension FitReport {
  /// A stability analysis that a report shows.
  public struct Stability: Sendable {
    let document: JSONValue
    /// What figures read of it.
    let figures: FigureFit
    /// The analysis of all participants.
    let run: ReportRun
    /// Where it was found, for the calls below figures.
    let place: String

    /// Reads `stability.json`; `place` is its path, or its folder's.
    public init(_ document: JSONValue, place: String) throws(SavedFitError) {
      figures = try FigureFit(stability: document)
      guard let run = document.at("run").flatMap(ReportRun.init) else {
        throw .invalid(key: "run", problem: "it has no tree")
      }
      (self.document, self.run, self.place) = (document, run, place)
    }

    /// Whether it was made with the data of a fit.
    public func hasData(of fit: JSONValue) -> Bool {
      let digest = document.at("call")?.text("data_sha256")
      return digest != nil && digest == fit.at("call")?.text("data_sha256")
    }

    /// The number of trees; nil where there is none.
    var trees: Int? { document.at("trees")?.integer("trees").flatMap { $0 > 0 ? $0 : nil } }

    /// What the trees are of: `200 trees of halves`.
    var treeWords: String {
      let isHalves = document.at("resampling")?.text("kind") == "halves"
      return "\(counted(trees ?? 0, "tree")) of \(isHalves ? "halves" : "all trials but one")"
    }

    /// The share of trees whose root splits on a variable; nil for no split at the root.
    func rootShare(_ variable: String?) -> Double {
      document.at("trees")?.list("root_split").first { $0.text("variable") == variable }?
        .number("share") ?? 0
    }

    /// The variable that most roots split on, with its share; nil where no tree has a split.
    var mostFrequentRoot: (variable: String, share: Double)? {
      let found = document.at("trees")?.list("root_split").compactMap { entry in
        entry.text("variable").flatMap { name in entry.number("share").map { (name, $0) } }
      }
      return found?.max { $0.1 < $1.1 }
    }

    /// The share of a difference that is found again in the other half.
    var slope: Double? { document.at("correction")?.number("slope") }
  }
}
