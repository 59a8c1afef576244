import JSON
import Pooling
import Posterior

extension PooledEstimates {
  /// Estimates, posterior and classical estimates under the keys of the document of `pool`.
  var json: JSONValue {
    [
      "estimates": .array(estimates.map(\.json)), "bayes": posterior,
      "classical": .array(classical.map(\.json)),
    ]
  }

  private var posterior: JSONValue {
    let shrinkage = zip(estimates, bayes.shrinkage).map { estimate, figures in
      var members = figures.members
      members["study"] = .string(estimate.study)
      return JSONValue.object(members)
    }
    var members: [String: JSONValue] = [
      "mu": .object(bayes.mean.members), "tau": .object(bayes.heterogeneity.members),
      "new_study": .object(bayes.newStudy.members), "shrinkage": .array(shrinkage),
      "log_marginal_likelihood": JSONValue(bayes.logMarginalLikelihood),
      "bayes_factors": [
        "mu=0": JSONValue(bayes.bayesFactorZeroMean),
        "tau=0": JSONValue(bayes.bayesFactorHomogeneity),
      ],
      "probability_below_zero": JSONValue(bayes.probabilityBelowZero),
    ]
    if let improperNote { members["note"] = .string(improperNote) }
    return .object(members)
  }

  /// Why Bayes factors or the marginal likelihood are nil.
  var improperNote: String? {
    if priors.heterogeneity == nil {
      return "the improper prior of tau leaves marginal likelihood and Bayes factors undefined"
    }
    return priors.hasFlatMean
      ? "the flat prior of mu leaves the Bayes factor of mu = 0 undefined; it enters the marginal "
        + "likelihood with density 1" : nil
  }
}

extension StudyEstimate {
  /// The estimate as a member of a document.
  var json: JSONValue {
    ["study": .string(study), "estimate": JSONValue(estimate), "se": JSONValue(se)]
  }
}

extension PosteriorFigures {
  /// The figures as members of a document; a note where one is null.
  fileprivate var members: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "mean": JSONValue(mean), "sd": JSONValue(sd), "median": JSONValue(median),
      "mode": JSONValue(mode), "ci": central.json, "hdi": shortest.json,
    ]
    if let note { members["note"] = .string(note) }
    return members
  }
}

extension ClassicalEstimate {
  /// The estimate as a member of a document.
  fileprivate var json: JSONValue {
    [
      "method": .string(method.rawValue), "knha": .bool(isHartungKnapp), "mu": JSONValue(mean),
      "se": JSONValue(se), "ci": interval.json, "p": JSONValue(pValue),
      "tau2": JSONValue(squaredTau), "tau2_ci": squaredTauInterval?.json ?? nil,
      "I2": JSONValue(inconsistency), "Q": JSONValue(q), "Q_df": JSONValue(qDegrees),
      "Q_p": JSONValue(qPValue), "prediction": prediction?.json ?? nil,
    ]
  }
}

extension Interval {
  /// The limits as a pair.
  fileprivate var json: JSONValue { [JSONValue(lower), JSONValue(upper)] }
}
