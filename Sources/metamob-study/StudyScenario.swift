import Designs
import Numerics

/// Simulated meta-analyses with a known effect of every participant.
struct StudyScenario {
  let name: String
  let words: String
  let trials: Int
  let perTrial: Int
  let variables: Int
  /// What the effect rises by where the first variable is above 0, in residual SDs.
  let modification: Double
  /// The SD of the trials' effects.
  let tau: Double

  static let all = [
    StudyScenario(
      name: "null", words: "no subgroups", trials: 4, perTrial: 200, variables: 5,
      modification: 0, tau: 0.2),
    StudyScenario(
      name: "weak", words: "the effect rises by 0.4 SD where z1 > 0", trials: 4, perTrial: 200,
      variables: 5, modification: 0.4, tau: 0.2),
    StudyScenario(
      name: "strong", words: "the effect rises by 0.8 SD where z1 > 0", trials: 4, perTrial: 200,
      variables: 5, modification: 0.8, tau: 0.2),
  ]

  /// A data set with the mean effect, over trials, of each participant.
  ///
  /// The trials' effects add up to zero, so that the effects of a data set are those of its own trials.
  func data(_ replicate: Int, seed: UInt64) -> (design: Design, effects: [Double]) {
    var stream = RandomStream(
      seed: seed, purpose: StreamPurpose(stringLiteral: "study \(name)"), index: replicate)
    let n = trials * perTrial
    let values = (0..<variables).map { _ in (0..<n).map { _ in stream.normal() } }
    var deviations = (0..<trials).map { _ in tau * stream.normal() }
    let center = deviations.reduce(0, +) / Double(trials)
    for trial in deviations.indices { deviations[trial] -= center }
    let effects = values[0].map { 0.3 + ($0 > 0 ? modification : 0) }
    let outcome = (0..<n).map { row -> Double in
      let trial = row / perTrial
      return 0.3 * Double(trial) + (row % 2 == 1 ? effects[row] + deviations[trial] : 0)
        + stream.normal()
    }
    let design = Design(
      formula: "y ~ t | trial | z1 + …", outcomeName: "y", family: .gaussian, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: (0..<n).map { UInt8($0 % 2) }, trialName: "trial",
      trials: (0..<trials).map { "T\($0 + 1)" }, trial: (0..<n).map { Int32($0 / perTrial) },
      partitioning: values.enumerated().map {
        PartitioningVariable(name: "z\($0 + 1)", values: .numeric($1))
      }, exclusions: Exclusions(rows: n, used: n, counts: []))
    return (design, effects)
  }
}
