extension Design {
  /// The design of some of the rows, in their order: the same trials, codes and arms, without partitioning
  /// variables or pre-specified subgroups.
  ///
  /// A trial of which no row is among them has no participants.
  public func restricted(to rows: [Int32]) -> Design {
    func part<Value>(_ values: [Value]) -> [Value] { rows.map { values[Int($0)] } }
    return Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event,
      outcome: part(outcome), weights: weights.map(part), treatment: treatment, arm: part(arm),
      trialName: trialName, trials: trials, trial: part(trial),
      covariates: Covariates(names: covariates.names, columns: covariates.columns.map(part)),
      exclusions: exclusions)
  }
}
