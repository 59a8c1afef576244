import Foundation
import JSON
import TestSupport
import Testing

/// Small calibrations by the program itself.
@Suite("The command calibrate")
struct CalibrateTests {
  private let folder: Scratch
  private static let small = [
    "--trials", "3", "--replicates", "20", "--draws", "9", "--warmup", "150", "--quiet",
  ]

  init() throws { folder = try Scratch() }

  private func calibrate(_ arguments: [String]) throws -> Outcome {
    try Program.run(["calibrate"] + arguments + Self.small, in: folder)
  }

  /// Twenty ranks of ten values: 25 checks that fail together with a probability of at most 5 % under a new
  /// seed.
  @Test("Both samplers of a scenario, as text")
  func text() throws {
    let outcome = try calibrate(["gaussian-ri-3"])
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("gaussian-ri-3 hmc"))
    #expect(outcome.output.contains("gaussian-ri-3 gibbs"))
    for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80) }
  }

  @Test("One sampler, as JSON, whatever the number of threads")
  func json() throws {
    let arguments = ["gaussian-si-3", "--sampler", "gibbs", "--format", "json"]
    let one = try calibrate(arguments + ["--threads", "1"])
    let two = try calibrate(arguments + ["--threads", "2"])
    #expect(one.output == two.output)
    let document = try JSONValue(data: Data(one.output.utf8))
    #expect(document["samplers"]?.array?.count == 1)
    let other = try calibrate(arguments + ["--seed", "2"])
    #expect(other.output != one.output)
  }

  @Test("A folder takes up where it was left, and --force begins anew")
  func folderGoesOn() throws {
    let arguments = ["gaussian-palmtree-3", "--out", "c"]
    #expect(try calibrate(arguments + ["--sampler", "gibbs"]).code == 0)
    let ranks = "c/ranks/gaussian-palmtree-3-gibbs.csv"
    let first = try #require(folder.text(ranks))
    // Other ranks of the same sum: the program takes them for its own.
    let row = try #require(first.split(separator: "\n").last)
    let reversed = row.split(separator: ",").dropFirst().reversed().joined(separator: ",")
    let changed = first.replacing(row, with: "log_likelihood,\(reversed)")
    try folder.add(ranks, changed)
    try folder.add("c/notes.txt", "mine")
    #expect(try calibrate(arguments).code == 0)
    #expect(folder.text(ranks) == changed)
    #expect(
      folder.files.filter { !$0.hasSuffix("ranks") && $0 != "c" }.sorted() == [
        "c/calibration.json", "c/calibration.svg", "c/notes.txt", ranks,
        "c/ranks/gaussian-palmtree-3-hmc.csv", "c/summary.txt",
      ])
    #expect(try calibrate(arguments + ["--force"]).code == 0)
    #expect(folder.text(ranks) == first)
  }

  @Test("A folder that cannot be made is an error before any work")
  func noFolder() throws {
    try folder.add("file", "")
    let outcome = try calibrate(["gaussian-ri-3", "--out", "file"])
    #expect(outcome.code == 73)
    #expect(outcome.errors.contains("'file' is a file; choose another folder for --out"))
    #expect(try calibrate(["gaussian-ri-3", "--out", "no/such"]).code == 73)
  }
}
