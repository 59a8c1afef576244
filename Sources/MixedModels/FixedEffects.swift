/// What a fixed coefficient of a joint model stands for.
public enum FixedRole: Sendable, Equatable, Hashable {
  /// The treatment effect in a leaf.
  case effect(leaf: Int)
  /// The mean of the leaves' treatment effects, where these are pooled.
  case meanEffect
  /// An intercept: of a leaf, of a leaf in one trial, or of a trial in all leaves.
  ///
  /// Beside intercepts of trials, that of a leaf is what it adds to the first leaf.
  case intercept(leaf: Int?, trial: Int?)
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
  /// The standard error by Kenward and Roger; nil for fits by ML.
  public let kenwardRogerError: Double?
  /// The degrees of freedom by Kenward and Roger; nil for fits by ML, the residual ones without random
  /// terms.
  public let kenwardRogerDF: Double?

  /// A coefficient with its inference.
  public init(
    role: FixedRole, estimate: Double?, standardError: Double?, satterthwaite: Double?,
    kenwardRogerError: Double? = nil, kenwardRogerDF: Double? = nil
  ) {
    self.role = role
    self.estimate = estimate
    self.standardError = standardError
    self.satterthwaite = satterthwaite
    self.kenwardRogerError = kenwardRogerError
    self.kenwardRogerDF = kenwardRogerDF
  }

  /// A coefficient that cannot be estimated.
  static func aliased(_ role: FixedRole) -> FixedEffect {
    FixedEffect(role: role, estimate: nil, standardError: nil, satterthwaite: nil)
  }
}

extension MarginalModel {
  /// The roles of all estimable fixed coefficients: the columns, then the stratified intercepts.
  public var fixedRoles: [FixedRole] {
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
    case .trialIntercept(let trial): .intercept(leaf: nil, trial: trial)
    case .intercept(let leaf): .intercept(leaf: leaf, trial: nil)
    case .meanEffect: .meanEffect
    case .effect(let leaf): .effect(leaf: leaf)
    case .covariate(let i): .covariate(i)
    }
  }
}

extension GlobalColumns.Role {
  /// Whether the coefficient counts from the outcome's origin: what leaves add to trials does not.
  public func carriesOrigin(_ intercepts: Intercepts) -> Bool {
    switch self {
    case .trialIntercept: true
    case .intercept: intercepts != .perTrial
    case .meanEffect, .effect, .covariate: false
    }
  }
}
