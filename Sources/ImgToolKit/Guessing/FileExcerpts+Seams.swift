import PixelMemory
import PixelViews

extension FileExcerpts {
  /// Lengths near some others at whose multiples the bytes break off from those before, best first: where
  /// stripes are slanted, rows of another length are more alike than those of the right one, but the bytes
  /// break off at the ends of these.
  ///
  /// - Complexity: O(lengths times their bytes).
  func seamLengths(beside lengths: [Int], _ distances: ByteDistances) -> [Int] {
    let known = distances.differences
    // What repeats along a row is no break.
    let usual = distances.usual
    guard known.count > 64 else { return [] }
    let period = (3..<min(512, known.count - 1)).first { (lag: Int) -> Bool in
      let value = known[lag]
      return value * 4 < usual && value <= known[lag - 1] && value <= known[lag + 1]
    }
    guard let period, let window = windows.max(by: { $0.byteCount < $1.byteCount }) else {
      return []
    }
    let longest = lengths.max() ?? 0
    let rows = 16
    let first = window.start + period + min(4096, window.byteCount / 8)
    let count = min(window.byteCount - (first - window.start), rows * (longest + 512))
    guard count > 1024 else { return [] }
    let steps = (0..<count).map { index -> UInt16 in
      let here: UInt8 = bytes.sample(first + index)
      let there: UInt8 = bytes.sample(first + index - period)
      return UInt16(min(64, abs(Int(here) - Int(there))))
    }
    var total = 0
    for step in steps { total += Int(step) }
    let mean = Double(total) / Double(count) + 0.25
    var found: [Int: Double] = [:]
    for near in lengths where near > 64 && near < 16384 {
      for length in max(64, near - 256)...near + 256 where found[length] == nil {
        let whole = min(rows, count / length)
        guard whole > 11 else { continue }
        var sums = [UInt16](repeating: 0, count: length)
        for row in 0..<whole {
          let start = row * length
          for column in 0..<length { sums[column] += steps[start + column] }
        }
        found[length] = Double(sums.max() ?? 0) / Double(whole) / mean
      }
    }
    return found.filter { $0.value > 4 }.sorted { ($0.value, -$0.key) > ($1.value, -$1.key) }
      .prefix(3).map(\.key)
  }
}
