import Designs
import Foundation
import TestSupport

@testable import Trees

/// A case under `Figures`: its data, and what R grew on it.
///
/// The figures are those of partykit 1.2-16 on R 4.2.2; `Figures/README.md` describes the keys.
struct ReferenceCase {
  let outcome: [Double]
  let arm: [UInt8]
  let trial: [Int32]
  let variables: [PartitioningVariable]
  private let methods: [String: Reference.Method]
  private let variants: [String: [String: Reference.Method]]

  init(_ name: String) throws {
    guard let json = figure("\(name)/reference.json"), let table = FigureTable("\(name)/data.csv")
    else { throw CocoaError(.fileNoSuchFile) }
    let reference = try JSONDecoder().decode(Reference.self, from: json)
    let columns = reference.columns
    let used = table.complete(in: [columns.y, columns.t, columns.trial] + columns.Z)
    outcome = used.numbers(columns.y)
    arm = used.codes(columns.t).codes.map { UInt8($0) }
    trial = used.codes(columns.trial).codes
    variables = columns.Z.map { name in
      guard let factor = reference.factor_levels[name] else {
        return PartitioningVariable(name: name, values: .numeric(used.numbers(name)))
      }
      let codes = used.codes(name, levels: factor.levels).codes
      return PartitioningVariable(
        name: name,
        values: factor.ordered
          ? .ordered(codes: codes, levels: factor.levels)
          : .nominal(codes: codes, levels: factor.levels))
    }
    methods = reference.methods
    variants = reference.variants ?? [:]
  }

  /// The node model of `mob` or `mob-si`.
  func model(_ method: String) -> LeastSquaresModel {
    LeastSquaresModel(outcome: outcome, arm: arm, trial: method == "mob-si" ? trial : nil)
  }

  /// R's nodes for a method, with the default control or that of a variant.
  func nodes(_ method: String, variant: String? = nil) throws -> [Reference.Node] {
    let methods = try variant.map { try unwrap(variants[$0]) } ?? methods
    return try unwrap(methods[method]).nodes ?? []
  }

  private func unwrap<T>(_ value: T?) throws -> T {
    guard let value else { throw CocoaError(.coderValueNotFound) }
    return value
  }
}

/// The parts of a `reference.json` that trees are compared with.
struct Reference: Decodable {
  struct Columns: Decodable {
    var y: String
    var t: String
    var trial: String
    var Z: [String]  // swift-format-ignore: AlwaysUseLowerCamelCase
  }
  struct Factor: Decodable {
    var levels: [String]
    var ordered: Bool
  }
  struct Method: Decodable {
    var nodes: [Node]?
  }
  struct Split: Decodable {
    var `var`: String
    var type: String
    var breaks: Double?
    var groups: [[String]]?
    var left_upto: String?  // swift-format-ignore: AlwaysUseLowerCamelCase
  }
  struct Test: Decodable {
    var stat: Double?
    var p: Double?
  }
  struct Node: Decodable {
    var id: Int
    var n: Int
    var parent: Int?
    var kids: [Int]?
    var split: Split?
    var coef: [String: Double?]?
    var objfun: Double?
    var test: Tests
    var caution: String?
  }
  /// The tests of a node, empty where R made none or failed.
  struct Tests: Decodable {
    var byVariable: [String: Test]
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      byVariable = (try? container.decode([String: Test].self)) ?? [:]
    }
  }
  var columns: Columns
  var factor_levels: [String: Factor]  // swift-format-ignore: AlwaysUseLowerCamelCase
  var methods: [String: Method]
  var variants: [String: [String: Method]]?
}
