public import Tables
import Words

/// What a column is to the analysis.
public enum ColumnRole: String, Sendable, Equatable {
  /// The outcome.
  case outcome
  /// The treatment.
  case treatment
  /// A covariate with one coefficient over the whole tree.
  case covariate
  /// The trial.
  case trial
  /// A variable that may split the tree.
  case partitioning
  /// Pre-specified subgroups.
  case subgroups
  /// How often each row counts.
  case weights

  /// The role in words.
  var words: String {
    switch self {
    case .outcome: "the outcome"
    case .treatment: "the treatment"
    case .covariate: "a covariate"
    case .trial: "the trial"
    case .partitioning: "a partitioning variable"
    case .subgroups: "the subgroups"
    case .weights: "the case weights"
    }
  }
}

/// The columns that an analysis uses, each with one role, in formula order.
public struct ColumnRoles: Sendable, Equatable {
  /// A used column.
  public struct Assignment: Sendable, Equatable {
    /// The column's name and how it is read.
    public let request: ColumnRequest
    /// What the column is to the analysis.
    public let role: ColumnRole
  }

  /// The used columns: outcome, treatment, covariates, trial, partitioning variables or subgroups,
  /// case weights.
  public let assignments: [Assignment]
  /// Columns that `--ordered` names and the formula does not.
  public let idleOrders: [String]

  /// What to ask of the file.
  public var requests: [ColumnRequest] { assignments.map(\.request) }

  /// The names of the columns with a role, in formula order.
  public func names(_ role: ColumnRole) -> [String] {
    assignments.filter { $0.role == role }.map(\.request.name)
  }

  /// Gives the columns of a file their roles.
  public init(
    _ formula: Formula, options: DesignOptions, header: [String], file: String
  ) throws(DesignError) {
    var terms: [(term: Formula.Term, role: ColumnRole)] = [
      (formula.outcome, .outcome), (formula.treatment, .treatment),
    ]
    terms += formula.covariates.map { ($0, .covariate) }
    terms.append((formula.trial, .trial))
    let weights = options.weights.map { [(term: Formula.Term($0), role: ColumnRole.weights)] } ?? []
    switch (formula.partitioning, options.subgroups) {
    case (nil, nil): if !options.isTwoStage { throw DesignError(.noPartitioning) }
    case (_?, _?): throw DesignError(.partitioningBesideSubgroups)
    case (nil, let column?): terms.append((Formula.Term(column), .subgroups))
    case (let parts?, nil): terms += try Self.variables(parts, fixed: terms + weights, header, file)
    }
    terms += weights
    try Self.checkOnce(terms, file)
    for term in terms { try Self.check(term.term.name, header, file) }
    for order in options.orders { try Self.check(order.column, header, file) }
    assignments = terms.map { term in
      let reading = Self.reading(of: term.term, as: term.role, options.orders)
      return Assignment(request: ColumnRequest(term.term.name, reading), role: term.role)
    }
    let used = Set(terms.map(\.term.name))
    idleOrders = options.orders.map(\.column).filter { !used.contains($0) }
  }

  /// The third part with its point spelled out.
  private static func variables(
    _ parts: [Formula.PartitioningTerm], fixed: [(term: Formula.Term, role: ColumnRole)],
    _ header: [String], _ file: String
  ) throws(DesignError) -> [(Formula.Term, ColumnRole)] {
    var named = Set(fixed.map(\.term.name))
    for case .column(let term) in parts { named.insert(term.name) }
    var terms: [Formula.Term] = []
    for part in parts {
      switch part {
      case .column(let term): terms.append(term)
      case .allOthers:
        if let nameless = header.firstIndex(of: "") {
          throw DesignError(.namelessColumn(position: nameless + 1), file: file)
        }
        terms += header.filter { named.insert($0).inserted }.map { Formula.Term($0) }
      }
    }
    guard !terms.isEmpty else { throw DesignError(.emptyPartitioning, file: file) }
    return terms.map { ($0, .partitioning) }
  }

  private static func checkOnce(
    _ terms: [(term: Formula.Term, role: ColumnRole)], _ file: String
  ) throws(DesignError) {
    var roles: [String: ColumnRole] = [:]
    for (term, role) in terms {
      guard let first = roles.updateValue(role, forKey: term.name) else { continue }
      let fault: DesignError.Fault =
        first == role
        ? .duplicateTerm(column: term.name, role) : .twoRoles(column: term.name, first, role)
      throw DesignError(fault)
    }
  }

  private static func check(
    _ name: String, _ header: [String], _ file: String
  ) throws(DesignError) {
    guard !header.contains(name) else { return }
    let names = header.filter { !$0.isEmpty }
    let nearest = nearestName(to: name, among: names)
    let fault = TableError.Fault.noSuchColumn(nearest: nearest, available: names)
    throw DesignError(.table(TableError(file: file, column: name, fault: fault)))
  }

  private static func reading(
    of term: Formula.Term, as role: ColumnRole, _ orders: [LevelOrder]
  ) -> ColumnReading {
    if role == .weights { return .numeric }
    if let order = orders.first(where: { $0.column == term.name }) {
      return .ordered(order.levels)
    }
    switch term.reading {
    case .ordered: return .ordered(nil)
    case .factor: return .factor
    case .automatic: return role == .treatment || role == .trial ? .factor : .automatic
    }
  }
}
