import Foundation

/// The columns of a reference table by name, `NaN` and empty cells as not-a-number; no quoted commas.
public func figureTable(_ path: String) -> [String: [Double]] {
  guard let data = figure(path) else { return [:] }
  let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
  guard let header = lines.first else { return [:] }
  let names = header.split(separator: ",").map { String($0.filter { $0 != "\"" }) }
  var columns = [[Double]](repeating: [], count: names.count)
  for line in lines.dropFirst() {
    let cells = line.split(separator: ",", omittingEmptySubsequences: false)
    for (j, cell) in cells.enumerated() { columns[j].append(Double(cell) ?? .nan) }
  }
  return Dictionary(uniqueKeysWithValues: zip(names, columns))
}
