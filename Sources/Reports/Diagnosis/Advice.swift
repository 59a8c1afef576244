import Posterior
import Words

extension Diagnosis {
  /// Problems of one kind with their likely cause and what to do.
  public struct Advice: Sendable, Equatable {
    /// The problems.
    public let problems: [String]
    /// The likely cause.
    public let cause: String
    /// What to do about it.
    public let remedy: String
  }

  /// An R-hat up to here says that chains are short; above, it is worth a look how they differ.
  private static let slightRhat = 1.05

  /// The problems by kind, each with its likely cause and what to do.
  public var advice: [Advice] {
    let known = Dictionary(
      figures.parameters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var groups: [(kind: AdviceKind, problems: [ConvergenceProblem])] = []
    for problem in figures.convergence.problems {
      guard let kind = kind(of: problem, problem.parameter.flatMap { known[$0] }) else { continue }
      if let place = groups.firstIndex(where: { $0.kind == kind }) {
        groups[place].problems.append(problem)
      } else {
        groups.append((kind, [problem]))
      }
    }
    let shown = groups.sorted { $0.kind.rank < $1.kind.rank }.map { kind, problems in
      Advice(
        problems: problems.map(\.description), cause: cause(kind, problems),
        remedy: remedy(kind, problems))
    }
    guard !saved.isEmpty else { return shown }
    return shown + [
      Advice(
        problems: saved,
        cause: "These chains belong to inner nodes, to rounds of the tree's growth or to derived "
          + "quantities; fit.json tells of them, but their draws are not kept.",
        remedy:
          "Let the chains go on (--extend), which gives inner nodes as many draws. A round of "
          + "growth that failed may have led to another tree: refit with more draws (--draws, "
          + "--warmup), and see whether the tree changes.")
    ]
  }

  /// The kind of a problem of a parameter or of all; nil for what has no kind.
  private func kind(
    of problem: ConvergenceProblem, _ parameter: ParameterDiagnostics?
  ) -> AdviceKind? {
    switch problem {
    case .rhat(_, let value) where value <= Self.slightRhat: .slightDisagreement
    case .rhat: .disagreement(parameter?.pattern ?? .location)
    case .essBulk, .essTail:
      parameter?.summary.rhat ?? 1 > Self.slightRhat ? .sizeAmidDisagreement : .size
    case .nonFinite: .nonFinite
    case .undefined: .undefined
    case .divergences: .divergences
    case .energy: .energy
    case .sameDraws: .copies
    case .nothingVaries: .still
    case .other: nil
    }
  }

  private func cause(_ kind: AdviceKind, _ problems: [ConvergenceProblem]) -> String {
    switch kind {
    case .disagreement(let pattern): words(pattern) + heterogeneityRemark(problems)
    case .slightDisagreement:
      "The chains agree but for a little: they are too short to show more."
    case .sizeAmidDisagreement:
      "These chains disagree (R-hat, above); small effective sizes follow from that."
    case .size: smallSize(problems) + heterogeneityRemark(problems)
    case .nonFinite:
      "The model gives infinite or undefined values in some draws: an overflow, or a quantity that "
        + "is not defined everywhere."
    case .undefined: "R-hat and effective sample sizes need at least six draws of each chain."
    case .divergences:
      "The step size is too large for a part of the posterior with strong curvature, most often "
        + "where a heterogeneity SD is near zero. Draws from there may be missing, and estimates "
        + "biased, whatever R-hat says."
    case .energy:
      "The chain passes between levels of energy too slowly: heavy tails, or a heterogeneity SD "
        + "near zero on which the other parameters depend."
    case .copies:
      "One file was given twice or copied, or two chains were run with one seed. They are one "
        + "chain, and R-hat cannot show that chains disagree."
    case .still:
      "The chains never moved (a step size of zero, or an error of the model at every step), or "
        + "the files hold constants only."
    }
  }

  private func remedy(_ kind: AdviceKind, _ problems: [ConvergenceProblem]) -> String {
    switch kind {
    case .slightDisagreement: longer
    case .disagreement: longer + disagreementRemark
    case .sizeAmidDisagreement: "Mend the disagreement first."
    case .size: moreDraws(problems)
    case .nonFinite:
      "Look at those draws; mend the model where the value is computed, or leave the column out."
    case .undefined: "Draw more; 1000 draws of each of four chains are a good start."
    case .divergences:
      isFit
        ? "Refit with smaller steps (--target-accept 0.95, then 0.99). If some remain, use a prior "
          + "that keeps the SD from extremes (--priors)."
        : "Take smaller steps (a target acceptance rate of 0.95, then 0.99: adapt_delta in Stan). If "
          + "some remain, write the model with standardised (non-centred) effects, or use tighter "
          + "priors."
    case .energy:
      isFit
        ? "Refit with a longer --warmup; if that does not help, use a tighter prior (--priors)."
        : "Use a longer warm-up; if that does not help, a tighter prior, or other parameters for the "
          + "heavy tails."
    case .copies: "Give each chain once, and each a seed or chain number of its own."
    case .still: "Check how the draws were made; start from other values."
    }
  }

  private var isFit: Bool { fit != nil }

  // MARK: Mixing

  private func words(_ pattern: ChainPattern) -> String {
    switch pattern {
    case .drift: "The chains still move in one direction: the warm-up was too short."
    case .oneChain(let chain):
      "Chain \(chain) is away from the others: it is stuck, or has found another mode."
    case .spread:
      "The chains are at one place but differ in spread: some have not reached the tails, or are "
        + "stuck at times."
    case .location:
      "The chains are at different places: they mix slowly, or the posterior has several modes."
    }
  }

  private var longer: String {
    isFit
      ? "Let the chains go on (--extend), or refit with a longer --warmup and more --draws (twice as "
        + "many, say)."
      : "Run the chains for longer, with a longer warm-up (twice as long, say)."
  }

  private var disagreementRemark: String {
    figures.chains.count == 1
      ? " Run at least four chains; one alone cannot disagree with others."
      : " If R-hat does not fall, look at the chains one by one: more draws do not mend a chain that "
        + "is stuck."
  }

  /// How many draws the smallest effective size asks for, with a fifth to spare.
  private func moreDraws(_ problems: [ConvergenceProblem]) -> String {
    let ratio = problems.compactMap(\.effectiveSize).filter { $0 > 0 }.min().map {
      Double(figures.essLimit) / $0
    }
    let current = Double(figures.iterations)
    guard let ratio, ratio < 50 else { return longer }
    let wanted = Int((current * ratio * 1.2 / 100).rounded(.up)) * 100
    return isFit
      ? "Let the chains go on (--extend), or refit with about --draws \(wanted)."
      : "Draw about \(wanted) of each chain in place of \(figures.iterations)."
  }

  /// Why effective sizes are small: too few draws, or draws that are too much alike.
  private func smallSize(_ problems: [ConvergenceProblem]) -> String {
    let total = figures.iterations * figures.chains.count
    let smallest = problems.compactMap(\.effectiveSize).min() ?? 0
    if smallest > 0.3 * Double(total) {
      return "There are too few draws: \(total) over all chains. They are nearly independent."
    }
    let concernsTailsOnly = problems.allSatisfy { if case .essTail = $0 { true } else { false } }
    return concernsTailsOnly
      ? "The chains visit the tails rarely: limits of intervals are less certain than means."
      : "Successive draws are so much alike that the chains hold little information."
  }

  /// Standard deviations between trials are what most often mixes badly in a meta-analysis.
  private func heterogeneityRemark(_ problems: [ConvergenceProblem]) -> String {
    let names = problems.compactMap(\.parameter)
    guard isFit, names.contains(where: { $0.hasPrefix("tau") }) else { return "" }
    return " With few trials the heterogeneity SD is known badly, and effects depend on it."
  }
}

extension ConvergenceProblem {
  /// The effective sample size that is too small; nil for another problem.
  fileprivate var effectiveSize: Double? {
    switch self {
    case .essBulk(_, let value, _), .essTail(_, let value, _): value
    default: nil
    }
  }
}

/// What problems with one cause have in common.
private enum AdviceKind: Equatable {
  case slightDisagreement
  case disagreement(ChainPattern)
  case sizeAmidDisagreement
  case size
  case nonFinite
  case undefined
  case divergences
  case energy
  case copies
  case still

  /// The place in the report: what makes other figures worthless comes first.
  var rank: Int {
    switch self {
    case .copies, .still: 0
    case .nonFinite, .undefined: 1
    case .divergences: 2
    case .disagreement: 3
    case .slightDisagreement: 4
    case .sizeAmidDisagreement: 5
    case .size: 6
    case .energy: 7
    }
  }
}
