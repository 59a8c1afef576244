import Foundation
import Testing

@testable import Posterior

/// Draws files as CmdStan, rstan, R and Python write them.
@Suite("Variants of draws files")
struct DrawsFileVariantsTests {
  private func read(_ texts: String...) throws(DrawsFileError) -> DrawsFile.Contents {
    try DrawsFile.read(
      texts.enumerated().map { ("\($0.offset + 1).csv", Array($0.element.utf8)) })
  }

  private func values(_ text: String) throws -> [Double] { try read(text).draws.values }

  private func header(_ samples: Int, warmup: Int, saved: String, thin: Int = 1) -> String {
    """
    # model = m
    # method = sample (Default)
    #   sample
    #     num_samples = \(samples)
    #     num_warmup = \(warmup) (Default)
    #     save_warmup = \(saved)
    #     thin = \(thin) (Default)
    #     algorithm = hmc (Default)
    #             max_depth = 8
    # id = 1

    """
  }

  private let adaptation = "# Adaptation terminated\n# Step size = 0.8\n"

  @Test("Saved warm-up is left out, however the header says it", arguments: ["1", "true"])
  func savedWarmup(word: String) throws {
    let text = header(2, warmup: 2, saved: word) + "lp__,a\n0,1\n0,2\n" + adaptation
    #expect(try values(text + "0,3\n0,4\n") == [3, 4])
    #expect(try read(text + "0,3\n").headers[0].expectedDraws == 2)
    #expect(throws: DrawsFileError.noDraws(file: "1.csv")) { try read(text) }
  }

  @Test("Rows before the end of adaptation are draws where no warm-up was saved")
  func unsavedWarmup() throws {
    let rows = "lp__,a\n0,1\n0,2\n" + adaptation
    #expect(try values(header(2, warmup: 9, saved: "0 (Default)") + rows) == [1, 2])
    #expect(try values(header(3, warmup: 9, saved: "false") + rows + "0,3\n") == [1, 2, 3])
  }

  @Test("Without the comment on adaptation the header's numbers tell warm-up from draws")
  func missingAdaptation() throws {
    let rows = "a\n1\n2\n3\n4\n5\n"
    #expect(try values(header(2, warmup: 3, saved: "1") + rows) == [4, 5])
    // Three of five warm-up iterations and two of three others are written.
    #expect(try values(header(3, warmup: 5, saved: "1", thin: 2) + rows) == [4, 5])
    #expect(try values(header(5, warmup: 3, saved: "1") + rows) == [1, 2, 3, 4, 5])
    #expect(try values(header(5, warmup: 3, saved: "0") + rows) == [1, 2, 3, 4, 5])
    #expect(
      try values(header(2, warmup: 3, saved: "1") + "a\n" + adaptation + "1\n2\n3\n4\n5\n")
        == [4, 5])
  }

  @Test("A header of rstan's sample files is read")
  func rstan() throws {
    let contents = try read(
      "# warmup=2\n# save_warmup=1\n# thin=1\n# max_treedepth=11\nlp__,a\n0,1\n0,2\n"
        + "# Adaptation terminated\n0,3\n")
    #expect(contents.draws.values == [3])
    #expect(contents.headers[0].maxTreeDepth == 11)
  }

  @Test("Names stay as they are: dots, brackets, commas in quotation marks")
  func names() throws {
    let contents = try read("\u{FEFF}lp__,beta.1,\"b[1,2]\", tau ,\"q\"\r\n0,1,2,3,4\r\n")
    #expect(contents.draws.names == ["beta.1", "b[1,2]", "tau", "q"])
    #expect(contents.draws.values == [1, 2, 3, 4])
  }

  @Test("Row numbers of R's posterior are no parameters")
  func rowNumbers() throws {
    let contents = try read(
      ".chain,.iteration,.draw,a\n1,1,1,5\n1,2,2,6\n",
      ".chain,.iteration,.draw,a\n2,1,3,7\n2,2,4,8\n"
    )
    #expect(contents.draws.names == ["a"])
    #expect(contents.draws.values == [5, 6, 7, 8])
    #expect(throws: DrawsFileError.severalChains(file: "1.csv")) {
      try read(".chain,a\n1,5\n2,6\n")
    }
  }

  @Test("Cells: infinite, without a value, and a divergence without one")
  func cells() throws {
    let contents = try read("divergent__,a\nNA,inf\n1,-Inf\n0,NaN\n")
    #expect(contents.records[0].divergent == [false, true, false])
    #expect(contents.draws.values[0] == .infinity && contents.draws.values[1] == -.infinity)
    #expect(contents.draws.values[2].isNaN)
  }

  @Test(
    "Files of other methods and programs are refused",
    arguments: [
      ("# method = optimize\nlp__,a\n0,1\n", .notChains(file: "1.csv", method: "optimize")),
      ("# method = variational\nlp__,a\n0,1\n", .notChains(file: "1.csv", method: "variational")),
      ("1.5,2\n3,4\n", .noNames(file: "1.csv")),
      ("\"\",\"a\"\n\"1\",2\n", .unnamedColumn(file: "1.csv", position: 1)),
      ("a,b,\n1,2,\n", .unnamedColumn(file: "1.csv", position: 3)),
      ("a\n1\0\n", .notText(file: "1.csv")),
      ("a;b\n1;2\n", .notANumber(file: "1.csv", line: 2, column: "a;b", text: "1;2")),
      ("a,b\n1,\"x\"\n", .notANumber(file: "1.csv", line: 2, column: "b", text: "\"x\"")),
    ] as [(String, DrawsFileError)])
  func refused(text: String, error: DrawsFileError) {
    #expect(throws: error) { try read(text) }
  }
}
