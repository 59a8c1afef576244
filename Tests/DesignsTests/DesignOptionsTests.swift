import Tables
import Testing

@testable import Designs

@Suite struct DesignOptionsTests {
  @Test(arguments: [
    ("o=low<mid<high", "o", ["low", "mid", "high"]),
    ("o = low < very high", "o", ["low", "very high"]),
    ("o=\"a,b\"<\"c<d\"<\"e\"\"f\"", "o", ["a,b", "c<d", "e\"f"]),
    ("o=\" a\"<b", "o", [" a", "b"]), ("\"a=b\"=x<y", "a=b", ["x", "y"]),
    ("dose=1<2.5<10", "dose", ["1", "2.5", "10"]), ("o=a=1<b=2", "o", ["a=1", "b=2"]),
    ("o=\"x\" < \"y\" ", "o", ["x", "y"]),
  ])
  func ordersAreParsed(_ text: String, _ column: String, _ levels: [String]) throws {
    #expect(try LevelOrder(parsing: text) == LevelOrder(column: column, levels: levels))
  }

  @Test(arguments: [
    ("", "there is no column before an equals sign"),
    ("o", "there is no column before an equals sign"),
    ("=a<b", "there is no column before an equals sign"),
    ("o=", "an order has two levels or more"), ("o=a", "an order has two levels or more"),
    ("o=a<<b", "a level is empty"), ("o=a<b<a", "a level stands twice"),
    ("o=a<b,p=c<d", "b,p=c has a comma"), ("o=a<\"b", "a quotation mark is out of place"),
    ("o=a<b\"c\"", "a quotation mark is out of place"),
    ("o=a<\"b\"c", "a quotation mark is out of place"),
    ("\"o=a<b", "a quotation mark is out of place"),
  ])
  func illFormedOrdersAreUsageErrors(_ text: String, _ problem: String) {
    let error = DesignError(.option(name: "--ordered", value: text, problem: problem))
    #expect(throws: error) { try LevelOrder(parsing: text) }
    #expect(error.category == .usage)
  }

  @Test(arguments: [
    ("A,B", ["A", "B"]), ("usual care, new drug", ["usual care", "new drug"]),
    ("\"a,b\",c", ["a,b", "c"]), ("0,1", ["0", "1"]), ("-1,1", ["-1", "1"]),
  ])
  func armsAreParsed(_ text: String, _ levels: [String]) throws {
    #expect(try ArmPair(parsing: text).levels == levels)
  }

  @Test(arguments: ["", "A", "A,", ",", "A,B,C", "A,A", "\"A,B", "A,\"B\"x"])
  func illFormedArmsAreUsageErrors(_ text: String) {
    do throws(DesignError) {
      _ = try ArmPair(parsing: text)
      Issue.record("no error")
    } catch {
      #expect(error.category == .usage)
    }
  }
}
