package import Calibration
private import Reports

/// The folder of a calibration: ranks, each file written as soon as it is done, and what they say.
package struct CalibrationFolder: Sendable {
  private let folder: ResultFolder

  /// Makes the folder, unless it exists, and tests that it can be written to.
  package init(_ path: String, temporaries: Temporaries) throws(CommandError) {
    folder = try ResultFolder(
      path, folders: ["ranks"], file: "calibration.json", temporaries: temporaries)
  }

  /// The ranks that the folder has of a scenario and a sampler by this version under these settings.
  package func ranks(_ scenario: String, _ sampler: String, _ plan: CalibrationPlan) -> RankTable? {
    folder.text(of: "ranks/\(RankFile.name(scenario: scenario, sampler: sampler))").flatMap {
      RankFile.table(
        $0, scenario: scenario, sampler: sampler, plan: plan, version: Help.version)
    }
  }

  /// Writes ranks.
  package func write(_ table: RankTable) throws(CommandError) {
    let name = RankFile.name(scenario: table.scenario, sampler: table.sampler)
    try write([("ranks/\(name)", RankFile.text(of: table, version: Help.version))])
  }

  /// Writes files, each of them whole.
  package func write(_ files: [(name: String, text: String)]) throws(CommandError) {
    try folder.write(files)
  }
}
