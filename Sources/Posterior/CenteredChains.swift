/// Chains of length N less their own means: what R-hat and effective sample sizes are made of.
struct CenteredChains {
  let chains: Int
  let iterations: Int
  /// Chain after chain.
  private let deviations: [Double]
  /// The mean of each chain.
  private let means: [Double]

  /// The chains as they are, without splitting.
  init(_ source: ChainValues) {
    chains = source.chains
    iterations = source.iterations
    let (chains, iterations) = (source.chains, source.iterations)
    var means: [Double] = []
    means.reserveCapacity(chains)
    deviations = [Double](unsafeUninitializedCapacity: source.count) { target, filled in
      source.values.withUnsafeBufferPointer { values in
        for chain in 0..<chains {
          let range = (chain * iterations)..<((chain + 1) * iterations)
          let mean =
            pairedSum(UnsafeBufferPointer(rebasing: values[range])) { $0 } / Double(iterations)
          for i in range { target[i] = values[i] - mean }
          means.append(mean)
        }
      }
      filled = source.count
    }
    self.means = means
  }

  /// The variance of the chain means, divisor (number of chains) − 1; 0 for one chain.
  var varianceOfMeans: Double {
    guard chains > 1 else { return 0 }
    let center = means.reduce(0, +) / Double(chains)
    return means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(chains - 1)
  }

  /// The autocovariance at a lag, divisor N, averaged over the chains.
  func autocovariance(lag: Int) -> Double {
    var total = 0.0
    deviations.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      for chain in 0..<chains {
        let place = start + chain * iterations * MemoryLayout<Double>.stride
        total += laggedProduct(place, lag: lag, count: iterations - lag)
      }
    }
    return total / Double(iterations * chains)
  }

  /// Σ xᵢ xᵢ₊ₗ over `count` values from a place in memory, in two times four running sums.
  private func laggedProduct(_ place: UnsafeRawPointer, lag: Int, count: Int) -> Double {
    let size = MemoryLayout<Double>.stride
    let shifted = place + lag * size
    var first = SIMD4<Double>.zero
    var second = SIMD4<Double>.zero
    var i = 0
    while i + 8 <= count {
      let (a, b) = (place + i * size, shifted + i * size)
      first += a.loadUnaligned(as: SIMD4<Double>.self) * b.loadUnaligned(as: SIMD4<Double>.self)
      second +=
        a.loadUnaligned(fromByteOffset: 4 * size, as: SIMD4<Double>.self)
        * b.loadUnaligned(fromByteOffset: 4 * size, as: SIMD4<Double>.self)
      i += 8
    }
    var total = (first + second).sum()
    while i < count {
      total +=
        (place + i * size).loadUnaligned(as: Double.self)
        * (shifted + i * size).loadUnaligned(as: Double.self)
      i += 1
    }
    return total
  }
}
