import Foundation
import TestSupport
import Testing

@testable import Posterior

@Suite("Diagnosis of draws files")
struct ChainsDiagnosisTests {
  private func diagnosis(_ texts: String...) throws -> ChainsDiagnosis {
    let contents = try DrawsFile.read(
      texts.enumerated().map { ("\($0.offset + 1).csv", Array($0.element.utf8)) })
    let draws = contents.draws
    let summariser = Summariser(chains: draws.chains, iterations: draws.iterations, level: 0.95)
    return ChainsDiagnosis(
      contents,
      parameters: draws.names.indices.map {
        summariser.diagnostics(of: ChainValues(draws, variable: $0), name: draws.names[$0])
      })
  }

  private func column(_ name: String, _ value: (Int) -> Double) -> String {
    "\(name)\n" + (0..<200).map { "\(value($0))\n" }.joined()
  }

  /// The patterns by which the reference's quantities were made: their names say them.
  @Test(
    "The pattern of chains that disagree is found",
    arguments: [
      ("trending", .drift), ("shifted_chain", .oneChain(4)), ("scaled_chain", .spread),
      ("ar1_95", .location), ("constant", nil), ("with_nan", nil),
    ] as [(String, ChainPattern?)])
  func patterns(name: String, pattern: ChainPattern?) throws {
    let values = try #require(figureTable("diagnostics/draws.csv")[name])
    let summariser = Summariser(chains: 4, iterations: 1000, level: 0.95)
    let figures = summariser.diagnostics(of: ChainValues(values: values, chains: 4), name: name)
    #expect(figures.pattern == pattern)
  }

  @Test("Chains that are copies are found, also where they are not neighbours")
  func copies() throws {
    let a = column("x") { sin(Double($0 * $0)) }
    let b = column("x") { cos(Double($0 * $0)) }
    let problems = try diagnosis(a, b, a).convergence.problems
    #expect(problems.contains(.sameDraws(chains: [1, 3])))
    #expect(try !diagnosis(a, b).convergence.problems.contains { "\($0)".contains("same draws") })
  }

  @Test("Constants alone, and one draw alone, do not pass for convergence")
  func nothingToJudge() throws {
    let constant = try diagnosis("a,b\n1,2\n1,2\n1,2\n")
    #expect(constant.convergence.problems == [.nothingVaries])
    let single = try diagnosis("a,b\n1,2\n")
    #expect(
      single.convergence.problems == [.undefined(parameter: "a"), .undefined(parameter: "b")])
    #expect(single.parameters[0].sd == nil && single.parameters[0].mean == 1)
    let few = try diagnosis("a,b\n1,2\n2,2\n3,2\n", "a,b\n1,2\n3,2\n2,2\n")
    #expect(few.convergence.problems == [.undefined(parameter: "a")])
  }

  @Test("Chains stuck at different places do not pass")
  func stuck() throws {
    let chain: (Double) -> String = { value in self.column("a") { _ in value } }
    #expect(try !diagnosis(chain(1), chain(2)).convergence.converged)
    let problems = try diagnosis(chain(1), chain(2), chain(4)).convergence.problems
    // Infinite but for the rounding of chain means.
    let isFar = problems.contains {
      if case .rhat("a", let value) = $0 { value > 1e6 } else { false }
    }
    #expect(isFar)
    #expect(problems.allSatisfy { $0.description.count < 60 })
  }

  @Test("What the files do not say of a chain is nil")
  func chains() throws {
    let plain = try diagnosis("a\n1\n2\n").chains[0]
    #expect(plain.energyFraction == nil && plain.divergences == nil)
    #expect(plain.maxTreeDepthHits == nil)
    let rows = "1,3,8,0,1\n2,3,7,1,4\n1,3,9,1,2\n"
    let columns = "a,n_leapfrog__,treedepth__,divergent__,energy__\n"
    let full = try diagnosis("# max_depth = 8\n" + columns + rows).chains[0]
    // Σ ΔE² / N over the variance: (9 + 4)/3 over 7/3.
    #expect(close(full.energyFraction ?? 0, 13.0 / 7, relative: 1e-14))
    #expect(full.divergences == 2 && full.maxTreeDepthHits == 2)
    #expect(try diagnosis(columns + rows).chains[0].maxTreeDepthHits == nil)
    let gibbs = try diagnosis(columns + rows.replacingOccurrences(of: ",3,", with: ",0,"))
    #expect(gibbs.chains[0].energyFraction == nil && gibbs.chains[0].divergences == 2)
  }

  @Test("The figures do not depend on the order of the chains")
  func chainOrder() throws {
    let texts = (0..<3).map { k in column("x") { sin(Double($0 * $0 + k)) * Double(k + 1) } }
    let first = try diagnosis(texts[0], texts[1], texts[2]).parameters[0]
    let second = try diagnosis(texts[2], texts[0], texts[1]).parameters[0]
    for key in [\ParameterDiagnostics.rhatBasic, \.essMean, \.essSD, \.mcseQ5, \.mcseSD] {
      let (a, b) = (try #require(first[keyPath: key]), try #require(second[keyPath: key]))
      // Sums in another order: rounding alone.
      #expect(close(a, b, relative: 1e-11))
    }
  }
}
