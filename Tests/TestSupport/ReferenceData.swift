public import Foundation

/// A data set with reference figures: how its columns are named to the program.
public struct ReferenceData: Sendable {
  /// The name of its folder under `Figures`.
  public let name: String
  /// The formula of its analysis.
  public let formula: String
  /// The orders of its ordered columns, as `--ordered` takes them.
  public let orders: [String]

  private init(_ name: String, _ formula: String, orders: [String] = []) {
    self.name = name
    self.formula = formula
    self.orders = orders
  }

  /// The data sets with trees; columns as `reference.json` names them, ordered levels as
  /// `factor_levels` there has them.
  public static let all = [
    ReferenceData("low-back-pain", "rmdq ~ treatment | trial | age + sex + rmdq_0"),
    ReferenceData(
      "few-trials", "y ~ treat | trial | x1 + x2 + x3 + x4 + g + o",
      orders: ["o=very low<low<medium<high<very high"]),
    ReferenceData(
      "many-trials",
      "y ~ treat | trial | x1 + x2 + age + bmi + lab + visits + sex + smoker + region + severity",
      orders: ["severity=mild<moderate<severe<critical"]),
    ReferenceData("null", "y ~ treat | trial | x1 + x2 + age + sex"),
    ReferenceData("rank-deficient", "y ~ treat | trial | x1 + x2 + g"),
    ReferenceData("binary-outcome", "recovered ~ treat | trial | x1 + x2 + stage + sex"),
    ReferenceData("rank-deficient-binary", "response ~ treat | trial | x1 + x2 + g"),
    ReferenceData("separation", "event ~ treat | trial | x1 + sex"),
  ]

  /// The data set of a name.
  public init?(named name: String) {
    guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The data file.
  public var file: URL {
    packageRoot.appendingPathComponent("Tests/ReferenceTests/Figures/\(name)/data.csv")
  }
}
