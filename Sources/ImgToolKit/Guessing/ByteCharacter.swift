import PixelViews

/// What the bytes of a file are like when nothing is known of rows.
enum ByteCharacter: Equatable {
  /// All bytes are the same.
  case constant(UInt8)
  /// Lines of ASCII or UTF-8.
  case text
  /// Each byte value is about as frequent as each other.
  case random
  case other

  /// - Complexity: O(excerpts).
  init(_ excerpts: borrowing FileExcerpts) {
    var counts = [Int](repeating: 0, count: 256)
    let bytes = excerpts.bytes
    for index in 0..<bytes.byteCount { counts[Int(bytes.sample(index, as: UInt8.self))] += 1 }
    self = ByteCharacter(counts, total: bytes.byteCount)
  }

  private init(_ counts: [Int], total: Int) {
    let newline = counts[Int(UInt8(ascii: "\n"))]
    let controls = counts[..<0x20].reduce(0, +) - newline - counts[0x09] - counts[0x0D]
    let letters = counts[0x20...0x7E].reduce(0, +)
    // One line without an end, as programs write for each other.
    let words = counts[0x30...0x39].reduce(0, +) + counts[0x61...0x7A].reduce(0, +)
    if let index = counts.firstIndex(of: total) {
      self = .constant(UInt8(truncatingIfNeeded: index))
    } else if total > 3, newline > 0 || words * 10 > total * 5, controls == 0, counts[0x7F] == 0,
      (letters + newline) * 10 > total * 7,
      counts[0xF8...].reduce(0, +) == 0
    {
      self = .text
    } else if ByteCharacter.isEven(counts, total: total) {
      self = .random
    } else {
      self = .other
    }
  }

  /// Whether the counts are those that chance gives: the sum of their squared deviations over the
  /// mean is then about the number of values.
  private static func isEven(_ counts: [Int], total: Int) -> Bool {
    let mean = Double(total) / Double(counts.count)
    guard mean > 0 else { return false }
    let deviation = counts.reduce(0.0) { sum, count in
      let difference = Double(count) - mean
      return sum + difference * difference / mean
    }
    // Compressed data is not quite even.
    return deviation < 512 + Double(total) / 50
  }
}
