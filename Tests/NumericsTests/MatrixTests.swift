import Numerics
import Testing

@Suite struct MatrixTests {
  let a = Matrix(rows: [[1, 2, 3], [4, 5, 6]])
  let b = Matrix(rows: [[7, -1], [0, 2], [3, 5]])

  @Test func storesColumnAfterColumn() {
    #expect(a.elements == [1, 4, 2, 5, 3, 6])
    #expect(a[1, 2] == 6)
    #expect(Array(a.column(1)) == [2, 5])
    #expect(a.transposed == Matrix(rows: [[1, 4], [2, 5], [3, 6]]))
  }

  // By hand: 1·7 + 2·0 + 3·3 = 16, and so on.
  @Test func products() {
    #expect(a * b == Matrix(rows: [[16, 18], [46, 36]]))
    #expect(a.times([1, 0, -2]) == [-5, -8])
    #expect((a * b).trace == 52)
    #expect(dot([1, 2, 3], [4, -5, 6]) == 12)
  }

  // Integers, so that equality is exact.
  @Test func algebra() {
    #expect((a * b).transposed == b.transposed * a.transposed)
    #expect(a * .identity(3) == a)
    #expect(a + (-1) * a == Matrix(rows: 2, columns: 3))
    #expect((a * b).trace == (b * a).trace)
    #expect((a * b).times([3, -2]) == a.times(b.times([3, -2])))
  }

  @Test func emptyMatrices() {
    let none = Matrix(rows: 0, columns: 0)
    #expect(none * none == none)
    #expect(none.trace == 0)
    #expect(
      Matrix(rows: 2, columns: 0) * Matrix(rows: 0, columns: 3) == Matrix(rows: 2, columns: 3))
    #expect(dot([], []) == 0)
  }
}
