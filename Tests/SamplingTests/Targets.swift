import Foundation
import Sampling
import Synchronization

/// Independent normals.
struct NormalTarget: LogDensity {
  var means: [Double]
  var scales: [Double]

  var dimension: Int { means.count }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    var total = 0.0
    for i in means.indices {
      let z = (position[i] - means[i]) / scales[i]
      gradient[i] = -z / scales[i]
      total -= 0.5 * z * z
    }
    return total
  }
}

/// Two standard normals with a correlation.
struct CorrelatedTarget: LogDensity {
  let correlation: Double

  var dimension: Int { 2 }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    let (x, y) = (position[0], position[1])
    let scale = 1 / (1 - correlation * correlation)
    gradient[0] = -scale * (x - correlation * y)
    gradient[1] = -scale * (y - correlation * x)
    return -0.5 * scale * (x * x - 2 * correlation * x * y + y * y)
  }
}

/// The logarithm of a gamma variable with unit scale.
struct LogGammaTarget: LogDensity {
  let shape: Double

  var dimension: Int { 1 }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    let value = exp(position[0])
    gradient[0] = shape - value
    return shape * position[0] - value
  }
}

/// Neal's funnel: v ~ N(0, 3²), x | v ~ N(0, exp(v)), whose neck no single step size suits.
struct FunnelTarget: LogDensity {
  let dimension: Int

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    let v = position[0]
    gradient[0] = -v / 9
    var total = -v * v / 18
    for i in 1..<dimension {
      let precise = position[i] * exp(-v)
      gradient[i] = -precise
      gradient[0] += 0.5 * precise * position[i] - 0.5
      total -= 0.5 * precise * position[i] + 0.5 * v
    }
    return total
  }
}

/// An exponential with rate 1: no density below zero, and no gradient written there.
struct ExponentialTarget: LogDensity {
  var dimension: Int { 1 }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    guard position[0] >= 0 else { return -.infinity }
    gradient[0] = -1
    return -position[0]
  }
}

/// A density by any rule, in one dimension.
struct RuleTarget: LogDensity {
  let rule: @Sendable (Double) -> (value: Double, slope: Double)

  var dimension: Int { 1 }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    let result = rule(position[0])
    gradient[0] = result.slope
    return result.value
  }
}

/// A density without coordinates.
struct PointTarget: LogDensity {
  var dimension: Int { 0 }

  func evaluate(at position: [Double], gradient: inout [Double]) -> Double { -1.5 }
}

/// A listener that keeps what it hears.
final class RecordingSink: ProgressSink {
  private let heard = Mutex<[ProgressEvent]>([])

  func report(_ event: ProgressEvent) {
    heard.withLock { $0.append(event) }
  }

  var events: [ProgressEvent] { heard.withLock { $0 } }
}
