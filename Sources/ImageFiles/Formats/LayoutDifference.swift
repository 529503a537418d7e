import PixelViews

/// In what the rows of a file would differ from the rows of a raw file, the first of several.
package enum LayoutDifference: Hashable, Sendable {
  /// One stores its rows bottom-up and the other does not.
  case rowOrder(rawIsBottomUp: Bool)
  /// Bytes from one row to the next.
  case rowStride(raw: Int, file: Int)
  /// Bits from one pixel to the next.
  case pixelStride(raw: Int, file: Int)
  /// The bands in the order of their addresses.
  case bandOrder(raw: [String], file: [String])
  /// The bands are in planes or lines of their own.
  case interleave
  /// The bytes of a sample.
  case byteOrder(rawIsBigEndian: Bool)
  /// Bits, number or scaling of a sample.
  case samples(band: String)
  /// Bytes before the first row in the raw file.
  case offset(Int)

  /// How a raw file's pixels differ from those of a file with a header in front.
  ///
  /// - Parameters:
  ///   - raw: the layout in the raw file.
  ///   - file: the layout in the whole file, of the same size and with as many fields.
  ///   - headerByteCount: what stands in front.
  /// - Returns: all differences; none when the header fits.
  /// - Complexity: O(bands²).
  package static func all(
    raw: Layout, file: Layout, headerByteCount: Int, bands: [String]
  ) -> [LayoutDifference] {
    var found: [LayoutDifference] = []
    let rowsDiffer = raw.height > 1 && raw.rowBits != file.rowBits
    if rowsDiffer, (raw.rowBits < 0) != (file.rowBits < 0) {
      found.append(.rowOrder(rawIsBottomUp: raw.rowBits < 0))
    }
    if rowsDiffer, abs(raw.rowBits) != abs(file.rowBits) {
      found.append(.rowStride(raw: abs(raw.stride), file: abs(file.stride)))
    }
    if raw.width > 1, raw.pixelBits != file.pixelBits {
      found.append(.pixelStride(raw: raw.pixelBits, file: file.pixelBits))
    }
    found += samples(raw, file, bands)
    let order = bandOrder(raw, bands)
    if order != bandOrder(file, bands) {
      found.append(.bandOrder(raw: order, file: bandOrder(file, bands)))
    } else if relativeOffsets(raw) != relativeOffsets(file), found.isEmpty {
      found.append(.interleave)
    }
    let rawStart = (try? raw.byteRange().lowerBound) ?? 0
    let fileStart = (try? file.byteRange().lowerBound) ?? headerByteCount
    if rawStart != fileStart - headerByteCount {
      found.append(.offset(rawStart - (fileStart - headerByteCount)))
    }
    return found
  }

  private static func samples(
    _ raw: Layout, _ file: Layout, _ bands: [String]
  ) -> [LayoutDifference] {
    var found: [LayoutDifference] = []
    for (band, (mine, other)) in zip(bands, zip(raw.fields, file.fields)) {
      var mine = mine
      mine.bitOffset = other.bitOffset
      if mine == other { continue }
      if case .word(let size, let bigEndian) = mine.storage,
        case .word(size, !bigEndian) = other.storage
      {
        let difference = byteOrder(rawIsBigEndian: bigEndian)
        mine.storage = other.storage
        if !found.contains(difference) { found.append(difference) }
        if mine == other { continue }
      }
      found.append(.samples(band: band))
    }
    return found
  }

  private static func bandOrder(_ layout: Layout, _ bands: [String]) -> [String] {
    zip(bands, layout.fields).enumerated()
      .sorted { ($0.element.1.bitOffset, $0.offset) < ($1.element.1.bitOffset, $1.offset) }
      .map(\.element.0)
  }

  private static func relativeOffsets(_ layout: Layout) -> [Int] {
    layout.fields.map { $0.bitOffset - layout.fields[0].bitOffset }
  }
}
