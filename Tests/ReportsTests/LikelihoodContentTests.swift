import Designs
import Foundation
import JSON
import Reports
import Subgroups
import Testing
import Trees

/// What a fit by maximum likelihood shows beside its effects.
@Suite struct LikelihoodContentTests {
  private func printed(_ fixture: Fixture) throws -> Printed {
    let tree = fixture.data.tree(.withoutAge)
    return Printed(try fixture.analysis([fixture.likelihood(tree)]))
  }

  @Test func modelsOfAllParticipantsOpenTheReport() throws {
    var fixture = Fixture()
    fixture.hasWholePopulation = true
    let text = try printed(fixture).flowing
    let models = try #require(text.range(of: "linear model adjusted for trial"))
    let short = try #require(text.range(of: "In short"))
    #expect(models.lowerBound < short.lowerBound)
    #expect(
      text.contains("mixed model, fixed trial intercepts -0.85 0.61 [-2.24, 0.54] 8.9 0.0214"))
    // τ0 and a τ1 of exactly zero, which is said in words.
    #expect(text.contains("2.50 0 3.55"))
    #expect(text.contains("A τ of exactly 0 is a singular fit"))
  }

  @Test func differencesWithBothJointTests() throws {
    let text = try printed(Fixture()).flowing
    #expect(text.contains("Differences between subgroups (REML)"))
    #expect(text.contains("[3] minus [4] 0.80 0.61 [-0.59, 2.19] 8.9 0.0214"))
    #expect(
      text.contains(
        "All effects equal, the tree taken as given: F(3, 11.2) = 2.81, p = 0.0731 (Satterthwaite); "
          + "F(3, 9.7) = 2.81, p = 0.0731 (Kenward-Roger)."))
  }

  @Test func intervalsOfOtherKinds() throws {
    let text = try printed(Fixture()).flowing
    #expect(text.contains("Kenward-Roger"))
    #expect(text.contains("profile in a new trial"))
    #expect(text.contains("The search for the tree is not in the parameters"))
    #expect(text.contains("log-likelihood -4031.50, AIC 8117.00, BIC 8260.67"))
  }

  @Test func splitsThatInterceptsDriveAreMarked() throws {
    let fixture = Fixture()
    var tree = fixture.data.tree(.withoutAge)
    let test = tree.nodes[0].tests[2]
    for (node, p) in [(0, 0.31), (1, 0.002)] {
      tree.nodes[node].effectTest = test
      tree.nodes[node].effectTest?.adjustedPValue = p
    }
    let analysis = try fixture.analysis([fixture.likelihood(tree)])
    let printed = Printed(analysis)
    #expect(printed.lines.contains { $0.hasPrefix("[1] root") && $0.hasSuffix("~") })
    #expect(
      printed.flowing.contains("~ the intercepts drive this split"))
    let json = FitDocument(analysis, call: Fixture.call).json
    let nodes = json["runs"]?.array?[0]["tree"]?["nodes"]?.array ?? []
    #expect(nodes[0]["split"]?["driven_by"] == "intercepts")
    #expect(nodes[1]["split"]?["driven_by"] == "effect")
  }

  @Test func aFallbackIsSaid() throws {
    let fixture = Fixture()
    var run = fixture.likelihood(fixture.data.tree(.withoutAge))
    run.fallbackFrom = .metamobSI
    run.method = .metamobRI
    let analysis = try fixture.analysis([run])
    #expect(
      Printed(analysis).flowing.contains("in the place of metamob-si, which cannot be tested"))
    let json = FitDocument(analysis, call: Fixture.call).json
    #expect(json["runs"]?.array?[0]["fallback_from"] == "metamob-si")
  }
}
