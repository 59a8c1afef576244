import Foundation
import JSON
import TestSupport
import Testing

/// `metamob pool` from a file to its document.
@Suite("Pooling as users see it")
struct PoolTests {
  private static let table = "study,y,se\nA,-0.42,0.2\nB,0.05,0.15\nC,-0.91,0.35\nD,NA,0.2\n"

  private func document(
    _ table: String, _ formula: String, _ options: [String]
  ) throws -> JSONValue {
    let folder = try Scratch()
    try folder.add("d.csv", table)
    let outcome = try Program.run(
      ["pool", "d.csv", formula, "--format", "json", "--quiet"] + options, in: folder)
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    return try JSONValue(data: Data(outcome.output.utf8))
  }

  /// The fit toy3, half-normal(0.5), normal(0, 4) of `Figures/nnhm`.
  @Test("A table of estimates: the contract's keys and the reference's figures")
  func estimates() throws {
    let document = try document(
      Self.table, "y ~ se | study",
      ["--mu-prior", "normal:0,4", "--tau-prior", "half-normal:0.5"])
    #expect(Shape.pooling.violations(document, at: "").isEmpty)
    #expect(Shape.pooled.violations(document, at: "").isEmpty)
    #expect(document["estimates"]?.array?.count == 3)
    let tau = try #require(document["bayes"]?["tau"])
    #expect(close(tau["mean"]?.number ?? .nan, 0.4224171831782, relative: 1e-9))
    #expect(close(tau["sd"]?.number ?? .nan, 0.2413965996226, relative: 1e-9))
    let factors = document["bayes"]?["bayes_factors"]
    #expect(factors?["mu=0"]?.number != nil && factors?["tau=0"]?.number != nil)
    #expect(document["dropped"]?.array?.count == 1)
    #expect(document["priors"]?["tau"]?["family"]?.string == "half-normal")
  }

  @Test("Moments that do not exist are null with a reason")
  func moments() throws {
    let document = try document(Self.table, "y ~ se | study", ["--tau-prior", "flat"])
    let bayes = try #require(document["bayes"])
    for key in ["mu", "tau", "new_study"] {
      #expect(bayes[key]?["mean"] == .null && bayes[key]?["sd"] == .null)
      #expect(bayes[key]?["note"]?.string?.contains("tau^-2") == true)
    }
    #expect(bayes["log_marginal_likelihood"] == .null && bayes["note"]?.string != nil)
  }

  /// The log odds ratios and their errors stand in `Figures/nnhm/reference.json`, by metafor's escalc.
  @Test("Counts by arm")
  func counts() throws {
    let table = """
      study,arm,events,n
      Heffron,experimental,14,61
      Heffron,control,15,20
      Spada,control,11,36
      Spada,experimental,4,36
      Gras,experimental,0,50
      Gras,control,3,34

      """
    let document = try document(table, "events | n ~ arm | study", [])
    let estimates = try #require(document["estimates"]?.array)
    let wanted = [
      (-2.309702560763, 0.5994762996482), (-1.25846098961, 0.6419961767091),
      (-2.417895939505, 1.528810746187),
    ]
    for (estimate, (value, se)) in zip(estimates, wanted) {
      #expect(close(estimate["estimate"]?.number ?? .nan, value, relative: 1e-11))
      #expect(close(estimate["se"]?.number ?? .nan, se, relative: 1e-11))
    }
    #expect(document["scale"]?.string == "OR")
    #expect(document["treatment"]?["reference"]?.string == "control")
    #expect(document["warnings"]?.array?.count == 1)
    let risks = try self.document(table, "events | n ~ arm | study", ["--measure", "RD"])
    #expect(risks["priors"]?["tau"]?["family"]?.string == "lomax")
  }

  @Test("Participants, with subgroups")
  func participants() throws {
    let folder = try Scratch()
    let data = try #require(ReferenceData(named: "few-trials")).file.path
    let outcome = try Program.run(
      ["pool", data, "y ~ treat + x1 | trial", "--subgroups", "g", "--format", "json", "--quiet"],
      in: folder)
    #expect(outcome.code == 0)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    #expect(Shape.pooling.violations(document, at: "").isEmpty)
    let subgroups = try #require(document["subgroups"]?.array)
    #expect(subgroups.count > 1)
    for subgroup in subgroups {
      #expect(subgroup["column"]?.string == "g")
      #expect(Shape.pooled.violations(subgroup, at: "").isEmpty)
    }
  }

  /// Two ways to the same numbers: the leaves of pre-specified subgroups, and the column's levels.
  @Test("compare has the two-stage opinion on every subgroup")
  func compare() throws {
    let folder = try Scratch()
    let data = try #require(ReferenceData(named: "few-trials")).file.path
    let arguments = [data, "y ~ treat | trial", "--subgroups", "g", "--quiet"]
    let compared = try Program.run(
      ["compare"] + arguments + [
        "--format", "json", "--chains", "1", "--warmup", "100", "--draws", "50",
        "--allow-unconverged",
      ], in: folder)
    #expect(compared.code == 0)
    let document = try JSONValue(data: Data(compared.output.utf8))
    let pooled = try JSONValue(
      data: Data(
        try Program.run(["pool"] + arguments + ["--format", "json"], in: folder).output.utf8))
    let runs = try #require(document["runs"]?.array)
    let leaves = try #require(runs.last?["fit"]?["subgroups"]?.array)
    let levels = try #require(pooled["subgroups"]?.array)
    #expect(leaves.count == levels.count && leaves.count > 1)
    for (leaf, level) in zip(leaves, levels) {
      let opinion = try #require(leaf["two_stage"])
      #expect(Shape.pooled.violations(opinion, at: "").isEmpty)
      #expect(opinion["estimates"] == level["estimates"])
      let pairs = [opinion, level].map { $0["bayes"]?["mu"]?["median"]?.number ?? .nan }
      #expect(close(pairs[0], pairs[1], relative: 1e-12))
    }
    let text = try Program.run(
      ["compare"] + arguments + [
        "--chains", "1", "--warmup", "100", "--draws", "50", "--allow-unconverged",
      ], in: folder)
    #expect(text.output.contains("Two-stage opinion"))
  }

  @Test("Text says what was pooled and by which priors")
  func text() throws {
    let folder = try Scratch()
    try folder.add("d.csv", Self.table)
    let outcome = try Program.run(["pool", "d.csv", "y ~ se | study"], in: folder)
    #expect(outcome.code == 0)
    for words in ["DuMouchel", "Pooled by Bayes", "REML, HK", "In short", "1 row with"] {
      #expect(outcome.output.contains(words), "\(words)")
    }
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}

extension Shape {
  static let figures = Shape.fields([
    "mean": .maybe(.number), "sd": .maybe(.number), "median": .number, "mode": .number,
    "ci": .pair(.number), "hdi": .pair(.number),
  ])

  /// What `pool` says of one set of estimates.
  static let pooled = Shape.fields([
    "estimates": .list(.fields(["study": .text, "estimate": .number, "se": .number])),
    "bayes": .fields([
      "mu": figures, "tau": figures, "new_study": figures,
      "shrinkage": .list(.fields(["study": .text, "mean": .number, "hdi": .pair(.number)])),
      "log_marginal_likelihood": .maybe(.number),
      "bayes_factors": .fields(["mu=0": .maybe(.number), "tau=0": .maybe(.number)]),
      "probability_below_zero": .number,
    ]),
    "classical": .list(
      .fields([
        "method": .words(["REML", "DL", "PM", "EE"]), "knha": .flag, "mu": .number, "se": .number,
        "ci": .pair(.number), "p": .maybe(.number), "tau2": .number, "I2": .number, "Q": .number,
        "prediction": .maybe(.pair(.number)),
      ])),
  ])

  /// The whole document.
  static let pooling = Shape.fields([
    "schema": .words(["metamob.pool/1"]), "estimates": .list(.fields([:])),
    "bayes": .fields([:]), "classical": .list(.fields([:])), "warnings": .list(.text),
    "priors": .fields(["mu": .fields([:]), "tau": .fields([:]), "source": .text]),
  ])
}
