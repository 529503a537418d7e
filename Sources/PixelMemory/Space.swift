/// Which bytes of a mapped file have blocks, as far as its edits found out, so that a pixel that is
/// set next to the last one asks the file system nothing.
///
/// Another process may punch holes meanwhile. A store into one of these that finds no room is an
/// error of the door then.
struct Space {
  /// Ranges of the file in order, with gaps between them.
  private(set) var backed: [Range<Int>] = []
  /// Whether the first hole was looked for. A file without one is known as a whole from then on.
  var isProbed = false
  /// Edits that are under way.
  var editCount = 0

  static let rangeLimit = 256

  func backs(_ range: Range<Int>) -> Bool {
    let index = firstIndex(endingAfter: range.lowerBound)
    return index < backed.count && backed[index].lowerBound <= range.lowerBound
      && backed[index].upperBound >= range.upperBound
  }

  mutating func add(_ range: Range<Int>) {
    if range.isEmpty { return }
    // A range that only touches is joined as well.
    let first = firstIndex(endingAfter: range.lowerBound - 1)
    var end = first
    while end < backed.count, backed[end].lowerBound <= range.upperBound { end += 1 }
    var joined = range
    if first < end {
      joined = range.joined(with: backed[first]).joined(with: backed[end - 1])
    }
    if first == end, backed.count == Space.rangeLimit { backed = [] }
    backed.replaceSubrange(
      min(first, backed.count)..<min(end, backed.count), with: CollectionOfOne(joined))
  }

  mutating func forget() { backed = [] }

  private func firstIndex(endingAfter position: Int) -> Int {
    var (low, high) = (0, backed.count)
    while low < high {
      let middle = (low + high) / 2
      if backed[middle].upperBound > position { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension Range<Int> {
  /// From the lower start to the higher end.
  func joined(with other: Range<Int>) -> Range<Int> {
    Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
}
