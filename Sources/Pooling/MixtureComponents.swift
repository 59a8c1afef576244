import Foundation

/// The posteriors of μ, of the studies' effects and of a new one as mixtures over the nodes of τ.
struct MixtureComponents {
  private let quadrature: HeterogeneityQuadrature
  private let hasFlatMean: Bool
  /// τ² at the nodes.
  private let squares: [Double]

  init(_ quadrature: HeterogeneityQuadrature, hasFlatMean: Bool) {
    self.quadrature = quadrature
    self.hasFlatMean = hasFlatMean
    squares = quadrature.nodes.map { exp(2 * $0) }
  }

  private var studies: StandardStudies { quadrature.density.studies }
  private var tail: PosteriorTail { quadrature.density.tail }

  /// The posterior mean of a function of the node.
  private func average(_ function: (Int) -> Double) -> Double {
    var sum = 0.0
    for node in squares.indices { sum += quadrature.weights[node] * function(node) }
    return sum
  }

  // MARK: Mixtures

  /// The posterior of μ.
  var mean: NormalMixture {
    NormalMixture(
      weights: quadrature.weights, means: quadrature.means,
      sds: quadrature.variances.map { $0.squareRoot() })
  }

  /// The posterior of the effect in a new study.
  var newStudy: NormalMixture {
    NormalMixture(
      weights: quadrature.weights, means: quadrature.means,
      sds: zip(quadrature.variances, squares).map { ($0 + $1).squareRoot() })
  }

  /// The posterior of one study's effect, all moments of which exist.
  ///
  /// Given μ and τ its mean is B μ + (1 − B) y with B = s²/(s² + τ²), its variance (1 − B) s².
  func effect(of study: Int) -> (mixture: NormalMixture, moments: Moments) {
    let square = studies.variances[study]
    let estimate = studies.estimates[study]
    var means: [Double] = []
    var variances: [Double] = []
    for node in squares.indices {
      let share = square / (square + squares[node])
      means.append(estimate + share * (quadrature.means[node] - estimate))
      variances.append(share * squares[node] + share * share * quadrature.variances[node])
    }
    let mean = average { means[$0] }
    let variance = average { variances[$0] + (means[$0] - mean) * (means[$0] - mean) }
    let mixture = NormalMixture(
      weights: quadrature.weights, means: means, sds: variances.map { $0.squareRoot() })
    return (mixture, Moments(mean: mean, variance: variance, note: nil))
  }

  // MARK: Moments

  /// The moments of τ.
  var heterogeneityMoments: Moments {
    let mean = average { squares[$0].squareRoot() } + quadrature.remainders[0]
    return existing(mean) {
      average { node in
        let deviation = squares[node].squareRoot() - mean
        return deviation * deviation
      } + quadrature.remainders[1]
    }
  }

  /// The moments of μ, which a normal prior always has.
  var meanMoments: Moments {
    let mean = average { quadrature.means[$0] }
    let variance = { () -> Double in
      let inner = average { quadrature.variances[$0] + square(quadrature.means[$0] - mean) }
      return inner + (hasFlatMean ? quadrature.remainders[1] / Double(studies.count) : 0)
    }
    return hasFlatMean
      ? existing(mean, variance) : Moments(mean: mean, variance: variance(), note: nil)
  }

  /// The moments of the effect in a new study.
  var newStudyMoments: Moments {
    let mean = average { quadrature.means[$0] }
    return existing(mean) {
      let inner = average {
        quadrature.variances[$0] + squares[$0] + square(quadrature.means[$0] - mean)
      }
      let shares = hasFlatMean ? 1 + 1 / Double(studies.count) : 1
      return inner + shares * quadrature.remainders[1]
    }
  }

  private func square(_ value: Double) -> Double { value * value }

  /// The moments of a quantity that has those of τ.
  private func existing(_ mean: Double, _ variance: () -> Double) -> Moments {
    let lacking = tail.hasMoment(1) ? "SD does" : "mean and SD do"
    let isFull = tail.hasMoment(2)
    return Moments(
      mean: tail.hasMoment(1) ? mean : nil, variance: isFull ? variance() : nil,
      note: isFull
        ? nil
        : "the posterior density of tau falls like \(tail.words), so that the \(lacking) not exist")
  }
}

extension PosteriorTail {
  /// The power as a text, such as `tau^-2`.
  fileprivate var words: String {
    let number = Int(exactly: power).map { "\($0)" } ?? "\(power)"
    return "tau^-\(number)" + (logarithmicDF == nil ? "" : " times a power of log(tau)")
  }
}
