public import Designs
import Inference
import MixedModels
import Posterior
import Sampling
import Trees

/// Longer chains of a saved run, its tree being what it is (article LongerChains).
///
/// The chains of the reported tree go on from their last draws. Those of inner nodes, whose draws are not
/// kept, are sampled anew to the same length: with their random numbers that is the chain they would have
/// been, had it been asked for in the first place.
public struct ChainExtension {
  /// One call makes chains at most so many times as long as it finds them, or doubles them until they
  /// have `fewest` draws.
  ///
  /// Chains that hold fewer than 100 effective draws each after that, one in forty or less, are stuck
  /// rather than short: a longer warm-up or other priors help them, and more of the same does not.
  public static let limit = 16
  /// The number of draws of a chain below which chains are short in any case.
  public static let fewest = 4000

  /// The length at which chains of a number of draws are given up.
  public static func most(_ draws: Int) -> Int { max(limit * draws, fewest) }

  /// What a call has come to.
  public struct Outcome: Sendable {
    /// The run with its longer chains.
    public var run: Run
    /// How often its chains have been extended, over all calls.
    public var extensions: Int
    /// What the user should know.
    public var warnings: [String]
  }

  private let kept: KeptRun
  private let analyst: Analyst
  private var chains: any KeptChains
  private var plan: AnalysisPlan
  private var extensions: Int

  /// A saved run on its data; throws where its draws are not those of the model.
  public init(
    _ kept: KeptRun, _ design: Design, _ plan: AnalysisPlan, in environment: AnalysisEnvironment
  ) throws(AnalysisError) {
    self.kept = kept
    var plan = plan
    plan.sampling.chains = kept.draws.chains
    plan.sampling.draws = kept.draws.iterations
    self.plan = plan
    analyst = Analyst(design, kept.method, plan, environment)
    chains =
      switch plan.heterogeneity(kept.method) {
      case .shared: try SharedChains(kept, analyst)
      case .perSubgroup, .perSubgroupPooled: try NodewiseChains(kept, analyst)
      }
    extensions = kept.extensions
  }

  /// Lets the chains go on, each time to twice their length, until the limits of R-hat and effective
  /// sample size hold at every node or the chains have `most` draws.
  ///
  /// With `growing` false nothing is sampled but inner nodes: the run as it is.
  public mutating func run(growing: Bool = true) throws(AnalysisError) -> Outcome {
    let most = Self.most(chains.iterations)
    var result = try report()
    while growing, result.isTooShort || chains.growthIsTooShort, chains.iterations < most {
      try lengthen()
      // Inner nodes are worth their time only once the chains of the tree suffice.
      while treeIsTooShort, chains.iterations < most { try lengthen() }
      result = try report()
    }
    result.treeDraws = try chains.treeShares()
    return outcome(result)
  }

  private var treeIsTooShort: Bool {
    let reporting = BayesianReporting(analyst.design, kept.method, plan)
    return chains.draws.contains {
      reporting.summary($0).isTooShort(chains: plan.sampling.chains)
    }
  }

  /// One extension: twice as many draws.
  private mutating func lengthen() throws(AnalysisError) {
    extensions += 1
    do {
      try chains.lengthen(part: extensions)
    } catch {
      throw .sampling(error)
    }
    plan.sampling.draws = chains.iterations
  }

  /// The figures of the present chains, inner nodes being sampled to the same length.
  private mutating func report() throws(AnalysisError) -> BayesianResult {
    var result = try chains.report(plan)
    result.diagnostics.problems += kept.growthProblems
    result.diagnostics.converged = result.diagnostics.problems.isEmpty
    return result
  }

  private func outcome(_ result: BayesianResult) -> Outcome {
    var run = Run(
      method: kept.method, estimator: .bayes, tree: kept.tree, fit: .bayesian(result),
      timing: kept.timing)
    run.fallbackFrom = kept.fallbackFrom
    return Outcome(run: run, extensions: extensions, warnings: warnings)
  }

  /// Whether the tree would have other splits, were it grown with the trial effects of the longer chains; that of
  /// `rp` does not hang on them.
  private var warnings: [String] {
    guard extensions > kept.extensions, kept.tree.converged, kept.fallbackFrom == nil,
      kept.method != .rp,
      analyst.design.subgroups == nil, chains.wouldGrowAnotherTree
    else { return [] }
    return [Self.otherTree(kept.method)]
  }

  /// The warning that the tree of a method does not follow from its longer chains.
  public static func otherTree(_ method: Method) -> String {
    "with the trial effects of the longer chains the Bayesian \(method.rawValue) tree would have other "
      + "splits: fit again with more draws"
  }
}

extension BayesianResult {
  /// Whether more draws may mend a problem: R-hat or an effective sample size beyond its limit.
  public var isTooShort: Bool {
    let posteriors = parameters.map(\.posterior) + subgroups.compactMap(\.newTrial)
    return posteriors.contains { $0.isTooShort(chains: draws.chains) }
      || innerNodes.compactMap(\.diagnostics).contains {
        areTooShort(
          rhat: $0.maxRhat, bulk: $0.minEssBulk, tail: $0.minEssTail, chains: draws.chains)
      }
  }
}

extension PosteriorSummary {
  /// Whether R-hat or an effective sample size is beyond its limit, or the draws are too few to tell.
  func isTooShort(chains: Int) -> Bool {
    guard sd != 0 else { return false }
    return essBulk == nil
      || areTooShort(rhat: rhat, bulk: essBulk, tail: essTail, chains: chains)
  }
}

func areTooShort(rhat: Double?, bulk: Double?, tail: Double?, chains: Int) -> Bool {
  let limit = Double(Convergence.essPerChain * chains)
  return !((rhat ?? 1) <= Convergence.rhatLimit) || !((bulk ?? limit) >= limit)
    || !((tail ?? limit) >= limit)
}

/// The analysis that a saved fit is of: its runs, and everything that follows from data and trees.
///
/// Fits by likelihood are made anew, since they are functions of data and tree.
public struct KeptAnalysis {
  private let design: Design
  private let plan: AnalysisPlan

  /// A saved analysis of a design by a plan.
  public init(_ design: Design, _ plan: AnalysisPlan) {
    self.design = design
    self.plan = plan
  }

  /// The run by likelihood of a saved tree.
  public func likelihoodRun(
    _ tree: GrownTree, _ method: Method, _ estimator: Estimator
  ) throws(AnalysisError) -> Run {
    let joint = JointModel(
      design: design, terms: plan.terms(method), criterion: estimator == .reml ? .reml : .ml,
      quadraturePoints: plan.quadraturePoints)
    let reporting = LikelihoodReporting(joint: joint, level: plan.level)
    var result = try reporting.result(tree.tree)
    result.innerNodes = reporting.innerNodes(tree.tree)
    return Run(
      method: method, estimator: estimator, tree: tree, fit: .likelihood(result),
      timing: Timing())
  }

  /// The analysis of all runs.
  public func analysis(_ runs: [Run], warnings: [String]) -> Analysis {
    var plan = plan
    if design.family == .binomial {
      plan.estimators = plan.estimators.map { $0 == .reml ? .ml : $0 }
    }
    return Analysis(
      design: design, plan: plan, wholePopulation: wholePopulation(design, plan), runs: runs,
      agreement: agreement(runs), warnings: warnings, timing: Timing())
  }
}
