import JSON
import Pooling
import Posterior
import TestSupport
import Testing

/// Classical estimates against metafor 3.8-1; the script is `Figures/nnhm/metafor.R`.
@Suite("Figures of classical pooling")
struct ClassicalReferenceTests {
  /// The estimates of each data set.
  static let sets = Dictionary(
    ReferenceFit.all.map { ($0.dataSet, $0.estimates) }, uniquingKeysWith: { first, _ in first })

  @Test("Every estimator, with and without Hartung-Knapp")
  func estimators() throws {
    let table = try #require(FigureTable("nnhm/metafor.csv"))
    #expect(table.rows == 7 * 2 * 8)
    let names = [
      "mu", "se", "lower", "upper", "p", "tau2", "tau2_lower", "tau2_upper", "I2", "Q", "Q_p",
      "prediction_lower", "prediction_upper",
    ]
    let figures = names.map { table.numbers($0) }
    for row in 0..<table.rows {
      let name = try #require(table.columns["data_set"]?[row])
      let method = try #require(
        table.columns["method"].flatMap { HeterogeneityEstimator(rawValue: $0[row]) })
      let estimates = try #require(Self.sets[name])
      let pooled = try pool(
        estimates, priors: SourcedPriors.unitFree(estimates).priors,
        level: table.numbers("level")[row])
      let found = try #require(
        pooled.classical(method, hartungKnapp: table.numbers("knha")[row] == 1))
      let values = values(found)
      for (place, wanted) in figures.enumerated() {
        // metafor's own iterations end at about 1e-8 of τ² or, near zero, of the variances.
        let isClose =
          wanted[row].isNaN
          ? values[place] == nil
          : values[place].map {
            AgreementNotes(.pooling, "\(name), metafor").close(
              names[place], $0, wanted[row], relative: 1e-6, absolute: 1e-7)
          } ?? false
        #expect(
          isClose,
          "\(name) \(method) \(names[place]): \(String(describing: values[place])), \(wanted[row])")
      }
    }
  }

  private func values(_ estimate: ClassicalEstimate) -> [Double?] {
    [
      estimate.mean, estimate.se, estimate.interval.lower, estimate.interval.upper, estimate.pValue,
      estimate.squaredTau, estimate.squaredTauInterval?.lower, estimate.squaredTauInterval?.upper,
      estimate.inconsistency, estimate.q, estimate.qPValue, estimate.prediction?.lower,
      estimate.prediction?.upper,
    ]
  }

  @Test("Two-stage figures of the cases", arguments: ReferenceData.all.map(\.name))
  func cases(_ name: String) throws {
    let document = try referenceDocument(name)
    let agreement = AgreementNotes(.pooling, "\(name), metafor")
    let analyses = try #require(document["two_stage"]?.object)
    for (adjustment, analysis) in analyses {
      // Without adjustment of a zero cell a trial's estimate is no number but where R stopped.
      let numbers = { (key: String) in analysis[key]?.array?.compactMap(\.number) ?? [] }
      let (estimates, variances) = (numbers("yi"), numbers("vi"))
      let trials = analysis["trials"]?.array?.compactMap(\.string) ?? []
      let studies = zip(trials, zip(estimates, variances)).map {
        StudyEstimate(study: $0, estimate: $1.0, se: $1.1.squareRoot())
      }
      let pooled = try pool(studies, priors: SourcedPriors.unitFree(studies).priors)
      for (key, wanted) in try #require(analysis["rma"]?.object) {
        let parts = key.split(separator: "_").map(String.init)
        let method = try #require(HeterogeneityEstimator(rawValue: parts[0]))
        let found = try #require(pooled.classical(method, hartungKnapp: parts[1] == "knha"))
        for (name, value) in [
          ("mu", found.mean), ("se", found.se), ("p", found.pValue ?? .nan),
          ("tau2", found.squaredTau), ("I2", found.inconsistency), ("Q", found.q),
          ("Qp", found.qPValue),
        ] {
          let figure = try #require(wanted[name]?.number)
          #expect(
            agreement.close(
              name, value, figure, relative: 1e-6, absolute: 1e-8),
            "\(adjustment) \(key) \(name): \(value), \(figure)")
        }
        let limits = ReferenceFit.numbers(wanted["pi"])
        try #require(limits.count == 2)
        let prediction = try #require(found.prediction)
        for (own, theirs) in zip([prediction.lower, prediction.upper], limits) {
          #expect(agreement.close("prediction", own, theirs, relative: 1e-6))
        }
      }
    }
  }
}
