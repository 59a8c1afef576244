import Designs
import Foundation
import Tables
import TestSupport

/// The data of a reference case as the program reads them, with its own formula or another one.
func referenceDesign(_ name: String, formula: String? = nil) throws -> Design {
  let specification = try Require.value(specifications[name], name)
  let data = try Require.value(figure("\(name)/data.csv"), "\(name)/data.csv")
  let text = try DelimitedText(InputFile(name: "\(name)/data.csv", bytes: [UInt8](data)))
  let options = DesignOptions(
    reference: specification.reference,
    orders: try specification.orders.map { try LevelOrder(parsing: $0) })
  return try DesignBuilder(
    text, formula: Formula(parsing: formula ?? specification.formula), options: options
  ).design()
}

private struct Specification {
  var formula: String
  var reference: String?
  var orders: [String] = []
}

/// Columns as `reference.json` names them; ordered levels as `factor_levels` there has them.
private let specifications = [
  "low-back-pain": Specification(formula: "rmdq ~ treatment | trial | age + sex + rmdq_0"),
  "few-trials": Specification(
    formula: "y ~ treat | trial | x1 + x2 + x3 + x4 + g + o",
    orders: ["o=very low<low<medium<high<very high"]),
  "many-trials": Specification(
    formula:
      "y ~ treat | trial | x1 + x2 + age + bmi + lab + visits + sex + smoker + region + severity",
    orders: ["severity=mild<moderate<severe<critical"]),
  "null": Specification(formula: "y ~ treat | trial | x1 + x2 + age + sex"),
]
