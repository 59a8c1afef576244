import Designs
import Foundation
import MixedModels
import TestSupport

/// Fits of R 4.2.2 (lme4 1.1-31 with a tight optimiser, lmerTest 3.1-3, pbkrtest 0.5.2, lm) to the
/// leaves of its own trees and to whole populations, as `reference.json` of each data set has them.
struct ReferenceFits: Decodable {
  struct Coefficient: Decodable {
    var est: Double
    var se: Double
    var satterthwaite: Double?
    var kenwardRogerError: Double?
    var kenwardRogerDF: Double?

    enum CodingKeys: String, CodingKey {
      case est, se
      case satterthwaite = "df_satt"
      case kenwardRogerError = "se_kr"
      case kenwardRogerDF = "df_kr"
    }
  }

  struct Deviation: Decodable {
    var var1: String?
    var var2: String?
    var sdcor: Double
  }

  struct Mixed: Decodable {
    var logLik: Double
    var varcorr: [Deviation]
    var fixed: [String: Coefficient]
  }

  struct Split: Decodable {
    var `var`: String
    var breaks: Double?
    /// The levels of each side of a nominal split.
    var groups: [[String]]?
  }

  struct Node: Decodable {
    var id: Int
    var kids: [Int]?
    var split: Split?
  }

  struct Linear: Decodable {
    var coef: [String: Coefficient]
  }

  struct Method: Decodable {
    var nodes: [Node]
    var mixed: Mixed?
    var palm: Linear?
  }

  struct Columns: Decodable {
    var y: String
    var t: String
    var trial: String
    var partitioning: [String]

    enum CodingKeys: String, CodingKey {
      case y, t, trial
      case partitioning = "Z"
    }
  }

  var columns: Columns
  var methods: [String: Method]

  static func read(_ name: String) throws -> ReferenceFits {
    guard let data = figure("\(name)/reference.json") else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(ReferenceFits.self, from: data)
  }

  /// The design of the data and the leaf of each row under a method's tree, with the leaves' ids.
  func leaves(
    _ name: String, _ nodes: [Node]
  ) throws -> (design: Design, leaf: [Int32], ids: [Int]) {
    guard let file = FigureTable("\(name)/data.csv") else { throw CocoaError(.fileNoSuchFile) }
    let table = file.complete(in: [columns.y, columns.t, columns.trial] + columns.partitioning)
    let (trial, trials) = table.codes(columns.trial)
    let cells = table.columns[columns.t] ?? []
    let ids = nodes.filter { $0.split == nil }.map(\.id)
    let byId = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0) })
    let splitters = Dictionary(
      uniqueKeysWithValues: Set(nodes.compactMap { $0.split?.var }).map { ($0, table.numbers($0)) })
    let leaf = (0..<table.rows).map { row -> Int32 in
      var id = 1
      while let node = byId[id], let split = node.split, let kids = node.kids {
        if let groups = split.groups {
          let level = table.columns[split.var]?[row] ?? ""
          id = groups.firstIndex { $0.contains(level) }.map { kids[$0] } ?? -1
        } else {
          let isLeft = (splitters[split.var]?[row] ?? .nan) <= (split.breaks ?? .nan)
          id = isLeft ? kids[0] : kids[1]
        }
      }
      return Int32(ids.firstIndex(of: id) ?? -1)
    }
    let design = Design(
      formula: "", outcomeName: "y", family: .gaussian, outcome: table.numbers(columns.y),
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: cells.map { $0 == "1" || $0 == "intervention" ? 1 : 0 }, trialName: "trial",
      trials: trials, trial: trial,
      exclusions: Exclusions(rows: table.rows, used: table.rows, counts: []))
    return (design, leaf, ids)
  }

  static func terms(_ method: String) -> ModelTerms {
    switch method {
    case "mob-ri":
      ModelTerms(intercepts: .perLeaf, randomIntercept: true, randomEffect: false)
    case "metamob-ri": randomIntercept
    case "metamob-ri-cor": correlated(.perLeaf)
    case "palmtree": ModelTerms(intercepts: .perTrial, randomIntercept: false, randomEffect: false)
    default: stratified
    }
  }
}
