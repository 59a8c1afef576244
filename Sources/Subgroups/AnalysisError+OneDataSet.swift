import Sampling

extension AnalysisError {
  /// Why one data set has no tree or no fit, where that may happen to some parts of the data and not to
  /// others; nil for what ends the whole analysis.
  public var ofOneDataSet: String? {
    switch self {
    case .notFitted: "the joint model could not be fitted"
    case .exactFit: "the joint model fits the outcome exactly"
    case .notIdentified: "an effect has neither data nor a proper prior"
    case .sampling(.cancelled), .sampling(.invalidPlan(_)): nil
    case .sampling: "the sampler failed"
    default: nil
    }
  }
}
