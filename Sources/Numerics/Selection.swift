/// The quantile of unsorted values by linear interpolation, R's type 7; reorders them.
///
/// Complexity: linear on average, by selection; no sort of all values.
///
/// - Precondition: there is a value and none is not-a-number.
public func selectQuantile(
  _ values: UnsafeMutableBufferPointer<Double>, _ probability: Double
) -> Double {
  let position = Double(values.count - 1) * probability
  let lower = Int(position.rounded(.down))
  select(values, lower)
  guard lower + 1 < values.count else { return values[lower] }
  // All values after the selected one are at least as large, so the next in order is their least.
  let next = UnsafeMutableBufferPointer(rebasing: values[(lower + 1)...]).min() ?? values[lower]
  return values[lower] + (position - Double(lower)) * (next - values[lower])
}

/// Puts the value of a rank, counted from 0, at its place, none larger before it and none smaller after it.
///
/// Complexity: linear on average (Hoare's quickselect).
///
/// - Precondition: there is such a rank and no value is not-a-number.
public func select(_ values: UnsafeMutableBufferPointer<Double>, _ rank: Int) {
  var low = 0
  var high = values.count - 1
  var roundsLeft = 64
  while low < high {
    // Unlucky pivots cannot make it quadratic: after many rounds what is left is sorted.
    guard roundsLeft > 0 else {
      var rest = UnsafeMutableBufferPointer(rebasing: values[low...high])
      rest.sort()
      return
    }
    roundsLeft -= 1
    let (left, right) = partition(values, low, high)
    if rank <= left {
      high = left
    } else if rank >= right {
      low = right
    } else {
      return
    }
  }
}

/// Hoare's partition about the median of three: afterwards `low...left` are at most the pivot,
/// `right...high` at least, and what lies between is equal to it.
private func partition(
  _ values: UnsafeMutableBufferPointer<Double>, _ low: Int, _ high: Int
) -> (left: Int, right: Int) {
  let middle = low + (high - low) / 2
  let (a, b, c) = (values[low], values[middle], values[high])
  let pivot = max(min(a, b), min(max(a, b), c))
  var left = low
  var right = high
  while left <= right {
    while values[left] < pivot { left += 1 }
    while values[right] > pivot { right -= 1 }
    if left <= right {
      values.swapAt(left, right)
      left += 1
      right -= 1
    }
  }
  return (right, left)
}
