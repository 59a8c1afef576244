import Testing

@testable import CrossValidation

/// What `--cross-validate` may say.
@Suite struct FoldChoiceTests {
  @Test func words() throws {
    #expect(FoldChoice("off") == .off)
    let trials = try #require(FoldChoice("trials"))
    #expect(trials.trials && trials.folds == nil && !trials.isOff)
    #expect(FoldChoice("10")?.folds == 10)
    let both = try #require(FoldChoice("trials,5"))
    #expect(both.trials && both.folds == 5)
    #expect(FoldChoice("5,trials") == both)
  }

  @Test(arguments: [
    "", "1", "0", "-3", "trial", "5,5", "trials,trials", "trials,", "5.5", "+5", "off,5",
  ])
  func others(text: String) { #expect(FoldChoice(text) == nil) }
}
