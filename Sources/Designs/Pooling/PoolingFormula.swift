/// A formula of a two-stage meta-analysis: `estimate ~ se | study` for a table of estimates,
/// `events | n ~ treatment | study` for counts by arm, `outcome ~ treatment + covariates | trial` for
/// participants.
public struct PoolingFormula: Sendable, Equatable {
  /// The formula as the user wrote it.
  public let text: String
  /// The estimate, the number of events, or the outcome.
  public let response: Formula.Term
  /// The number of participants, beside the number of events.
  public let total: Formula.Term?
  /// The standard error, or the treatment.
  public let predictor: Formula.Term
  /// Covariates that each trial's effect is adjusted for.
  public let covariates: [Formula.Term]
  /// The study, or trial.
  public let study: Formula.Term

  /// Parses a formula.
  ///
  /// - Throws: `DesignError.Fault.poolingFormula` with the position of what cannot be understood.
  public init(parsing text: String) throws(DesignError) {
    do throws(FormulaFault) {
      var parser = try FormulaParser(text)
      response = try parser.term(.outcome)
      total = try parser.total()
      try parser.expect(.tilde, .tilde)
      predictor = try parser.term(.predictor)
      covariates = try parser.covariates()
      try parser.expect(.bar, .trialPart)
      study = try parser.term(.trial)
      try parser.finish()
    } catch {
      throw DesignError(.poolingFormula(text: text, error))
    }
    self.text = text
    let names =
      [response, total, predictor].compactMap { $0?.name } + covariates.map(\.name)
      + [study.name]
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw DesignError(.repeatedColumn(column: names[twice]))
    }
  }
}
