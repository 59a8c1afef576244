import Designs
import Numerics
import TestSupport
import Testing

@testable import Trees

/// The curves of nodes against the tests and the cuts that growth found by other code.
@Suite("Evidence of the nodes of a tree")
struct EvidenceTests {
  private let data = SimulatedData(rows: 900, seed: 11)

  private func check(_ tree: Tree, _ found: [NodeEvidence], _ control: GrowthControl) throws {
    #expect(tree.innerNodes.count > 1, "the data must have subgroups for this to be a test")
    #expect(found.map(\.node) == tree.nodes.filter { !$0.tests.isEmpty }.map(\.id))
    for evidence in found {
      let node = tree.node(evidence.node)
      #expect(evidence.processes.count == (node.isLeaf ? 1 : 3))
      for curve in evidence.processes {
        let test = try #require(node.tests.first { $0.variable == curve.variable })
        let statistics = curve.points.map(\.statistic)
        let whole = curve.reading == .levels ? statistics.reduce(0, +) : statistics.max() ?? 0
        #expect(close(whole, test.statistic ?? .nan, relative: 1e-9))
        let critical = try #require(curve.critical)
        #expect(
          (whole > critical) == ((test.adjustedPValue ?? 1) < control.alpha),
          "\(whole), \(critical), \(test)")
      }
      guard let split = node.split else {
        #expect(evidence.profiles.isEmpty)
        continue
      }
      let profile = try #require(evidence.profiles.first)
      #expect(profile.variable == split.variable && profile.best?.split == split)
      #expect(close(profile.undivided, node.objective, relative: 1e-9))
      let children = node.children.map { tree.node($0).objective }.reduce(0, +)
      #expect(close(profile.best?.objective ?? 0, children, relative: 1e-8))
    }
  }

  @Test("Processes end where the tests do, profiles where the splits are")
  func agreement() throws {
    let control = GrowthControl()
    let tree = grow(data.model(), on: data.sorted, control: control)
    try check(tree, evidence(in: tree, data.model(), on: data.sorted, control: control), control)
  }

  @Test("The same with other tests, one level of p, and every row read")
  func otherControls() throws {
    for control in [
      GrowthControl(bonferroni: false), GrowthControl(ties: .rows), GrowthControl(trim: 0.2),
    ] {
      let tree = grow(data.model(), on: data.sorted, control: control)
      try check(tree, evidence(in: tree, data.model(), on: data.sorted, control: control), control)
    }
    var control = GrowthControl()
    control.ordinal = .l2
    control.testParameters = .treatment
    let tree = grow(data.model(), on: data.sorted, control: control)
    try check(tree, evidence(in: tree, data.model(), on: data.sorted, control: control), control)
  }

  /// By refitting both sides of every cut.
  @Test("A profile is the objective of both sides, by brute force")
  func bruteForce() throws {
    let model = data.model()
    let tree = grow(model, on: data.sorted)
    let found = evidence(in: tree, model, on: data.sorted, control: GrowthControl())
    let root = try #require(found.first?.profiles.first)
    #expect(root.candidates.count > 10)
    for candidate in root.candidates {
      guard case .numeric(let variable, let breakpoint) = candidate.split else { continue }
      #expect(variable == 0)
      let rows = tree.root.rows
      let left = model.fit(rows.filter { data.tied[Int($0)] <= breakpoint })
      let right = model.fit(rows.filter { data.tied[Int($0)] > breakpoint })
      #expect(close(candidate.objective, left.objective + right.objective, relative: 1e-9))
    }
  }

  @Test("How sharp a cut is: the range of cuts with 90% of the best gain")
  func sharpness() {
    func profile(_ objectives: [Double]) -> CutProfile {
      CutProfile(
        variable: 0, undivided: 100,
        candidates: objectives.enumerated().map {
          .init(
            split: .numeric(variable: 0, breakpoint: Double($0.offset)), objective: $0.element)
        }, tried: objectives.count)
    }
    #expect(profile([99, 56, 54, 50, 54.9, 70]).nearlyBest == 2...4)
    #expect(profile([99, 50, 99]).nearlyBest == 1...1)
    #expect(profile([100, 101]).nearlyBest == nil)
    #expect(profile([]).nearlyBest == nil && profile([]).best == nil)
  }

  @Test("Thinning keeps ends and extremes")
  func thinning() {
    let values = (0..<1000).map { ($0 * 7919) % 1009 }
    let thinned = values.thinned(to: 50, better: >)
    #expect(thinned.count == 50)
    #expect(thinned.first == values.first && thinned.last == values.last)
    #expect(thinned.max() == values.max())
    #expect([1, 2, 3].thinned(to: 50, better: >) == [1, 2, 3])
  }

  /// R: qchisq(0.95, 1) and qchisq(0.999, 5).
  @Test("Critical values are quantiles")
  func critical() {
    let first = criticalValue(0.05) { Distributions.logChiSquaredUpperTail($0, df: 1) }
    #expect(close(first ?? 0, 3.841458820694, relative: 1e-10))
    let second = criticalValue(0.001) { Distributions.logChiSquaredUpperTail($0, df: 5) }
    #expect(close(second ?? 0, 20.51500565243, relative: 1e-10))
    #expect(criticalValue(0, { -$0 }) == nil && criticalValue(0.05, { _ in 0 }) == nil)
  }
}
