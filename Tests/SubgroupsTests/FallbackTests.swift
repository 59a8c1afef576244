import Designs
import Inference
import Testing
import Trees

@testable import Subgroups

/// Trial intercepts that a node cannot test, and what becomes of them.
@Suite struct FallbackTests {
  /// Three trials; of the third only one participant has x ≤ 0, where the effect is another.
  static func design() -> Design {
    var outcome: [Double] = []
    var arm: [UInt8] = []
    var trial: [Int32] = []
    var x: [Double] = []
    for k in 0..<3 {
      for i in 0..<80 {
        let isLow = k < 2 ? i % 2 == 0 : i == 0
        let active = i % 4 < 2
        let noise = Double((7919 * (i + 31 * k) * (i + 1)) % 101) / 101 - 0.5
        x.append(isLow ? -1 - Double(i % 13) / 13 : 1 + Double(i % 17) / 17)
        arm.append(active ? 1 : 0)
        trial.append(Int32(k))
        outcome.append(Double(k) + (active && isLow ? 2 : 0) + noise)
      }
    }
    return Design(
      formula: "y ~ t | trial | x", outcomeName: "y", family: .gaussian, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: ["A", "B", "C"], trial: trial,
      partitioning: [PartitioningVariable(name: "x", values: .numeric(x))],
      exclusions: Exclusions(rows: 240, used: 240, counts: []))
  }

  static func analysis(_ fallback: FallbackChoice, _ method: Subgroups.Method) throws -> Analysis {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.methods = [method]
    plan.estimators = [.reml, .ml]
    plan.growth.fallback = fallback
    plan.growth.minSize = 20
    return try analyse(design(), plan, in: AnalysisEnvironment())
  }

  @Test func anInterceptOfOneParticipantLeavesTheTests() throws {
    let analysis = try Self.analysis(.drop, .mobSI)
    let node = analysis.runs[0].tree.tree.node(2)
    #expect(node.notTested == [.trialIntercept(trial: 2, participants: 1)])
    #expect(!node.tests.isEmpty)
    #expect(analysis.runs.allSatisfy { $0.method == .mobSI && $0.fallbackFrom == nil })
  }

  @Test func orMakesTheNodeALeaf() throws {
    let node = try Self.analysis(.stop, .mobSI).runs[0].tree.tree.node(2)
    #expect(node.stop == .notEstimable)
    #expect(node.tests.isEmpty)
  }

  @Test(
    arguments: zip([Subgroups.Method.mobSI, .metamobSI], [Subgroups.Method.mobRI, .metamobRI]))
  func orTheWholeAnalysisIsDoneAgain(asked: Subgroups.Method, done: Subgroups.Method) throws {
    let analysis = try Self.analysis(.metamobRI, asked)
    #expect(analysis.runs.count == 2)
    #expect(analysis.runs.allSatisfy { $0.method == done && $0.fallbackFrom == asked })
    #expect(
      analysis.warnings.contains {
        $0.hasPrefix("\(asked.rawValue) cannot be tested in every node (node 2: the intercept of")
      })
  }

  @Test func aMethodWithoutStratifiedInterceptsHasNone() throws {
    let analysis = try Self.analysis(.metamobRI, .mobRI)
    #expect(analysis.runs.allSatisfy { $0.method == .mobRI && $0.fallbackFrom == nil })
  }
}
