import Tables
import Words

/// What is asked of the trials, and what shapes the words on them.
struct TrialRules {
  /// The number of trials with both arms that the method needs; 1 where it ignores trials.
  let needed: Int
  let family: Family
  /// Whether a used row has a weight above 0.
  let hasWeights: Bool
  /// Whether trials are analysed one by one.
  let isTwoStage: Bool
  let file: String
}

/// The trials of the used rows.
struct Trials {
  let column: String
  /// One code a used row.
  let codes: [Int32]
  /// The trials that occur among the used rows.
  let labels: [String]
  /// What the user should know of single trials.
  let warnings: [String]

  /// Checks that enough trials have both arms; `present` are the trials with rows of the compared
  /// arms, complete or not.
  init(
    _ column: String, _ all: (codes: [Int32], levels: [String]), present: [String],
    _ selection: RowSelection, arms: (treatment: TreatmentArms, arm: [UInt8]), rules: TrialRules
  ) throws(DesignError) {
    let (codes, labels) = selection.selectLevels(all.codes, all.levels)
    var sizes = [[Int]](repeating: [0, 0], count: labels.count)
    for (code, arm) in zip(codes, arms.arm) { sizes[Int(code)][Int(arm)] += 1 }
    let compared = labels.indices.filter { !sizes[$0].contains(0) }.map { labels[$0] }
    if rules.needed > 1, labels.count == 1 {
      throw DesignError(.singleTrial(column: column, trial: labels[0]), file: rules.file)
    }
    guard compared.count >= rules.needed else {
      let fault = DesignError.Fault.fewTrials(
        column: column, compared: compared, needed: rules.needed)
      throw DesignError(fault, file: rules.file)
    }
    self.column = column
    self.codes = codes
    self.labels = labels
    warnings =
      Self.absenceWarnings(present, labels, rules)
      + (rules.isTwoStage ? [] : Self.armWarnings(labels, sizes, arms.treatment, rules))
  }

  /// Up to this many trials are warned of one by one, more of them in one line.
  private static let mostSingleWarnings = 4

  private static func absenceWarnings(
    _ present: [String], _ labels: [String], _ rules: TrialRules
  ) -> [String] {
    let row =
      "no row with a value in every used column" + (rules.hasWeights ? " and a weight above 0" : "")
    let used = Set(labels)
    let absent = present.filter { !used.contains($0) }
    guard absent.count > mostSingleWarnings else {
      return absent.map { label in
        "trial \(quoted(label)) has \(row) and is left out"
      }
    }
    return [
      "\(absent.count) trials have \(row) and are left out: "
        + listed(absent, limit: absent.count)
    ]
  }

  private static func armWarnings(
    _ labels: [String], _ sizes: [[Int]], _ treatment: TreatmentArms, _ rules: TrialRules
  ) -> [String] {
    let sigma = rules.family == .gaussian ? " and sigma" : ""
    let sigmas = rules.family == .gaussian ? "s and sigma" : "s"
    let lone = labels.indices.filter { sizes[$0].contains(0) }
    guard lone.count > mostSingleWarnings else {
      return lone.map { trial in
        let only = sizes[trial][0] > 0 ? treatment.reference : treatment.active
        return "trial \(quoted(labels[trial])) has the one arm \(quoted(only)) among the used rows:"
          + (rules.needed > 1
            ? " it informs its intercept\(sigma), not the treatment effect"
            : " it is compared with the participants of other trials")
      }
    }
    return [
      "\(lone.count) trials have one arm among the used rows: "
        + (rules.needed > 1
          ? "they inform their intercept\(sigmas), not the treatment effect: "
          : "they are compared with the participants of other trials: ")
        + listed(lone.map { labels[$0] }, limit: lone.count)
    ]
  }
}
