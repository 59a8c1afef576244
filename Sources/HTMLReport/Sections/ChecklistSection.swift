import MixedModels
import Reports
import Subgroups
import Words

/// Items on the credibility of effect modification after ICEMAN (Schandelmaier et al. 2020), answered where the
/// fit knows the answer.
extension ReportBuilder {
  private static var open: String { "to be filled in by the authors" }

  var checklistSection: ReportSection {
    ReportSection(
      "checklist", "Reporting checklist",
      [
        .block(
          .paragraph(
            "After the Instrument to assess the Credibility of Effect Modification Analyses (ICEMAN; "
              + "Schandelmaier S, Briel M, Varadhan R, et al., CMAJ 2020;192:E901–E906). What the fit knows is "
              + "filled in.")),
        .block(.facts(items.map { .init($0.question, [$0.answer]) })),
      ])
  }

  private struct Item {
    let question: String
    let answer: String
  }

  private var items: [Item] {
    let searched = fit.prespecified == nil
    return [
      .init(
        question: "Were the subgroups specified before the analysis?",
        answer: searched
          ? "No: they were searched for in these data."
          : "Yes, by the column \(fit.prespecified ?? "")."),
      .init(
        question: "Was the direction of the effect modification hypothesised beforehand?",
        answer: searched
          ? "No direction enters the search; an earlier hypothesis is \(Self.open)" : Self.open),
      .init(
        question: "Is the effect modification supported by prior evidence?", answer: Self.open),
      .init(
        question: "How many effect modifiers were tested?",
        answer: searched
          ? "\(fit.variables.count): \(enumeration(fit.variables)), at every node of the tree" : "1"
      ),
      .init(
        question: "Does a test of interaction suggest that chance is an unlikely explanation?",
        answer: interaction),
      .init(
        question: "If the effect modifier is continuous, were arbitrary cut points avoided?",
        answer: cutPoints),
      .init(
        question:
          "Is the analysis of effect modification based on comparison within rather than between trials?",
        answer: withinTrials),
      .init(
        question: "Is the effect modification similar from trial to trial?",
        answer: fit.groups.contains { group in group.runs.contains(where: \.hasSplit) }
          ? "The effects of each trial in each subgroup are in the figure under Treatment effects; the judgement "
            + "is \(Self.open)"
          : "Not applicable: there is no effect modification to compare."),
      .init(
        question: "Was a random-effects model used?",
        answer: fit.groups.map { group in
          (fit.groups.count > 1 ? "\(group.method.rawValue): " : "")
            + (group.method.terms.randomEffect
              ? "Yes: treatment effects vary between trials."
              : "No: the effect is common to all trials.")
        }.joined(separator: " ")),
      .init(
        question: "Do the intervals allow for the search?",
        answer: searched ? "No: they take the tree as given." : "There was no search."),
      .init(question: "Was the analysis registered, and where?", answer: Self.open),
    ]
  }

  private var interaction: String {
    let answers = fit.groups.flatMap { group in
      group.runs.compactMap { run -> String? in
        guard let root = run.node(1) else { return nil }
        let name = run.word + (fit.groups.count > 1 ? " (\(run.method.rawValue))" : "")
        let tests = root.value.list("tests").compactMap { $0.number("p_adjusted") }
        guard let p = tests.min() else { return nil }
        var text = "\(name): root \(NumberStyle.pStatement(p)) over all coefficients"
        if let effect = root.split?.number("effect_p_adjusted") {
          text += ", \(NumberStyle.pStatement(effect)) for the treatment effect alone"
        }
        return text
      }
    }
    guard answers.isEmpty else {
      return answers.joined(separator: "; ")
        + (fit.usesBonferroni ? " (adjusted for the number of variables)." : " (not adjusted).")
    }
    let joint = fit.groups.compactMap { $0.likelihood?.fit.at("joint_test", "satterthwaite") }.first
    return joint.flatMap { $0.number("p") }.map {
      "Test that all effects are equal: \(NumberStyle.pStatement($0))."
    } ?? Self.open
  }

  private var cutPoints: String {
    guard fit.prespecified == nil else { return "There are no cut points." }
    let cut = fit.groups.flatMap(\.runs).flatMap(\.nodes).contains {
      $0.split?.text("kind") == "numeric"
    }
    return cut
      ? "The cut points were chosen by the data, among all that the limits of the tree allow."
      : "There is no split on a continuous variable."
  }

  private var withinTrials: String {
    let answers = fit.groups.compactMap { group -> String? in
      guard let run = group.main, let share = WithinTrialShare(fit, run)?.share else { return nil }
      return (fit.groups.count > 1 ? "\(group.method.rawValue): " : "")
        + "\(NumberStyle.share((share * 100).rounded() / 100)) of the information on the difference at the "
        + "root comes from within trials, by the sizes of the arms"
    }
    guard answers.isEmpty else {
      return answers.joined(separator: "; ")
        + ". Effects compare arms within trials; the difference between subgroups also rests on trials that "
        + "have more people on one side."
    }
    return fit.groups.contains { $0.runs.contains(where: \.hasSplit) } || fit.prespecified != nil
      ? Self.open : "Not applicable: no subgroup was found."
  }
}
