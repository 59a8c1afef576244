private import Words

/// The word nearest to one that was mistyped, nil where none is near.
///
/// A word of which the typed one is the only beginning is nearest, else a misspelt one.
package func nearest(to typed: String, among words: [String]) -> String? {
  let completed = words.filter { typed.count > 2 && $0.hasPrefix(typed) }
  return completed.count == 1 ? completed[0] : nearestName(to: typed, among: words)
}
