import Designs
private import Foundation
import Inference
import Subgroups
private import Tables
private import Trees

/// What an analysis reads: the columns of the data, a digest of the file, and the priors.
enum AnalysisInput {
  /// The columns of a command's data by its formula and options, and the SHA-256 of the file.
  static func builder(
    _ invocation: Invocation
  ) throws(CommandError) -> (builder: DesignBuilder, digest: String) {
    let settings = invocation.settings
    do {
      let formula = try Formula(parsing: invocation.operands[1])
      let file = try InputFile(reading: invocation.operands[0])
      let options = DesignOptions(
        arms: settings.arms, reference: settings.reference, orders: settings.ordered,
        subgroups: settings.subgroups, family: settings.family)
      let builder = try DesignBuilder(
        DelimitedText(file), formula: formula, options: options, threads: settings.threads)
      return (builder, SHA256.hexDigest(of: file.bytes))
    } catch {
      throw CommandError(error)
    }
  }

  /// The prior set that `--priors` names: one that ships with the program, or else a file.
  static func priors(_ name: String) throws(CommandError) -> PriorSet {
    do {
      if PriorSet.shipped.contains(name) { return try .shipped(named: name) }
      guard name.hasSuffix(".json") || name.contains("/") || kind(of: name) != .nothing else {
        throw PriorError.unknownSet(name: name, known: PriorSet.shipped)
      }
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
    methods = [settings.method]
    self.estimators = estimators
    growth.alpha = settings.alpha
    growth.bonferroni = settings.bonferroni
    growth.minSize = settings.minSize
    growth.maxDepth = settings.maxDepth
    growth.trim = settings.trim
    growth.ties = settings.ties
    growth.fallback = settings.fallback == .stop ? .stop : .drop
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
    benefit = settings.benefit
    mcid = settings.mcid
    level = settings.level
    threads = settings.threads
  }
}
