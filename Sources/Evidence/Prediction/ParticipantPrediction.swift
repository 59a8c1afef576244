import Designs
import Posterior
import Subgroups
import Threads

/// How well a model predicts a new participant of the same trials: PSIS-LOO, the tree and the trials being
/// given.
public struct ParticipantPrediction: Sendable, Equatable {
  /// The tail of the importance weights of one participant, by where the participant is.
  public struct Influence: Sendable, Equatable {
    /// The trial's code.
    public let trial: Int
    /// The leaf's node id.
    public let node: Int
    /// Pareto k.
    public let paretoK: Double
  }

  /// How many participants have a Pareto k within limits.
  public struct Histogram: Sendable, Equatable {
    /// The limits in ascending order: a bin holds the values above its lower limit up to the upper one.
    public let limits: [Double]
    /// The numbers of participants: below the first limit, between each two, above the last.
    public let counts: [Int]
  }

  /// Σ log p(y_i | y_−i), with its standard error.
  public let elpd: Double
  /// The standard error of `elpd`; nil for one participant.
  public let standardError: Double?
  /// The effective number of parameters.
  public let effectiveParameters: Double
  /// The number of participants.
  public let participants: Int
  /// How many of them have a Pareto k above 0.7, so that their terms cannot be relied on.
  public let unreliable: Int
  /// The participants with the 20 largest Pareto k.
  public let largest: [Influence]
  /// Pareto k of all.
  public let histogram: Histogram

  /// The number of participants whose influence is listed.
  static let listed = 20
}

extension ParticipantPrediction {
  /// One observation that stands for one participant or more.
  private struct Term: Sendable {
    let group: Int
    let participants: Int
    let prediction: LeaveOneOut
  }

  /// Leave-one-out of every participant by the draws of a run; one group of participants at a time, on up to
  /// `threads` threads.
  init(_ likelihood: ObservationLikelihood, chains: Int, model: RunModel, threads: Int) {
    let groups = likelihood.groups
    let terms = concurrentMap(count: groups.count, threads: threads) { group -> [Term] in
      var terms: [Term] = []
      likelihood.values(of: groups[group]) { observation, values in
        terms.append(
          Term(
            group: group, participants: observation.participants,
            prediction: LeaveOneOut(ChainValues(values: values, chains: chains))))
      }
      return terms
    }.flatMap(\.self)
    func sum(_ value: (LeaveOneOut) -> Double) -> Double {
      terms.reduce(0) { $0 + Double($1.participants) * value($1.prediction) }
    }
    let count = terms.reduce(0) { $0 + $1.participants }
    let total = sum(\.elpd)
    elpd = total
    let average = total / Double(count)
    let squares = sum { ($0.elpd - average) * ($0.elpd - average) }
    standardError =
      count > 1 ? (Double(count) * squares / Double(count - 1)).squareRoot() : nil
    effectiveParameters = sum { $0.logDensity - $0.elpd }
    participants = count
    unreliable = terms.reduce(0) { $0 + ($1.prediction.paretoK > 0.7 ? $1.participants : 0) }
    let ranked = terms.sorted {
      ($0.prediction.paretoK, $1.group) > ($1.prediction.paretoK, $0.group)
    }
    largest = Array(
      ranked.lazy.flatMap { term in
        [Influence](
          repeating: Influence(
            trial: groups[term.group].trial, node: model.leaves[groups[term.group].leaf],
            paretoK: term.prediction.paretoK), count: min(term.participants, Self.listed))
      }.prefix(Self.listed))
    histogram = Histogram(terms.map { ($0.prediction.paretoK, $0.participants) })
  }
}

extension ParticipantPrediction.Histogram {
  /// Bins of a tenth from −0.5 to 1.5.
  fileprivate init(_ values: [(k: Double, participants: Int)]) {
    let limits = (0...20).map { Double($0 - 5) / 10 }
    var counts = [Int](repeating: 0, count: limits.count + 1)
    for value in values {
      counts[limits.firstIndex { value.k <= $0 } ?? limits.count] += value.participants
    }
    self.init(limits: limits, counts: counts)
  }
}
