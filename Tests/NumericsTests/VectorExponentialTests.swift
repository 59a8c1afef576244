import Foundation
import Testing

@testable import Numerics

@Suite struct VectorExponentialTests {
  // The C library's is right to half a unit in the last place, 1.1e-16 relative.
  @Test func agreesWithTheLibrary() {
    var worst = 0.0
    for i in 0..<200_000 {
      let x = SIMD4<Double>(
        -Double(i) * 0.003_54, -Double(i) * 1e-6, -pow(0.9999, Double(i)), -Double(i) * 1e-12)
      let found = exponential(ofNegative: x)
      for lane in 0..<4 { worst = max(worst, abs(found[lane] / exp(x[lane]) - 1)) }
    }
    #expect(worst < 5e-16)
  }

  @Test func ends() {
    let found = exponential(ofNegative: SIMD4(0, -708, -1e5, -.infinity))
    #expect(found[0] == 1)
    #expect(found[1] > 0 && found[1] < 1e-300)
    #expect(found[2] == found[1] && found[3] == found[1])
  }
}
