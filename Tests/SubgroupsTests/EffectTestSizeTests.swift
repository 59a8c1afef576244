import Designs
import Inference
import Numerics
import Testing
import Trees

@testable import Subgroups

/// Under a purely prognostic shift the outcome depends on a variable, the treatment effect does not:
/// how often each choice of `--test-parameters` rejects at the 5 % level.
@Suite struct EffectTestSizeTests {
  static let replicates = 1000

  /// Four trials of 100 with different baselines and a common effect of 0.3; participants with
  /// x > 0 have outcomes higher by one residual SD in both arms, two thirds are in the active arm.
  static func design(_ replicate: Int) -> Design {
    var stream = RandomStream(seed: 7, purpose: "prognostic shift", index: replicate)
    var outcome: [Double] = []
    var arm: [UInt8] = []
    var trial: [Int32] = []
    var x: [Double] = []
    for k in 0..<4 {
      for i in 0..<100 {
        let value = stream.normal()
        let active = i % 3 > 0
        x.append(value)
        arm.append(active ? 1 : 0)
        trial.append(Int32(k))
        outcome.append(
          0.5 * Double(k) + (value > 0 ? 1 : 0) + (active ? 0.3 : 0) + stream.normal())
      }
    }
    return Design(
      formula: "y ~ t | trial | x", outcomeName: "y", family: .gaussian, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: ["A", "B", "C", "D"], trial: trial,
      partitioning: [PartitioningVariable(name: "x", values: .numeric(x))],
      exclusions: Exclusions(rows: 400, used: 400, counts: []))
  }

  static func rejections(_ parameters: GrowthControl.TestParameters, _ method: Subgroups.Method)
    throws -> Int
  {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.growth.testParameters = parameters
    plan.growth.maxDepth = 2
    return (0..<replicates).count { replicate in
      let design = design(replicate)
      let grower = Grower(design, method, plan)
      let tree = grower.tree(.zero(design, grower.terms), penalty: .none)
      return (tree.root.tests[0].pValue ?? 1) <= 0.05
    }
  }

  // At a size of 5 %, 1000 replicates give 24 to 81 rejections but for one seed in 2·10⁵; the seed is
  // fixed. Hansen's p-values are good to about half a percent.
  @Test(arguments: [Subgroups.Method.mob, .mobSI])
  func efficientScoreHoldsItsLevel(method: Subgroups.Method) throws {
    let rejections = try Self.rejections(.treatment, method)
    #expect(rejections >= 24 && rejections <= 81, "\(rejections) of 1000")
  }

  // The full test is meant to find prognostic variables; R's `parm` lets them leak in (the design
  // gives 32 to 99 %).
  @Test(arguments: [Subgroups.Method.mob, .mobSI])
  func otherChoicesDoNot(method: Subgroups.Method) throws {
    #expect(try Self.rejections(.all, method) > 950)
    #expect(try Self.rejections(.partykit, method) > 200)
  }
}
