import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Trees

@testable import Evidence

/// A small meta-analysis of random data with leaves that are given, or that a split on `z` makes.
struct SmallTrials {
  var design: Design
  let leaf: [Int32]
  let leaves: Int

  /// Two to five participants a cell; `z` is the leaf plus a fraction, `u` a variable without meaning, `g` a
  /// nominal one.
  init(
    family: Family = .gaussian, trials: Int = 3, leaves: Int = 2, size: Int = 2,
    effects: [Double] = [0.5, -0.5, 0, 1], heterogeneity: Double = 0.5, weighted: Bool = false,
    covariates: Int = 0, seed: UInt64 = 1
  ) {
    var stream = RandomStream(seed: seed, purpose: "small trials")
    var (trial, arm, leaf): ([Int32], [UInt8], [Int32]) = ([], [], [])
    var (outcome, z, u): ([Double], [Double], [Double]) = ([], [], [])
    var (g, columns) = ([Int32](), [[Double]](repeating: [], count: covariates))
    for k in 0..<trials {
      let (intercept, shift) = (stream.normal(), heterogeneity * stream.normal())
      for j in 0..<leaves {
        for t in 0..<2 {
          for _ in 0..<(size + (k + 2 * j + t) % 4) {
            var eta = 0.4 * intercept + (effects[j] + shift) * Double(t)
            for c in columns.indices {
              columns[c].append(stream.normal())
              eta += 0.3 * (columns[c].last ?? 0)
            }
            outcome.append(
              family == .gaussian
                ? 3 + eta + stream.normal()
                : Distributions.normalCDF(stream.normal()) < 1 / (1 + exp(-eta)) ? 1 : 0)
            trial.append(Int32(k))
            arm.append(UInt8(t))
            leaf.append(Int32(j))
            z.append(Double(j) + Double(outcome.count % 5) / 10)
            u.append(stream.normal())
            g.append(Int32(outcome.count % 3))
          }
        }
      }
    }
    self.leaf = leaf
    self.leaves = leaves
    design = Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: family,
      event: family == .binomial ? "1" : nil, outcome: outcome,
      weights: weighted ? outcome.indices.map { 1 + Double($0 % 3) } : nil,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (0..<trials).map { "T\($0)" }, trial: trial,
      covariates: Covariates(names: columns.indices.map { "x\($0)" }, columns: columns),
      partitioning: [
        PartitioningVariable(name: "z", values: .numeric(z)),
        PartitioningVariable(name: "u", values: .numeric(u)),
        PartitioningVariable(name: "g", values: .nominal(codes: g, levels: ["a", "b", "c"])),
      ],
      exclusions: Exclusions(rows: outcome.count, used: outcome.count, counts: []))
  }

  var statistics: ModelStatistics { ModelStatistics(design, leaf: leaf, leaves: leaves) }

  var priors: ResolvedPriors {
    get throws {
      try ResolvedPriors(PriorSet.weaklyInformative(), for: design)
    }
  }

  /// The tree with one split on `z` below 0.5 + the given number, then the rest below it.
  func tree() -> Tree {
    func node(_ id: Int, _ parent: Int?, _ depth: Int, _ rows: [Int32]) -> TreeNode {
      TreeNode(
        id: id, parent: parent, depth: depth, rows: rows,
        coefficients: NodeCoefficients(effect: 0, intercept: 0), objective: 0)
    }
    let rows = (0..<Int32(design.rows)).map { $0 }
    var nodes: [TreeNode] = []
    var rest = rows
    for j in 0..<leaves {
      let own = rest.filter { leaf[Int($0)] == j }
      if j == leaves - 1 {
        nodes.append(node(2 * j + 1, j == 0 ? nil : 2 * j - 1, j, rest))
        break
      }
      var inner = node(2 * j + 1, j == 0 ? nil : 2 * j - 1, j, rest)
      inner.split = .numeric(variable: 0, breakpoint: Double(j) + 0.5)
      inner.children = [2 * j + 2, 2 * j + 3]
      nodes.append(inner)
      nodes.append(node(2 * j + 2, 2 * j + 1, j + 1, own))
      rest = rest.filter { leaf[Int($0)] != j }
    }
    return Tree(nodes: nodes)
  }
}
