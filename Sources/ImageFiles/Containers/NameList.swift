import PixelMemory

extension Sequence<String> {
  /// Names of a file in words, which are cut where there are many: `a, b, c and 9 more`.
  ///
  /// - Complexity: O(names).
  func listed() -> String {
    let most = 8
    var few: [String] = []
    var count = 0
    for name in self {
      if count < most { few.append(name.withoutControls()) }
      count += 1
    }
    let text = few.joined(separator: ", ")
    return count > most ? "\(text) and \(count - most) more" : text
  }
}
