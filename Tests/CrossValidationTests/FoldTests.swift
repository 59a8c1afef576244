import Designs
import Testing

@testable import CrossValidation

/// Who is left out with whom.
@Suite struct FoldTests {
  /// Every participant is in one part, and a cell's participants are as evenly spread as can be.
  @Test(arguments: [2, 7, 10])
  func partsAreStratified(count: Int) {
    let design = FoldedTrials(trials: 3, perTrial: 37).design(0)
    let folds = Fold.parts(design, count: count, seed: 4)
    #expect(folds.count == count)
    #expect(folds.flatMap(\.held).sorted() == (0..<Int32(design.rows)).map { $0 })
    for fold in folds {
      #expect((fold.held + fold.kept).sorted() == (0..<Int32(design.rows)).map { $0 })
    }
    for trial in 0..<3 {
      for arm in 0..<2 {
        let sizes = folds.map { fold in
          fold.held.count {
            Int(design.trial[Int($0)]) == trial && Int(design.arm[Int($0)]) == arm
          }
        }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
      }
    }
    let sizes = folds.map(\.held.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    #expect(Fold.parts(design, count: count, seed: 4).map(\.held) == folds.map(\.held))
    #expect(Fold.parts(design, count: count, seed: 5).map(\.held) != folds.map(\.held))
  }

  @Test func activeArms() {
    let design = FoldedTrials(trials: 3, perTrial: 10).design(0)
    let folds = Fold.activeArms(design)
    #expect(folds.map(\.trial) == [0, 1, 2])
    for (trial, fold) in folds.enumerated() {
      #expect(fold.held.count == 5)
      #expect(
        fold.held.allSatisfy {
          Int(design.trial[Int($0)]) == trial && design.arm[Int($0)] == 1
        })
      #expect(fold.comparedTrials(design) == 2)
    }
  }
}
