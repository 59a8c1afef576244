import Numerics
import Testing

@Suite struct SelectionTests {
  /// Against a full sort, on few and many ties, ordered and reversed values.
  @Test(arguments: [1, 2, 3, 4, 5, 10, 101, 5000])
  func quantilesAreThoseOfTheSortedValues(_ count: Int) {
    let shapes: [(Int) -> Double] = [
      { Double($0) }, { -Double($0) }, { Double($0 * 7919 % 104_729) }, { Double($0 * 31 % 3) },
      { _ in 2 }, { $0 % 2 == 0 ? Double($0) : -Double($0) },
    ]
    for shape in shapes {
      let sorted = (0..<count).map(shape).sorted()
      for probability in [0, 0.1, 0.25, 0.5, 0.75, 0.999, 1] {
        var values = (0..<count).map(shape)
        let found = values.withUnsafeMutableBufferPointer { selectQuantile($0, probability) }
        let position = Double(count - 1) * probability
        let lower = Int(position)
        let upper = min(lower + 1, count - 1)
        let fraction = position - Double(lower)
        #expect(found == sorted[lower] + fraction * (sorted[upper] - sorted[lower]))
        #expect(values.sorted() == sorted)
      }
    }
  }

  /// `quantile(1:10)` of R 4.2.2.
  @Test func quartilesOfOneToTen() {
    var values: [Double] = [7, 1, 10, 2, 9, 3, 8, 4, 6, 5]
    let quartiles = [0.25, 0.5, 0.75].map { probability in
      values.withUnsafeMutableBufferPointer { selectQuantile($0, probability) }
    }
    #expect(quartiles == [3.25, 5.5, 7.75])
  }
}
