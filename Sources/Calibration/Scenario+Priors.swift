import Foundation
public import Inference

extension Scenario.Priors {
  /// The prior set.
  public func set() throws(PriorError) -> PriorSet {
    switch self {
    case .weaklyInformative: try .weaklyInformative()
    case .moderate: try PriorSet(data: Data(PackageResources.moderate_json), file: rawValue)
    case .halfT: try PriorSet(data: Data(PackageResources.half_t_json), file: rawValue)
    case .otherFamilies:
      try PriorSet(data: Data(PackageResources.other_families_json), file: rawValue)
    }
  }
}
