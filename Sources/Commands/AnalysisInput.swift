import Designs
private import Foundation
import Inference
import Subgroups
import Tables

/// What an analysis reads: the columns of the data, a digest of the file, and the priors.
enum AnalysisInput {
  /// The columns of a command's data by its formula and options, and the SHA-256 of the file.
  static func builder(
    _ invocation: Invocation
  ) throws(CommandError) -> (builder: DesignBuilder, digest: String) {
    do {
      let formula = try Formula(parsing: invocation.operands[1])
      let file = try InputFile(reading: invocation.operands[0])
      return (
        try builder(file, formula: formula, invocation.settings),
        SHA256.hexDigest(of: file.bytes)
      )
    } catch {
      throw CommandError(error)
    }
  }

  /// The columns of a data file by a formula and settings.
  static func builder(
    _ file: InputFile, formula: Formula, _ settings: Settings
  ) throws(CommandError) -> DesignBuilder {
    do {
      let options = DesignOptions(
        arms: settings.arms, reference: settings.reference, orders: settings.ordered,
        subgroups: settings.subgroups, family: settings.family,
        neededTrials: settings.methods == [.mob] ? 1 : 2, weights: settings.weights)
      return try DesignBuilder(
        DelimitedText(file), formula: formula, options: options,
        threads: settings.threads)
    } catch {
      throw CommandError(error)
    }
  }

  /// The prior set that `--priors` names: one that ships with the program, or else a file.
  static func priors(_ name: String) throws(CommandError) -> PriorSet {
    do {
      let isPath = name.hasSuffix(".json") || name.contains("/")
      if !isPath, let set = try PriorSet.ifShipped(named: name) { return set }
      guard isPath || kind(of: name) != .nothing else { throw try PriorSet.unknown(name) }
      return try PriorSet(data: Data(try InputFile(reading: name).bytes), file: name)
    } catch {
      throw CommandError(error)
    }
  }
}

extension AnalysisPlan {
  /// The plan that settings mean.
  init(
    _ settings: Settings, estimators: [Estimator], priors: PriorSet
  ) {
    self.init(priors: priors)
    methods = settings.methods
    self.estimators = estimators
    isCorrelated = settings.correlated
    heterogeneity = settings.heterogeneity
    poolsEffects = settings.poolEffects
    quadraturePoints = settings.quadraturePoints
    growth.alpha = settings.alpha
    growth.bonferroni = settings.bonferroni
    growth.minSize = settings.minSize
    growth.maxDepth = settings.maxDepth
    growth.minArm = settings.minArm
    growth.minTrial = settings.minTrial
    growth.trim = settings.trim
    growth.categorical = settings.categorical
    growth.ordinal = settings.ordinal
    growth.breakpoints = settings.breakpoints
    growth.vcov = settings.vcov
    growth.testParameters = settings.testParameters
    growth.ties = settings.ties
    growth.prune = settings.prune
    growth.permutations = settings.permutations
    growth.fallback = settings.fallback
    growth.start = settings.start
    growth.tolerance = settings.tolerance
    growth.maxIterations = settings.maxIterations
    sampling.sampler = settings.sampler
    sampling.chains = settings.chains
    sampling.warmup = settings.warmup
    sampling.draws = settings.draws
    sampling.seed = settings.seed
    sampling.targetAcceptance = settings.targetAccept
    sampling.maxTreedepth = settings.maxTreedepth
    sampling.treeDraws = settings.treeDraws
    sensitivity = settings.sensitivity
    benefit = settings.benefit
    mcid = settings.mcid
    level = settings.level
    threads = settings.threads
  }
}
