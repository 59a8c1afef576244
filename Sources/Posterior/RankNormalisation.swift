import Numerics

/// The normal scores Φ⁻¹((r − 3/8)/(n + 1/4)) of the ranks r = 1 … n (Blom 1958).
public struct NormalScores: Sendable {
  private let scores: [Double]

  /// The scores of n ranks, made once for all quantities with n draws.
  public init(count: Int) {
    var scores = [Double](repeating: 0, count: count)
    for rank in 1..<max(count / 2 + 1, 1) {
      scores[rank - 1] = NormalScores.score(Double(rank), of: count)
      scores[count - rank] = -scores[rank - 1]
    }
    self.scores = scores
  }

  /// The number of ranks.
  public var count: Int { scores.count }

  /// The score of the mean of the ranks `first` + 1 … `last`, those of `last` − `first` equal draws.
  func score(first: Int, last: Int) -> Double {
    last - first == 1
      ? scores[first] : NormalScores.score(Double(first + last + 1) / 2, of: count)
  }

  private static func score(_ rank: Double, of count: Int) -> Double {
    Distributions.normalQuantile((rank - 0.375) / (Double(count) + 0.25))
  }
}

extension OrderedChains {
  /// The number of draws that are left when chains are split: those that get a rank.
  public var splitCount: Int { chains.chains * (chains.iterations / 2) * 2 }

  /// The split chains with every draw replaced by the normal score of its rank.
  func rankNormalized(_ scores: NormalScores) -> ChainValues {
    ranked(order: order, sorted: sorted, scores)
  }

  /// The split chains with every draw's distance from the median replaced by its normal score.
  func foldedRankNormalized(_ scores: NormalScores) -> ChainValues {
    let center = quantile(0.5)
    var foldedOrder: [Int32] = []
    var distances: [Double] = []
    foldedOrder.reserveCapacity(order.count)
    distances.reserveCapacity(order.count)
    // Going outwards from the median, the nearer of the next draw below and the next above.
    var above = sorted.partitioningIndex { $0 >= center }
    var below = above - 1
    while below >= 0 || above < sorted.count {
      let down = below >= 0 ? abs(sorted[below] - center) : .infinity
      let up = above < sorted.count ? abs(sorted[above] - center) : .infinity
      let index = down <= up ? below : above
      foldedOrder.append(order[index])
      distances.append(min(down, up))
      if down <= up { below -= 1 } else { above += 1 }
    }
    return ranked(order: foldedOrder, sorted: distances, scores)
  }

  /// Split chains of normal scores, from the order of draws and their values in that order.
  private func ranked(order: [Int32], sorted: [Double], _ scores: NormalScores) -> ChainValues {
    precondition(scores.count == splitCount, "\(scores.count) scores of \(splitCount) draws")
    guard chains.iterations % 2 == 0 else {
      return ranked(splitting: order, sorted: sorted, scores)
    }
    var result = [Double](repeating: 0, count: order.count)
    var first = 0
    while first < order.count {
      var last = first + 1
      while last < order.count && sorted[last] == sorted[first] { last += 1 }
      let score = scores.score(first: first, last: last)
      for i in first..<last { result[Int(order[i])] = score }
      first = last
    }
    return ChainValues(values: result, chains: 2 * chains.chains)
  }

  /// The same for an odd number of iterations: middle draws get no rank.
  private func ranked(
    splitting order: [Int32], sorted: [Double], _ scores: NormalScores
  ) -> ChainValues {
    let (length, half) = (chains.iterations, chains.iterations / 2)
    let kept = order.indices.filter { Int(order[$0]) % length != half }
    let shortened = kept.map { index in
      let (chain, iteration) = Int(order[index]).quotientAndRemainder(dividingBy: length)
      return Int32(chain * 2 * half + iteration - (iteration > half ? 1 : 0))
    }
    let even = ChainValues(values: [Double](repeating: 0, count: splitCount), chains: chains.chains)
    return OrderedChains(even).ranked(order: shortened, sorted: kept.map { sorted[$0] }, scores)
  }
}

extension Array {
  /// The first index whose element satisfies a condition that all later elements satisfy too.
  func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
