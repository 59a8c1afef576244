public import Designs
public import Foundation
public import JSON

/// Why a prior set cannot be used.
public enum PriorError: Error, Sendable, Equatable {
  /// No set of that name ships with the program, and no such file exists.
  ///
  /// The names of tables, whose rows are sets, are no names of sets.
  case unknownSet(name: String, known: [String], tables: [String])
  /// A file is not JSON.
  case notJSON(file: String, reason: String)
  /// An entry is wrong: where in the file, what is wrong, and what would mend it.
  case invalid(file: String, key: String, problem: String)
  /// The set has no priors for the outcome's family.
  case missingFamily(file: String, family: String)
  /// A prior without a proper posterior at this number of trials.
  case improper(file: String, key: String, problem: String)
}

/// A prior set as a file states it: one entry a parameter, each in a unit.
public struct PriorSet: Sendable, Equatable {
  /// What a prior's numbers are multiplied by.
  public enum Unit: String, Sendable, Equatable, CaseIterable {
    /// Nothing.
    case absolute
    /// The outcome's SD within trial and arm.
    case withinArmSD = "within-arm-sd"
    /// The outcome's SD over all used rows.
    case outcomeSD = "outcome-sd"
    /// The within-arm SD divided by the covariate's SD.
    case withinArmSDPerCovariateSD = "within-arm-sd-per-covariate-sd"
  }

  /// The prior of a coefficient.
  public enum CoefficientFamily: Sendable, Equatable {
    /// A normal; a nil mean is the outcome's mean.
    case normal(mean: Double?, sd: Double)
    /// No information.
    case flat
  }

  /// A coefficient's prior in its unit.
  public struct CoefficientEntry: Sendable, Equatable {
    /// The family and its numbers.
    public let family: CoefficientFamily
    /// The unit.
    public let unit: Unit
  }

  /// A standard deviation's prior in its unit.
  public struct HeterogeneityEntry: Sendable, Equatable {
    /// The family and its numbers.
    public let prior: HeterogeneityPrior
    /// The unit.
    public let unit: Unit
  }

  /// The priors of one outcome family.
  public struct Entries: Sendable, Equatable {
    /// Of treatment effects.
    public var effect: CoefficientEntry
    /// Of intercepts.
    public var intercept: CoefficientEntry
    /// Of covariates' coefficients.
    public var coefficient: CoefficientEntry
    /// Of the between-trial SD of intercepts.
    public var tau0: HeterogeneityEntry
    /// Of the between-trial SD of effects.
    public var tau1: HeterogeneityEntry
    /// Of the residual SD.
    public var sigma: HeterogeneityEntry
    /// Of the correlation of random intercept and random effect.
    public var correlation: CorrelationPrior
  }

  /// The name and version of the layout of a set's file.
  static let schema = "metamob.priors/1"

  /// The set's name.
  public let name: String
  /// What it is for.
  public let description: String
  /// Where it comes from.
  public let source: [String]
  /// The file it was read from.
  public let file: String
  /// The priors for a Gaussian outcome; nil where the file has none.
  public let gaussian: Entries?
  /// The priors for a binomial outcome, on the log odds scale; nil where the file has none.
  public let binomial: Entries?
  /// Entries that the file lacks, taken from `weakly-informative`, of both families.
  private let missing: [String]
  /// The document as it was read.
  public let document: JSONValue

  /// The default set.
  public static func weaklyInformative() throws(PriorError) -> PriorSet {
    try shipped(named: "weakly-informative")
  }

  /// Reads a prior set; `file` is named in errors.
  public init(data: Data, file: String) throws(PriorError) {
    try self.init(document: PriorReader(file: file).document(data), file: file)
  }

  /// Reads a prior set that is a document already.
  init(document: JSONValue, file: String) throws(PriorError) {
    self.document = document
    self.file = file
    let reader = PriorReader(file: file)
    let members = try reader.object(
      document, at: "",
      keys: document["schema"]?.string == PriorTable.schema
        ? PriorTable.keys
        : ["schema", "name", "description", "source", "gaussian", "binomial"])
    guard members["schema"]?.string != PriorTable.schema else {
      throw .invalid(
        file: file, key: "schema",
        problem: "this is a table of prior sets, one a row; of a table that ships with the program "
          + "give a row's name in the place of a file, such as turner-any")
    }
    guard members["schema"]?.string == Self.schema else {
      throw .invalid(
        file: file, key: "schema", problem: "\"metamob.priors/1\" is wanted here")
    }
    guard let name = members["name"]?.string else {
      throw .invalid(file: file, key: "name", problem: "a name is wanted here")
    }
    self.name = name
    guard let description = (members["description"] ?? "").string else {
      throw .invalid(file: file, key: "description", problem: "a text is wanted here")
    }
    self.description = description
    let source = members["source"] ?? []
    self.source = source.array?.compactMap(\.string) ?? []
    guard source.array?.count == self.source.count else {
      throw .invalid(file: file, key: "source", problem: "a list of texts is wanted here")
    }
    guard members["gaussian"] != nil || members["binomial"] != nil else {
      throw .invalid(
        file: file, key: "gaussian",
        problem: "a prior set needs an entry for gaussian or binomial outcomes")
    }
    var missing: [String] = []
    func entries(_ family: String) throws(PriorError) -> Entries? {
      guard let given = members[family] else { return nil }
      let (entries, defaulted) = try reader.entries(given, at: family)
      missing += defaulted
      return entries
    }
    gaussian = try entries("gaussian")
    binomial = try entries("binomial")
    self.missing = missing
  }

  /// A set for one family that no file states.
  init(name: String, file: String, entries: Entries, of family: Family, missing: [String]) {
    self.name = name
    self.file = file
    (description, source, document) = ("", [], .null)
    gaussian = family == .gaussian ? entries : nil
    binomial = family == .binomial ? entries : nil
    self.missing = missing
  }

  /// The priors of an outcome's family.
  public func entries(_ family: Family) -> Entries? {
    switch family {
    case .gaussian: gaussian
    case .binomial: binomial
    }
  }

  /// Entries of a family that the file lacks, taken from `weakly-informative`.
  public func defaulted(_ family: Family) -> [String] {
    missing.filter { $0.hasPrefix(family.rawValue + ".") }
  }
}
