/// The figures that a saved fit can be shown in; the raw values are the words on the command line.
public enum FigureKind: String, CaseIterable, Sendable {
  /// The tree with its leaves' participants and effects.
  case tree
  /// Effects of the subgroups with intervals.
  case forest
  /// Effects of the trials in each subgroup, raw and shrunken.
  case trials
  /// Prior and posterior of the heterogeneity.
  case heterogeneity
  /// Effects of the trials at each value of τ1.
  case shrinkage
  /// Posterior densities of effects and of their differences.
  case effects
  /// The score process of a node along a variable.
  case process
  /// The objective along the cut points of a node's variable.
  case profile
  /// The draws of each chain in their order.
  case trace
  /// The ranks of each chain's draws among all.
  case rank
  /// The autocorrelation of each chain.
  case autocorrelation
  /// Energies of the chains and their changes.
  case energy
  /// Pairs of parameters, divergent transitions marked.
  case pairs
  /// R-hat and effective sample sizes of all parameters.
  case convergence
  /// The priors on the data's scale.
  case priors
  /// Leave-one-out by participant and by trial.
  case leaveOneOut = "loo"
  /// Posterior predictive checks by trial and arm.
  case predictive = "ppc"
  /// Refits under other priors, and power-scaling.
  case sensitivity
  /// What trees of parts of the participants have in common.
  case stability

  /// What the figure shows, in a few words.
  public var words: String {
    switch self {
    case .tree: "the tree, with outcomes and effect in each subgroup"
    case .forest: "effects of the subgroups with intervals, REML beside Bayes"
    case .trials: "effects of the trials in each subgroup, raw and shrunken"
    case .heterogeneity: "prior and posterior of the heterogeneity"
    case .shrinkage: "effects of the trials at each value of tau1"
    case .effects: "posterior densities of effects and of their differences"
    case .process: "the score process of a node along a variable"
    case .profile: "the objective along the cut points of a node"
    case .trace: "the draws of each chain in their order"
    case .rank: "the ranks of each chain's draws"
    case .autocorrelation: "the autocorrelation of each chain"
    case .energy: "energies of the chains and their changes"
    case .pairs: "pairs of parameters, divergent transitions marked"
    case .convergence: "R-hat and effective sample sizes"
    case .priors: "the priors on the data's scale"
    case .leaveOneOut: "leave-one-out: Pareto k, and each trial predicted by the others"
    case .predictive: "posterior predictive checks by trial and arm"
    case .sensitivity: "effects under other priors of the heterogeneity (fits with --sensitivity)"
    case .stability: "what trees of parts of the participants find (folders of stability)"
    }
  }

  /// Whether the figure is made of the draws of a run by Bayes.
  public var needsDraws: Bool {
    switch self {
    case .heterogeneity, .shrinkage, .effects, .trace, .rank, .autocorrelation, .energy, .pairs:
      true
    case .tree, .forest, .trials, .process, .profile, .convergence, .priors, .leaveOneOut,
      .predictive, .sensitivity, .stability:
      false
    }
  }

  /// Whether the figure wants a run by Bayes, with draws or without.
  public var needsBayes: Bool {
    switch self {
    case .convergence, .priors, .leaveOneOut, .predictive, .sensitivity: true
    default: needsDraws
    }
  }

  /// Whether the figure is made of the document of a stability analysis, not of a fit.
  public var needsStability: Bool { self == .stability }
}
