/// The estimate of one study with its standard error.
public struct StudyEstimate: Sendable, Equatable {
  /// The study's name.
  public let study: String
  /// The estimate.
  public let estimate: Double
  /// Its standard error, taken as known.
  public let se: Double

  /// An estimate with its standard error.
  public init(study: String, estimate: Double, se: Double) {
    self.study = study
    self.estimate = estimate
    self.se = se
  }
}

/// The estimates measured from their weighted mean in units of about their standard errors.
///
/// Only in such units is e^u, with u from −700 to 340, wide enough for every heterogeneity that could
/// matter. The unit is a power of two, so that data in another such unit have the same digits.
struct StandardStudies {
  /// What is taken from every estimate.
  let shift: Double
  /// What estimates and standard errors are divided by.
  let unit: Double
  /// The estimates in this measure.
  let estimates: [Double]
  /// The squares of the standard errors in this measure.
  let variances: [Double]

  init(_ studies: [StudyEstimate]) {
    let sorted = studies.map(\.se).sorted()
    let typical = sorted[sorted.count / 2]
    unit = Double(sign: .plus, exponent: typical.exponent, significand: 1)
    var total = 0.0
    var sum = 0.0
    for study in studies {
      // Relative to the smallest, so that no square leaves the range of numbers.
      let weight = (sorted[0] / study.se) * (sorted[0] / study.se)
      total += weight
      sum += weight * study.estimate
    }
    shift = sum / total
    let (shift, unit) = (shift, unit)
    estimates = studies.map { ($0.estimate - shift) / unit }
    variances = studies.map { ($0.se / unit) * ($0.se / unit) }
  }

  /// The number of studies.
  var count: Int { estimates.count }
}
