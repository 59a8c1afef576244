import Testing
import Threads

@Suite("Concurrent map")
struct ConcurrentMapTests {
  struct Failure: Error, Equatable {
    let index: Int
  }

  @Test(arguments: [1, 2, 8])
  func valuesKeepTheirPlaces(threads: Int) throws {
    let squares = concurrentMap(count: 100, threads: threads) { $0 * $0 }
    #expect(squares == (0..<100).map { $0 * $0 })
    #expect(concurrentMap(count: 0, threads: threads) { $0 }.isEmpty)
  }

  @Test(arguments: [1, 3])
  func firstErrorByIndexIsThrown(threads: Int) {
    #expect(throws: Failure(index: 4)) {
      try concurrentMap(count: 20, threads: threads) { (index) throws(Failure) -> Int in
        if index >= 4 { throw Failure(index: index) }
        return index
      }
    }
  }
}
