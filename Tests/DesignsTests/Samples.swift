import Tables

@testable import Designs

/// A builder from the content of a file named `d.csv`.
func builder(
  _ content: String, _ formula: String, _ options: DesignOptions = DesignOptions()
) throws -> DesignBuilder {
  let text = try DelimitedText(InputFile(name: "d.csv", bytes: Array(content.utf8)))
  return try DesignBuilder(text, formula: Formula(parsing: formula), options: options)
}

/// A design from the content of a file named `d.csv`.
func design(
  _ content: String, _ formula: String = "y ~ t | k | z",
  _ options: DesignOptions = DesignOptions()
) throws -> Design {
  try builder(content, formula, options).design()
}

/// Eight rows of two trials with both arms; every column has a value in every row.
let completeTable = """
  y,t,k,z,g,o
  1.5,drug,B,3,x,low
  2,control,B,1,y,high
  3,control,A,2,x,mid
  4,drug,A,5,z,mid
  5.5,drug,B,4,y,low
  6,control,A,6,x,high
  7,drug,A,8,x,low
  9,control,B,7,z,high

  """

/// The complete table with one cell of a row (counted from 0) replaced.
func replacing(_ column: String, row: Int, by cell: String) -> String {
  var lines = completeTable.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
  if let place = lines[0].firstIndex(of: column) { lines[row + 1][place] = cell }
  return lines.map { $0.joined(separator: ",") + "\n" }.joined()
}

/// The complete table with a further column.
func adding(_ column: String, _ cells: [String]) -> String {
  let lines = completeTable.split(separator: "\n")
  return zip(lines, [column] + cells).map { "\($0),\($1)\n" }.joined()
}
