extension DrawsFile {
  /// The draws of several files, a chain each, with what the files say of the sampler.
  public struct Contents: Sendable, Equatable {
    /// The parameters: every column whose name does not end in two underscores, but for the row
    /// numbers `.chain`, `.iteration` and `.draw` of R's posterior.
    public let draws: Draws
    /// One record a chain; the list of a column that the file does not have is empty.
    public let records: [SamplerRecord]
    /// What the comment lines of each file say.
    public let headers: [DrawsHeader]
  }

  /// Reads draws files, CmdStan's or plain CSV with a line of names.
  ///
  /// Comment lines may be absent, and so may any column that ends in two underscores. `nan`, `NA`
  /// and an empty cell are not-a-number. Rows before the comment that ends adaptation are warm-up
  /// and are left out, unless the header says that none were saved.
  /// - Throws: `DrawsFileError`, also where files do not belong together.
  public static func read(
    _ files: [(name: String, text: [UInt8])]
  ) throws(DrawsFileError) -> Contents {
    var tables: [ChainTable] = []
    for file in files { tables.append(try ChainTable(file.name, file.text)) }
    guard let first = tables.first else { throw .noParameters(file: "") }
    for table in tables.dropFirst() {
      guard table.names == first.names else {
        throw .otherColumns(file: table.file, first: first.file)
      }
      guard table.rows == first.rows else {
        throw .otherLength(
          file: table.file, draws: table.rows, first: first.file, firstDraws: first.rows)
      }
    }
    let parameters = first.names.indices.filter { ChainTable.isParameter(first.names[$0]) }
    var draws = Draws(
      names: parameters.map { first.names[$0] }, chains: tables.count, iterations: first.rows)
    for (variable, column) in parameters.enumerated() {
      for (chain, table) in tables.enumerated() {
        for row in 0..<table.rows {
          draws[variable: variable, chain: chain, iteration: row] = table[row, column]
        }
      }
    }
    return Contents(
      draws: draws, records: tables.map(\.record), headers: tables.map(\.header))
  }
}
