/// The name that a mistyped word most likely means.
enum Suggestion {
  /// The closest of `names`; `nil` when none is close.
  static func closest(to word: String, in names: [String]) -> String? {
    let typed = Array(word.lowercased())
    let ranked = names.map { (name: $0, distance: distance(typed, Array($0.lowercased()))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, word.count / 3) ? best.name : nil
  }

  /// `" (did you mean X?)"`, or nothing.
  static func hint(_ word: String, in names: [String]) -> String {
    closest(to: word, in: names).map { " (did you mean \($0)?)" } ?? ""
  }

  /// The closest names of a long list, or its first ones, and where all of them are.
  static func few(_ word: String, of names: [String]) -> String {
    let typed = Array(word.lowercased())
    let near = max(1, typed.count / 3)
    let ranked = names.enumerated().map { index, name in
      let found = distance(typed, Array(name.lowercased()))
      return (index: index, distance: found <= near && found < typed.count ? found : Int.max)
    }
    let closest = ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(5)
    return closest.map { names[$0.index] }.joined(separator: ", ")
      + (names.count > 5 ? " …" : "") + " (`imgtool rawmodes` lists all)"
  }

  /// Edits of one character, and exchanges of neighbors, from one word to the other
  /// (Damerau–Levenshtein, optimal string alignment).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var older: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
      var current = [i + 1]
      for j in b.indices {
        var cost = min(
          previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, older[j - 1] + 1) }
        current.append(cost)
      }
      older = previous
      previous = current
    }
    return previous[b.count]
  }
}
