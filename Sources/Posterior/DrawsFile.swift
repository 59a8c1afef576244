/// Draws as CSV text in the dialect of CmdStan, one file a chain.
///
/// Header and footer have every line that the readers of R and Python want to see: rstan,
/// posterior, CmdStanPy and ArviZ.
public enum DrawsFile {
  /// The columns about the sampler, which stand before the parameters; those of `SamplerRecord.columns` come
  /// after them.
  static let samplerColumns = [
    "lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__", "energy__",
  ]

  /// Settings of a run that its files tell.
  public struct Settings: Sendable, Equatable {
    /// The number of warm-up iterations, whose draws are not in the file.
    public let warmup: Int
    /// The largest tree depth.
    public let maxTreeDepth: Int

    /// Settings of a run.
    public init(warmup: Int, maxTreeDepth: Int) {
      self.warmup = warmup
      self.maxTreeDepth = maxTreeDepth
    }
  }

  /// The text of one chain, counted from 0, as UTF-8.
  ///
  /// Every number has the fewest digits that read back as the same double. Elapsed times are
  /// written as 0, so that equal draws give equal bytes.
  public static func text(
    of draws: Draws, chain: Int, record: SamplerRecord, settings: Settings
  ) -> [UInt8] {
    precondition(
      record.logDensity.count == draws.iterations,
      "\(record.logDensity.count) transitions of \(draws.iterations) draws")
    var text: [UInt8] = []
    text.reserveCapacity(
      2000 + draws.iterations * 20 * (draws.names.count + record.columns.count + 7))
    text.append(lines: header(draws, chain: chain, record, settings))
    let names = samplerColumns + record.columns.map(\.name) + draws.names
    text.append(lines: [names.joined(separator: ",")])
    text.append(lines: adaptation(record))
    draws.values.withUnsafeBufferPointer { values in
      for iteration in 0..<draws.iterations {
        text.append(record, iteration)
        for column in record.columns {
          text.append(UInt8(ascii: ","))
          text.append(number: column.values[iteration])
        }
        for variable in draws.names.indices {
          text.append(UInt8(ascii: ","))
          let place = (variable * draws.chains + chain) * draws.iterations + iteration
          text.append(number: values[place])
        }
        text.append(UInt8(ascii: "\n"))
      }
    }
    text.append(lines: footer)
    return text
  }

  /// The lines before the names of the columns.
  ///
  /// A sampler without leapfrog steps is Gibbs. Its files have the lines on tree depth, metric and step size
  /// all the same, since CmdStanPy wants them in every file.
  private static func header(
    _ draws: Draws, chain: Int, _ record: SamplerRecord, _ settings: Settings
  ) -> [String] {
    let isGibbs = !record.leapfrogSteps.contains { $0 > 0 }
    let algorithm =
      isGibbs
      ? ["#     algorithm = gibbs"]
      : ["#     algorithm = hmc (Default)", "#         engine = nuts (Default)"]
    return [
      "# model = metamob",
      "# method = sample (Default)",
      "#   sample",
      "#     num_samples = \(draws.iterations)",
      "#     num_warmup = \(settings.warmup)",
      "#     save_warmup = 0 (Default)",
      "#     thin = 1 (Default)",
    ] + algorithm + [
      "#             max_depth = \(settings.maxTreeDepth)",
      "#         metric = diag_e (Default)",
      "# id = \(chain + 1)",
    ]
  }

  private static func adaptation(_ record: SamplerRecord) -> [String] {
    // Readers want at least one element, also of a sampler that has no metric.
    let metric = record.inverseMetric.isEmpty ? [1] : record.inverseMetric
    return [
      "# Adaptation terminated",
      "# Step size = \(record.stepSize)",
      "# Diagonal elements of inverse mass matrix:",
      "# " + metric.map(\.description).joined(separator: ", "),
    ]
  }

  private static let footer = [
    "# ",
    "#  Elapsed Time: 0 seconds (Warm-up)",
    "#                0 seconds (Sampling)",
    "#                0 seconds (Total)",
    "# ",
  ]
}

extension [UInt8] {
  fileprivate mutating func append(lines: [String]) {
    for line in lines {
      append(contentsOf: line.utf8)
      append(UInt8(ascii: "\n"))
    }
  }

  fileprivate mutating func append(number: Double) {
    var digits = number.description
    digits.withUTF8 { append(contentsOf: $0) }
  }

  /// Appends the cells of the sampler's columns.
  fileprivate mutating func append(_ record: SamplerRecord, _ iteration: Int) {
    let comma = UInt8(ascii: ",")
    append(number: record.logDensity[iteration])
    append(comma)
    append(number: record.acceptance[iteration])
    append(comma)
    append(number: record.stepSize)
    append(comma)
    append(contentsOf: record.treeDepth[iteration].description.utf8)
    append(comma)
    append(contentsOf: record.leapfrogSteps[iteration].description.utf8)
    append(comma)
    append(UInt8(ascii: record.divergent[iteration] ? "1" : "0"))
    append(comma)
    append(number: record.energy[iteration])
  }
}
