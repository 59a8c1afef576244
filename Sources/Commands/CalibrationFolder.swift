package import Calibration
private import Glibc
private import Reports
private import Tables

/// The folder of a calibration: ranks, each file written as soon as it is done, and what they say.
///
/// Files of other names are left alone, so that the folder may hold notes.
package struct CalibrationFolder: Sendable {
  private let path: String
  private let temporaries: Temporaries

  /// Makes the folder, unless it exists, and tests that it can be written to.
  package init(_ path: String, temporaries: Temporaries) throws(CommandError) {
    self.path = path
    self.temporaries = temporaries
    let place = Place(path)
    switch kind(of: path) {
    case .file, .special:
      throw .cannotWrite("'\(path)' is a file; choose another folder for --out")
    case .folder: break
    case .nothing:
      guard kind(of: place.parent) == .folder else {
        throw .cannotWrite(
          "cannot write folder '\(path)': folder '\(place.parent)' does not exist; create it first")
      }
      try make(path)
    }
    if kind(of: "\(path)/ranks") != .folder { try make("\(path)/ranks") }
    _ = try OutputFile("\(path)/calibration.json", temporaries: temporaries)
  }

  private func make(_ folder: String) throws(CommandError) {
    guard mkdir(folder, 0o777) == 0 else { throw writingFailure("folder '\(folder)'", errno) }
  }

  /// The ranks that the folder has of a scenario and a sampler by this version under these settings.
  package func ranks(_ scenario: String, _ sampler: String, _ plan: CalibrationPlan) -> RankTable? {
    let file = "\(path)/ranks/\(RankFile.name(scenario: scenario, sampler: sampler))"
    guard kind(of: file) == .file, let bytes = try? InputFile(reading: file).bytes else {
      return nil
    }
    return RankFile.table(
      String(decoding: bytes, as: UTF8.self), scenario: scenario, sampler: sampler, plan: plan,
      version: Help.version)
  }

  /// Writes ranks.
  package func write(_ table: RankTable) throws(CommandError) {
    let name = RankFile.name(scenario: table.scenario, sampler: table.sampler)
    try write([("ranks/\(name)", RankFile.text(of: table, version: Help.version))])
  }

  /// Writes files, each of them whole.
  package func write(_ files: [(name: String, text: String)]) throws(CommandError) {
    for (name, text) in files {
      try OutputFile("\(path)/\(name)", temporaries: temporaries).write(Array(text.utf8))
    }
    temporaries.keep(path)
  }
}
