import Foundation
import JSON

/// One cell of a table of results.
enum Cell {
  case text(String)
  /// A number with the significant digits that are shown; nil where it does not exist.
  case number(Double?, digits: Int = 3)

  var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .number(let value, _): JSONValue(value)
    }
  }

  var text: String {
    switch self {
    case .text(let text): return text
    case .number(let value, let digits):
      guard let value else { return "–" }
      guard value != 0 else { return "0" }
      let magnitude = Int(log10(abs(value)).rounded(.down))
      let decimals = max(0, digits - 1 - magnitude)
      return String(format: "%.\(decimals)f", value)
    }
  }
}

/// One table of results.
struct Section {
  let name: String
  let title: String
  /// What was measured, and how.
  let remark: String
  /// Key and heading of each column.
  let columns: [(key: String, heading: String)]
  let rows: [[Cell]]

  var markdown: String {
    let heading = "| " + columns.map(\.heading).joined(separator: " | ") + " |"
    let rule =
      "|"
      + columns.indices.map { i in
        if case .number = rows[0][i] { "--:|" } else { "---|" }
      }.joined()
    let lines = rows.map { "| " + $0.map(\.text).joined(separator: " | ") + " |" }
    return (["## \(title)", "", remark, "", heading, rule] + lines + [""])
      .joined(separator: "\n")
  }

  var json: JSONValue {
    .array(
      rows.map { row in
        .object(
          Dictionary(uniqueKeysWithValues: zip(columns.map(\.key), row.map(\.json))))
      })
  }
}

/// All results of one run.
struct BenchmarkReport {
  let machine: Machine
  let loadAfter: Double?
  let sections: [Section]

  var json: JSONValue {
    .object([
      "machine": machine.json, "load_after": JSONValue(loadAfter),
      "results": .object(
        Dictionary(uniqueKeysWithValues: sections.map { ($0.name, $0.json) })),
    ])
  }

  var markdown: String {
    """
    # Benchmarks

    Written by `make benchmark`, which measures everything again (about five minutes) and renews this
    page and `results.json`. One section alone, printed only: `make benchmark SECTIONS=trees`.

    \(machine.description(loadAfter: loadAfter)) Others used the machine at the same time, so CPU
    seconds are the steadier figures. Figures are medians over repetitions after a warm-up.


    """ + sections.map(\.markdown).joined(separator: "\n")
  }
}
