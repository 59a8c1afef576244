public import Calibration

/// Ranks as a file: comments with what determined them, then one line of counts for each quantity.
public enum RankFile {
  /// The name of the file of a scenario and a sampler.
  public static func name(scenario: String, sampler: String) -> String {
    "\(scenario)-\(sampler).csv"
  }

  /// The text of a table made by a version of the program.
  public static func text(of table: RankTable, version: String) -> String {
    let head = header(table.scenario, table.sampler, table.plan, version: version)
    let outcome = [
      "# failed fits = \(table.failed)", "# short fits = \(table.dependent)",
      "# divergences = \(table.divergences)",
    ]
    let columns = (["quantity"] + (0...table.plan.draws).map { "\($0)" }).joined(separator: ",")
    let rows = table.rows.map { row in
      ([row.quantity] + row.counts.map { "\($0)" }).joined(separator: ",")
    }
    return (head + outcome + [columns] + rows).map { $0 + "\n" }.joined()
  }

  /// The table that a text holds; nil unless it was made by this version under exactly these settings.
  public static func table(
    _ text: String, scenario: String, sampler: String, plan: CalibrationPlan, version: String
  ) -> RankTable? {
    let head = header(scenario, sampler, plan, version: version)
    let lines = text.split(separator: "\n").map(String.init)
    guard lines.count > head.count + 4, Array(lines.prefix(head.count)) == head else { return nil }
    let outcome = lines[head.count..<(head.count + 3)].compactMap {
      $0.split(separator: " ").last.flatMap { Int($0) }
    }
    guard outcome.count == 3 else { return nil }
    let ranked = plan.replicates - outcome[0]
    let rows = lines[(head.count + 4)...].compactMap { line -> RankTable.Row? in
      let cells = line.split(separator: ",")
      let counts = cells.dropFirst().compactMap { Int($0) }
      guard cells.count == plan.draws + 2, counts.count == plan.draws + 1,
        counts.reduce(0, +) == ranked
      else { return nil }
      return .init(quantity: String(cells[0]), counts: counts)
    }
    guard rows.count == lines.count - head.count - 4 else { return nil }
    return RankTable(
      scenario: scenario, sampler: sampler, plan: plan, failed: outcome[0], dependent: outcome[1],
      divergences: outcome[2], rows: rows)
  }

  private static func header(
    _ scenario: String, _ sampler: String, _ plan: CalibrationPlan, version: String
  ) -> [String] {
    [
      "# metamob \(version), ranks of true values among posterior draws",
      "# scenario = \(scenario)", "# sampler = \(sampler)", "# replicates = \(plan.replicates)",
      "# draws = \(plan.draws)", "# chains = \(plan.chains)", "# warmup = \(plan.warmup)",
      "# seed = \(plan.seed)",
    ]
  }
}
