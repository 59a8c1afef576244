/// What a fixed coefficient of a joint model stands for.
public enum FixedRole: Sendable, Equatable {
  /// The treatment effect in a leaf.
  case effect(leaf: Int)
  /// The intercept of a leaf, or of a leaf in one trial.
  case intercept(leaf: Int, trial: Int?)
  /// A covariate, by position.
  case covariate(Int)
}

/// One coefficient of a fitted mixed model.
public struct FixedEffect: Sendable, Equatable {
  /// What it stands for.
  public let role: FixedRole
  /// The estimate; nil where the data cannot give one.
  public let estimate: Double?
  /// The standard error.
  public let standardError: Double?
  /// Satterthwaite's degrees of freedom; the residual ones without random terms.
  public let satterthwaite: Double?

  /// A coefficient that cannot be estimated.
  static func aliased(_ role: FixedRole) -> FixedEffect {
    FixedEffect(role: role, estimate: nil, standardError: nil, satterthwaite: nil)
  }
}

/// A Gaussian mixed model fitted by REML or ML.
public struct MixedModelFit: Sendable, Equatable {
  /// The maximum over the variances.
  public let estimate: VarianceEstimate
  /// All fixed coefficients: leaf intercepts or effects as the columns have them, covariates,
  /// stratified intercepts by trial and leaf.
  public let fixed: [FixedEffect]
  /// The predicted random terms (conditional modes) of each trial: K × q.
  public let trialEffects: [[Double]]
  /// The number of parameters, variances included, as lme4 counts them.
  public let parameterCount: Int
  /// The number of participants.
  public let rows: Int

  /// The coefficient of a role.
  public func coefficient(_ role: FixedRole) -> FixedEffect? {
    fixed.first { $0.role == role }
  }
}

extension MarginalModel {
  /// The roles of all estimable fixed coefficients: the columns, then the stratified intercepts.
  var fixedRoles: [FixedRole] {
    columns.roles.map(\.fixedRole)
      + absorbed.map {
        .intercept(
          leaf: statistics.cells[$0.cell].leaf, trial: statistics.cells[$0.cell].trial)
      }
  }
}

extension GlobalColumns.Role {
  var fixedRole: FixedRole {
    switch self {
    case .intercept(let leaf): .intercept(leaf: leaf, trial: nil)
    case .effect(let leaf): .effect(leaf: leaf)
    case .covariate(let i): .covariate(i)
    }
  }
}
