package import CrossValidation
package import Designs
package import Evidence
package import Figures
package import MixedModels
package import Pooling
package import Reports
package import Stability
package import Subgroups
package import Trees

/// Everything that the options of a command determine, with the defaults filled in.
package struct Settings: Sendable, Equatable {
  /// The form of the results on standard output.
  package enum Format: String, CaseIterable, Sendable {
    /// Tables for people.
    case text
    /// The document of the results.
    case json
    /// The same tables as text, for documents.
    case markdown
  }

  /// The form of a report of a saved fit.
  package enum ReportFormat: String, CaseIterable, Sendable {
    /// A page for browsers.
    case html
    /// Text for a manuscript.
    case markdown
  }

  /// The two arms to keep, nil for all.
  package var arms: ArmPair?
  /// The control arm, nil for the default rule.
  package var reference: String?
  /// Columns that are ordered, with their levels.
  package var ordered: [LevelOrder]
  /// The column of pre-specified subgroups.
  package var subgroups: String?
  /// The column of case weights.
  package var weights: String?
  /// The family, nil where the outcome decides.
  package var family: Family?
  /// The methods, in the order in which they were given; at least one.
  package var methods: [Subgroups.Method]
  /// The estimator of `fit`.
  package var estimator: Estimator
  /// Whether random intercept and random treatment effect are correlated.
  package var correlated: Bool
  /// Which leaves of a tree have heterogeneity in common, by Bayes.
  package var heterogeneity: Subgroups.HeterogeneityChoice
  /// Whether the effects of subgroups are partially pooled.
  package var poolEffects: Bool
  /// Points of the quadrature over the trial effects of a binomial model.
  package var quadraturePoints: Int
  /// Which parameters of the node model are tested.
  package var testParameters: GrowthControl.TestParameters
  /// The significance level of the instability tests.
  package var alpha: Double
  /// Whether p-values are adjusted for the number of variables.
  package var bonferroni: Bool
  /// The smallest number of participants in a node, nil for ten per coefficient.
  package var minSize: Int?
  /// The largest depth, the root counted as 1; nil for no limit.
  package var maxDepth: Int?
  /// The smallest number of participants of either arm in a node.
  package var minArm: Int
  /// The smallest number of participants of each trial that a node has participants of.
  package var minTrial: Int
  /// A share of a node's participants if below 1, else a number of them.
  package var trim: Double
  /// How nominal variables split.
  package var categorical: GrowthControl.Categorical
  /// How ordered variables are tested.
  package var ordinal: GrowthControl.Ordinal
  /// Where numeric variables are cut.
  package var breakpoints: GrowthControl.Breakpoints
  /// What whitens the score process.
  package var vcov: GrowthControl.Covariance
  /// Where a score process is read.
  package var ties: GrowthControl.Ties
  /// How a grown tree is cut back.
  package var prune: GrowthControl.Prune
  /// Where the alternation starts.
  package var start: StartChoice
  /// The change of the log-likelihood at which REML stops.
  package var tolerance: Double
  /// The largest number of rounds.
  package var maxIterations: Int
  /// What becomes of a trial intercept that a node cannot test.
  package var fallback: FallbackChoice
  /// How events are compared in a two-stage meta-analysis.
  package var measure: EffectMeasure
  /// The prior of the mean of a two-stage meta-analysis, nil for that of the prior set.
  package var muPrior: CoefficientPrior.Normal?
  /// The prior of its heterogeneity, nil for that of the prior set.
  package var tauPrior: HeterogeneityChoice?
  /// The name of a prior set, or the path of a file.
  package var priors: String
  /// The sampler.
  package var sampler: SamplerChoice
  /// The number of simulated data sets of a calibration.
  package var replicates: Int
  /// The number of re-randomisations of `rp`.
  package var permutations: Int
  /// Which parts of the participants trees are grown on again.
  package var resampling: Resampling
  /// Whether a tree is grown on one half and estimated on the other.
  package var honest: Bool
  /// The number of trials of a calibration's scenarios, nil for all.
  package var trials: Int?
  /// The number of chains.
  package var chains: Int
  /// Warm-up draws of a chain.
  package var warmup: Int
  /// Kept draws of a chain.
  package var draws: Int
  /// The seed of all random numbers.
  package var seed: UInt64
  /// The acceptance rate that the step size is adapted to.
  package var targetAccept: Double
  /// The largest number of doublings of a trajectory.
  package var maxTreedepth: Int
  /// The number of trees to grow, each under one draw of the trial effects.
  package var treeDraws: Int
  /// Whether the fit is done again under other priors.
  package var sensitivity: Bool
  /// Whether leave-one-out is computed.
  package var loo: LeaveOneOutChoice
  /// What is left out in folds to compare runs by.
  package var crossValidation: FoldChoice
  /// Whether chains that have not converged leave the exit code at 0.
  package var allowsUnconverged: Bool
  /// Which outcome is better, nil where the user did not say.
  package var benefit: Benefit?
  /// The smallest worthwhile effect.
  package var mcid: Double?
  /// The level of every interval.
  package var level: Double
  /// The interval of predicted effects, nil for that of the run.
  package var interval: PredictedInterval?
  /// The column of new participants' trials.
  package var trial: String?
  /// The form in which the rules of a tree are written, nil for predictions.
  package var rules: RuleLanguage?
  /// The run of a saved fit to use, nil for the default rule.
  package var run: RunChoice?
  /// Whether the chains of a saved fit are extended.
  package var extend: Bool
  /// The data file of a saved fit, nil for the path that it was fitted from.
  package var data: String?
  /// How a figure looks, and what it shows.
  package var figure: FigureOptions
  /// The fit folder, or the file, to write.
  package var out: String?
  /// Whether an existing fit folder is replaced.
  package var force: Bool
  /// The form of the results on standard output.
  package var format: Format
  /// The form of a report of a saved fit.
  package var reportFormat: ReportFormat
  /// Folders or documents of stability analyses that a report shows.
  package var stabilities: [String]
  /// How many threads work at a time.
  package var threads: Int
  /// Whether progress and warnings are kept from standard error.
  package var quiet: Bool
  /// Whether timings are printed.
  package var timing: Bool
}
