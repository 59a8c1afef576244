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
    let used = table.complete(
      in: [columns.outcome, columns.treatment, columns.trial] + columns.candidates)
    outcome = used.numbers(columns.outcome)
    arm = used.codes(columns.treatment).codes.map { UInt8($0) }
    trial = used.codes(columns.trial).codes
    variables = columns.candidates.map { name in
      guard let factor = reference.factors[name] else {
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
    var outcome: String
    var treatment: String
    var trial: String
    var candidates: [String]

    enum CodingKeys: String, CodingKey {
      case outcome = "y"
      case treatment = "t"
      case trial
      case candidates = "Z"
    }
  }
  struct Factor: Decodable {
    var levels: [String]
    var ordered: Bool
  }
  struct Method: Decodable {
    var nodes: [Node]?
  }
  struct Split: Decodable {
    var variable: String
    var breaks: Double?
    var groups: [[String]]?
    var leftUpTo: String?

    enum CodingKeys: String, CodingKey {
      case variable = "var"
      case breaks
      case groups
      case leftUpTo = "left_upto"
    }
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
  /// The tests of a node, none where R made none or failed.
  struct Tests: Decodable {
    var byVariable: [String: Test]

    init(from decoder: any Decoder) throws {
      byVariable = (try? decoder.singleValueContainer().decode([String: Test].self)) ?? [:]
    }
  }

  var columns: Columns
  var factors: [String: Factor]
  var methods: [String: Method]
  var variants: [String: [String: Method]]?

  enum CodingKeys: String, CodingKey {
    case columns
    case factors = "factor_levels"
    case methods
    case variants
  }
}
