import PixelMemory
import PixelViews

/// How alike the bytes of a file are to those a row before, for each length that rows may have: at the
/// right one they are most alike.
final class RowLikeness {
  private let excerpts: FileExcerpts

  /// - Throws: ``MemoryError`` of the buffer.
  init(_ buffer: Buffer) throws(MemoryError) { excerpts = try FileExcerpts(buffer) }

  /// How much bytes differ from those at a distance, at some places; `nil` where the file is too short.
  ///
  /// - Complexity: O(1).
  func difference(at distance: Int) -> Double? { excerpts.difference(at: distance) }
}

extension FileExcerpts {
  /// The places that are looked at, and the bytes of each.
  private static let placeCount = 48
  private static let segmentByteCount = 64

  fileprivate func difference(at distance: Int) -> Double? {
    let segment = FileExcerpts.segmentByteCount
    guard distance > 0, distance < FileExcerpts.windowByteCount else { return nil }
    let places = places(FileExcerpts.placeCount, before: 0, after: distance + segment)
    guard !places.isEmpty else { return nil }
    let bytes = bytes
    var sum = 0
    for place in places {
      for index in place.copy..<place.copy + segment {
        let one: UInt8 = bytes.sample(index)
        let other: UInt8 = bytes.sample(index + distance)
        // An edge must not count more than many small differences.
        sum += min(Int(one > other ? one - other : other - one), 64)
      }
    }
    return Double(sum) / Double(places.count * segment)
  }
}

/// A strip of likeness around the present length of rows.
struct LikenessStrip: Equatable, Sendable {
  /// From 0 to 1, the most alike of the strip; `nil` where there is no such length.
  let levels: [Double?]
  /// The place of the present length.
  let middle: Int
  /// How far the best length is from the present one.
  let peak: Int

  /// - Parameters:
  ///   - columns: the lengths side by side.
  ///   - distance: the bytes of a row, for so many pixels or bytes more than now.
  init(_ likeness: RowLikeness, columns: Int, distance: (_ more: Int) -> Int?) {
    let middle = columns / 2
    let differences = (0..<columns).map { column in
      distance(column - middle).flatMap(likeness.difference)
    }
    let known = differences.compactMap(\.self)
    let (low, high) = (known.min() ?? 0, known.max() ?? 0)
    levels = differences.map { $0.map { high > low ? (high - $0) / (high - low) : 0 } }
    self.middle = middle
    // Of several that are as good, the nearest.
    let best = differences.indices.filter { differences[$0] == low && high > low }
    peak = (best.min { abs($0 - middle) < abs($1 - middle) } ?? middle) - middle
  }

  private static let bars = Array(" ▁▂▃▄▅▆▇█")

  /// The strip as text, with the present length in a color, or turned about.
  func text(_ isPlain: Bool) -> String {
    let ramp = isPlain ? Blocks.ramp : LikenessStrip.bars
    let characters = levels.map { level in
      level.map { ramp[min(ramp.count - 1, 1 + Int($0 * Double(ramp.count - 1)))] } ?? " "
    }
    guard characters.indices.contains(middle) else { return String(characters) }
    // Light on dark orange, so that a bar of each height is seen.
    let (on, off) =
      isPlain ? ("\u{1B}[7m", "\u{1B}[27m") : ("\u{1B}[38;5;214;48;5;94m", "\u{1B}[39;49m")
    return String(characters[..<middle]) + on + String(characters[middle]) + off
      + String(characters[(middle + 1)...])
  }
}
