import Foundation
import Testing

@testable import Posterior

@Suite("Draws files")
struct DrawsFileTests {
  private func record(_ iterations: Int) -> SamplerRecord {
    var record = SamplerRecord()
    record.logDensity = (0..<iterations).map { -10.5 - Double($0) / 3 }
    record.acceptance = (0..<iterations).map { 0.5 + 0.1 * Double($0 % 5) }
    record.treeDepth = (0..<iterations).map { $0 % 4 }
    record.leapfrogSteps = (0..<iterations).map { 1 << ($0 % 4) }
    record.divergent = (0..<iterations).map { $0 == 1 }
    record.energy = (0..<iterations).map { 11 + Double($0) * 0.7 }
    record.stepSize = 0.8125
    record.inverseMetric = [0.25, 1e-7]
    return record
  }

  private func text(_ string: String) -> [UInt8] { Array(string.utf8) }

  private func read(_ texts: String...) throws -> DrawsFile.Contents {
    try DrawsFile.read(texts.enumerated().map { ("\($0.offset + 1).csv", text($0.element)) })
  }

  @Test func textHasHeaderAdaptationAndFooter() {
    var draws = Draws(names: ["tau1", "sigma"], chains: 2, iterations: 2)
    draws[variable: 0, chain: 1, iteration: 0] = 0.1
    draws[variable: 0, chain: 1, iteration: 1] = 1e-20
    draws[variable: 1, chain: 1, iteration: 0] = 123456.789
    draws[variable: 1, chain: 1, iteration: 1] = .nan
    let bytes = DrawsFile.text(
      of: draws, chain: 1, record: record(2),
      settings: DrawsFile.Settings(warmup: 1000, maxTreeDepth: 10))
    let expected = """
      # model = metamob
      # method = sample (Default)
      #   sample
      #     num_samples = 2
      #     num_warmup = 1000
      #     save_warmup = 0 (Default)
      #     thin = 1 (Default)
      #     algorithm = hmc (Default)
      #         engine = nuts (Default)
      #             max_depth = 10
      #         metric = diag_e (Default)
      # id = 2
      lp__,accept_stat__,stepsize__,treedepth__,n_leapfrog__,divergent__,energy__,tau1,sigma
      # Adaptation terminated
      # Step size = 0.8125
      # Diagonal elements of inverse mass matrix:
      # 0.25, 1e-07
      -10.5,0.5,0.8125,0,1,0,11.0,0.1,123456.789
      -10.833333333333334,0.6,0.8125,1,2,1,11.7,1e-20,nan
      #\u{20}
      #  Elapsed Time: 0 seconds (Warm-up)
      #                0 seconds (Sampling)
      #                0 seconds (Total)
      #\u{20}

      """
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  // ArviZ 0.23 and CmdStanPy 1.3 read a file with these lines; CmdStanPy wants max_depth and metric.
  @Test func gibbsIsNamed() throws {
    var draws = Draws(names: ["tau1"], chains: 1, iterations: 3)
    for t in 0..<3 { draws[variable: 0, chain: 0, iteration: t] = Double(t) }
    var gibbs = record(3)
    gibbs.leapfrogSteps = [0, 0, 0]
    let bytes = DrawsFile.text(
      of: draws, chain: 0, record: gibbs,
      settings: DrawsFile.Settings(warmup: 5, maxTreeDepth: 10))
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(
      lines[7...10].map(String.init) == [
        "#     algorithm = gibbs", "#             max_depth = 10",
        "#         metric = diag_e (Default)", "# id = 1",
      ])
    #expect(try DrawsFile.read([("1.csv", bytes)]).draws.values == [0, 1, 2])
  }

  @Test func everyBitSurvivesTheRoundTrip() throws {
    let iterations = 60
    var draws = Draws(names: ["effect_3", "tau1", "fixed"], chains: 3, iterations: iterations)
    for chain in 0..<3 {
      for t in 0..<iterations {
        let value = sin(Double(t * 7 + chain)) * pow(10, Double(t % 40) - 20)
        draws[variable: 0, chain: chain, iteration: t] = value
        draws[variable: 1, chain: chain, iteration: t] = exp(
          value.truncatingRemainder(dividingBy: 9))
        draws[variable: 2, chain: chain, iteration: t] = -0.0
      }
    }
    draws[variable: 0, chain: 0, iteration: 0] = .infinity
    draws[variable: 0, chain: 0, iteration: 1] = .leastNonzeroMagnitude
    draws[variable: 0, chain: 0, iteration: 2] = -.greatestFiniteMagnitude
    let settings = DrawsFile.Settings(warmup: 10, maxTreeDepth: 8)
    let files = (0..<3).map { chain in
      (
        name: "draws-\(chain + 1).csv",
        text: DrawsFile.text(
          of: draws, chain: chain, record: record(iterations), settings: settings)
      )
    }
    let contents = try DrawsFile.read(files)
    #expect(contents.draws.names == draws.names)
    #expect(contents.draws.values.map(\.bitPattern) == draws.values.map(\.bitPattern))
    let expected = record(iterations)
    #expect(!expected.inverseMetric.isEmpty && expected.stepSize != 1)
    #expect(contents.records == [expected, expected, expected])
  }

  @Test func plainTableWithoutCommentsOrSamplerColumns() throws {
    let contents = try read("a,\"b.1\"\r\n 1, 2 \r\n\r\n3,NA\r\n,nan\r\n")
    #expect(contents.draws.names == ["a", "b.1"])
    #expect(contents.draws.iterations == 3)
    #expect(Array(contents.draws.variable(0).prefix(2)) == [1, 3])
    #expect(contents.draws.values.map(\.isNaN) == [false, false, true, false, true, true])
    #expect(contents.records[0].energy.isEmpty && contents.records[0].leapfrogSteps.isEmpty)
  }

  @Test func someSamplerColumnsAnywhere() throws {
    let contents = try read("a,divergent__,weight__\n1,1,9\n2,0,9\n")
    #expect(contents.draws.names == ["a"])
    #expect(contents.records[0].divergent == [true, false])
  }

  @Test func stepSizeAndMetricAreThoseOfTheComments() throws {
    let header = "# Adaptation terminated\n# Step size = 0.25\n"
    let metric = "# Diagonal elements of inverse mass matrix:\n# 0.5, 1e-3,2\n"
    let whole = try read("lp__,stepsize__,a\n\(header)\(metric)-1,0.3,1\n-1,0.3,2\n")
    #expect(whole.records[0].stepSize == 0.25)
    #expect(whole.records[0].inverseMetric == [0.5, 0.001, 2])
    #expect(whole.draws.iterations == 2)
    // A dense metric has several lines, and is none of ours.
    let dense = try read("a\n\(header)# Elements of inverse mass matrix:\n# 1, 0\n# 0, 1\n1\n2\n")
    #expect(dense.records[0].inverseMetric.isEmpty)
    let plain = try read("stepsize__,a\n0.3,1\n0.3,2\n")
    #expect(plain.records[0].stepSize == 0.3 && plain.records[0].inverseMetric.isEmpty)
  }

  @Test func savedWarmupIsLeftOut() throws {
    let contents = try read(
      "# num_warmup = 2\nlp__,a\n-1,1\n-1,2\n# Adaptation terminated\n# Step size = 1\n-1,3\n-1,4\n"
    )
    #expect(Array(contents.draws.variable(0)) == [3, 4])
    #expect(contents.records[0].logDensity == [-1, -1])
  }

  @Test func whatIsNotADrawsFileIsNamed() {
    func error(_ texts: String...) -> DrawsFileError? {
      do throws(DrawsFileError) {
        _ = try DrawsFile.read(
          texts.enumerated().map { ("\($0.offset + 1).csv", text($0.element)) })
        return nil
      } catch {
        return error
      }
    }
    #expect(error("") == .empty(file: "1.csv"))
    #expect(error("# only\n# comments\n") == .noParameters(file: "1.csv"))
    #expect(error("lp__,energy__\n1,2\n") == .noParameters(file: "1.csv"))
    #expect(error("a,b\n") == .noDraws(file: "1.csv"))
    #expect(error("a,b,a\n1,2,3\n") == .duplicateColumn(file: "1.csv", column: "a"))
    #expect(
      error("# x\na,b\n1,2\n3\n") == .raggedRow(file: "1.csv", line: 4, expected: 2, found: 1))
    #expect(
      error("a,b\n1,2\n3,x1\n")
        == .notANumber(file: "1.csv", line: 3, column: "b", text: "x1"))
    #expect(error("a\n1\n", "b\n1\n") == .otherColumns(file: "2.csv", first: "1.csv"))
    #expect(
      error("a\n1\n2\n", "a\n1\n")
        == .otherLength(file: "2.csv", draws: 1, first: "1.csv", firstDraws: 2))
    #expect(error("a\n1\n2\n", "a\n1\n2\n") == nil)
  }
}
