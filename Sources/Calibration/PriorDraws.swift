import Foundation
import Inference
import MixedModels
import Numerics

extension HeterogeneityPrior {
  /// A draw from the prior.
  func draw(_ stream: inout RandomStream) -> Double {
    switch self {
    case .halfNormal(let scale): abs(scale * stream.normal())
    case .halfT(let df, let scale): abs(scale * stream.studentT(df: df))
    case .halfCauchy(let scale): abs(scale * stream.studentT(df: 1))
    case .exponential(let rate): stream.exponential() / rate
    case .uniform(let lower, let upper): lower + (upper - lower) * stream.uniform()
    case .halfLogistic(let scale): abs(scale * stream.logistic())
    case .lomax(let shape, let scale): scale * expm1(stream.exponential() / shape)
    case .logNormal(let meanlog, let sdlog): exp(meanlog + sdlog * stream.normal())
    case .logT(let df, let location, let scale): exp(location + scale * stream.studentT(df: df))
    case .fixed(let value): value
    }
  }
}

extension CorrelationPrior {
  /// A draw from the prior: (ρ + 1) / 2 has the beta distribution with both shapes η.
  func draw(_ stream: inout RandomStream) -> Double {
    let a = stream.gamma(shape: eta)
    let b = stream.gamma(shape: eta)
    return (a - b) / (a + b)
  }
}

extension CoefficientPrior.Normal {
  /// A draw from the prior.
  func draw(_ stream: inout RandomStream) -> Double { mean + sd * stream.normal() }
}

extension RandomStream {
  /// A Student t number.
  fileprivate mutating func studentT(df: Double) -> Double {
    normal() / gamma(shape: df / 2, scale: 2 / df).squareRoot()
  }

  /// A standard logistic number.
  fileprivate mutating func logistic() -> Double {
    let u = uniform()
    return log(u / (1 - u))
  }
}
