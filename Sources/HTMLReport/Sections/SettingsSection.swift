import JSON
import Reports
import Words

extension ReportBuilder {
  /// Every setting of the analysis, defaults too.
  var settingsSection: ReportSection {
    let control = fit.control.object ?? [:]
    let facts = control.keys.sorted().map { key in
      ReportBlock.Fact("--" + key.replacing("_", with: "-"), [Self.words(control[key] ?? .null)])
    }
    guard !facts.isEmpty else { return ReportSection("settings", "Settings", []) }
    return ReportSection(
      "settings", "Settings",
      [
        .block(.facts([.init("Formula", [fit.call.text("formula") ?? ""])])),
        .more("All settings", [.block(.facts(facts))]),
      ])
  }

  private static func words(_ value: JSONValue) -> String {
    switch value {
    case .null: NumberStyle.absent
    case .bool(let flag): flag ? "on" : "off"
    case .number(let number): NumberStyle.significant(number, digits: 10)
    case .string(let text): text
    case .array(let elements): elements.map(words).joined(separator: ", ")
    case .object(let members):
      members.keys.sorted().map { "\($0): \(words(members[$0] ?? .null))" }.joined(separator: ", ")
    }
  }

  /// What is needed to get the same figures again.
  var provenanceSection: ReportSection {
    let program = fit.document.at("program")
    var facts: [ReportBlock.Fact] = [
      .init(
        "Program", ["\(program?.text("name") ?? "metamob") \(program?.text("version") ?? "")"]),
      .init("Command", [fit.call.text("command") ?? ""]),
      .init("Data", [shownFile(fit.call.text("data") ?? "")]),
      .init("SHA-256 of the data", [fit.call.text("data_sha256") ?? ""]),
      .init("Seed", ["\(fit.call.integer("seed") ?? 0)"]),
      .init("Level of intervals", [fit.levelWord]),
      .init("Family", [fit.call.text("family") ?? ""]),
    ]
    if let event = fit.call.text("event") { facts.append(.init("Event", [event])) }
    return ReportSection(
      "provenance", "Provenance",
      [
        .block(.facts(facts)),
        .block(
          .notes([
            "The same version, data, seed and settings give the same figures. No row of a participant is in "
              + "this file; outcomes of fewer than five people are not summarised."
          ])),
      ])
  }
}
