/// The word nearest to one that was mistyped, nil where none is near.
///
/// A word of which the typed one is the only beginning is nearest; else the one at the smallest
/// number of insertions, deletions, replacements and swaps of neighbours, if these touch at most a
/// third of the word.
package func nearest(to typed: String, among words: [String]) -> String? {
  let completed = words.filter { typed.count > 2 && $0.hasPrefix(typed) }
  if completed.count == 1 { return completed[0] }
  var best: (word: String, distance: Int)?
  for word in words {
    let distance = editDistance(Array(typed.lowercased()), Array(word.lowercased()))
    if distance < best?.distance ?? .max { best = (word, distance) }
  }
  guard let best, best.distance * 3 <= max(typed.count, 3) else { return nil }
  return best.word
}

/// The optimal string alignment distance of two words.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i] + [Int](repeating: 0, count: b.count)
    for j in 1...b.count {
      let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      row[j] = min(last[j] + 1, row[j - 1] + 1, replaced)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        row[j] = min(row[j], beforeLast[j - 2] + 1)
      }
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
