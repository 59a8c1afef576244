extension Design {
  /// The design of some of the rows, in their order, as if the file had no others: with its partitioning
  /// variables, all levels of which stay, without pre-specified subgroups, and with the trials that have
  /// participants among the rows.
  ///
  /// Trial codes count the trials that are left; a split of a tree of this design means the same in the
  /// whole one.
  public func subset(_ rows: [Int32]) -> Design {
    let part = restricted(to: rows)
    var place = [Int32](repeating: -1, count: trials.count)
    for trial in part.trial { place[Int(trial)] = 0 }
    let kept = trials.indices.filter { place[$0] == 0 }
    for (code, trial) in kept.enumerated() { place[trial] = Int32(code) }
    return Design(
      formula: formula, outcomeName: outcomeName, family: family, event: event,
      outcome: part.outcome, weights: part.weights, treatment: treatment, arm: part.arm,
      trialName: trialName, trials: kept.map { trials[$0] },
      trial: part.trial.map { place[Int($0)] }, covariates: part.covariates,
      partitioning: partitioning.map { $0.subset(rows) }, exclusions: exclusions)
  }
}

extension PartitioningVariable {
  /// The variable's values in some of the rows.
  fileprivate func subset(_ rows: [Int32]) -> PartitioningVariable {
    let part: Values =
      switch values {
      case .numeric(let numbers): .numeric(rows.map { numbers[Int($0)] })
      case .nominal(let codes, let levels):
        .nominal(codes: rows.map { codes[Int($0)] }, levels: levels)
      case .ordered(let codes, let levels):
        .ordered(codes: rows.map { codes[Int($0)] }, levels: levels)
      }
    return PartitioningVariable(name: name, values: part)
  }
}
