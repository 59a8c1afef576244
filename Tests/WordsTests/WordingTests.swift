import Testing
import Words

@Suite struct WordingTests {
  @Test(arguments: [
    ("treatmnet", "treatment"), ("Age", "age"), ("rmdq0", "rmdq_0"), ("agee", "age"),
    ("x", "x1"), ("ae", "age"),
  ])
  func misspeltNamesFindTheirNeighbour(_ name: String, _ nearest: String) {
    let names = ["id", "trial", "treatment", "age", "rmdq_0", "rmdq", "x1"]
    #expect(nearestName(to: name, among: names) == nearest)
  }

  @Test func unlikeNamesFindNone() {
    #expect(nearestName(to: "outcome", among: ["trial", "treatment"]) == nil)
    #expect(nearestName(to: "a", among: []) == nil)
  }

  @Test func listsAreCut() {
    #expect(listed([]) == "none")
    #expect(listed(["a", "b"]) == "\"a\", \"b\"")
    #expect(listed(["a", "b", "c"], limit: 2) == "\"a\", \"b\" and 1 more")
    #expect(counted(1, "row") == "1 row")
    #expect(counted(0, "row") == "0 rows")
  }
}
