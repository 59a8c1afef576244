public import JSON
public import Posterior
public import Reports

/// The report of a saved fit: one HTML page that needs nothing else, or the same as Markdown.
///
/// What a fit does not hold has no section; there are no empty headings.
public struct FitReport: Sendable {
  private let page: ReportPage

  /// A report of the document of a fit.
  ///
  /// - Parameters:
  ///   - document: `fit.json`, which a `SavedFit` could be read of.
  ///   - draws: the draws of each Bayesian run, by the run's name; figures of draws are left out where a run
  ///     has none here.
  ///   - stability: what stability analyses of the same data found.
  ///   - run: a method, or a method with an estimator, that the report keeps to; nil for all.
  /// - Throws: `unknownRun`, or `invalid` where the document lacks what every fit has.
  public init(
    _ document: JSONValue, draws: [String: DrawsFile.Contents], stability: [Stability] = [],
    run: String? = nil
  ) throws(SavedFitError) {
    let builder = try ReportBuilder(document, draws: draws, stability: stability, run: run)
    page = ReportPage(title: builder.title, lead: builder.lead, sections: builder.sections)
  }

  /// The page: HTML that is well-formed XML as well.
  public var html: String { page.html }

  /// The same as Markdown; figures by what they show.
  public var markdown: String { page.markdown }
}
