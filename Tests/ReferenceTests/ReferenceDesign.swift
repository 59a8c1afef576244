import Designs
import Foundation
import Tables
import TestSupport

/// The data of a reference case as the program reads them, with its own formula or another one.
func referenceDesign(_ name: String, formula: String? = nil) throws -> Design {
  let data = try Require.value(ReferenceData(named: name), name)
  let text = try DelimitedText(InputFile(reading: data.file.path))
  let options = DesignOptions(orders: try data.orders.map { try LevelOrder(parsing: $0) })
  return try DesignBuilder(
    text, formula: Formula(parsing: formula ?? data.formula), options: options
  ).design()
}
