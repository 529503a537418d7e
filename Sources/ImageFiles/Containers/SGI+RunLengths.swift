import PixelMemory
import PixelViews

extension SGI {
  /// The samples of all rows as they would stand in a file without run lengths.
  ///
  /// A table says for each row of each channel where it starts and how many bytes it has. A unit is a
  /// sample: its low 7 bits count, its bit 7 says that as many samples follow, else one that is repeated;
  /// a count of 0 ends the row.
  static func unpack(
    _ source: Buffer, _ array: StoredArray, _ limits: Limits
  ) throws(FormatError) -> FileFormat.Decoded {
    let rowCount = array.height * array.bandCount
    let byteCount = array.byteCount ?? .max
    try limits.check(name, width: array.width, height: rowCount, byteCount: byteCount)
    let rows = try rows(source, rowCount)
    let target = try Buffer.zeroed(byteCount: byteCount)
    var reader = HeaderReader(source, format: name)
    let (size, rowByteCount) = (array.element.byteCount, array.width * array.element.byteCount)
    for (index, place) in rows.enumerated() {
      reader.offset = place.lowerBound
      // No row needs more: rows that overlap could make a small file endless.
      let packed = try reader.bytes(min(place.count, 2 * rowByteCount + size), "a row")
      let row = try unpackedRow(packed, rowByteCount, size, at: place.lowerBound)
      try unsafe target.store(
        Block(offset: index * rowByteCount, byteCount: rowByteCount), from: row.span.bytes)
    }
    return FileFormat.Decoded(
      buffer: target, trailingByteCount: source.byteCount - end(of: rows))
  }

  /// Where the packed rows of all channels stand: at most 65535 of each.
  static func rows(_ source: Buffer, _ rowCount: Int) throws(FormatError) -> [Range<Int>] {
    var reader = HeaderReader(source, format: name, offset: headerByteCount)
    let table = try reader.bytes(rowCount * 8, "the table of rows")
    var rows: [Range<Int>] = []
    for index in 0..<rowCount {
      let start = number(table, index)
      let length = number(table, rowCount + index)
      guard start >= headerByteCount, length <= source.byteCount,
        start <= source.byteCount - length
      else {
        throw reader.malformed(
          at: headerByteCount + index * 4, found: "a row of \(length) bytes at byte \(start)",
          expected: "rows within the \(source.byteCount) bytes of the file")
      }
      rows.append(start..<start + length)
    }
    return rows
  }

  /// Where the file ends.
  static func end(of rows: [Range<Int>]) -> Int {
    rows.map(\.upperBound).reduce(headerByteCount + rows.count * 8, max)
  }

  private static func number(_ table: [UInt8], _ index: Int) -> Int {
    table[index * 4..<index * 4 + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func unpackedRow(
    _ packed: [UInt8], _ byteCount: Int, _ size: Int, at start: Int
  ) throws(FormatError) -> [UInt8] {
    var row: [UInt8] = []
    row.reserveCapacity(byteCount)
    var index = 0
    while index + size <= packed.count {
      let unit = packed[index + size - 1]
      let count = Int(unit & 0x7F)
      index += size
      if count == 0 { break }
      let taken = unit & 0x80 != 0 ? count * size : size
      guard index + taken <= packed.count, row.count + count * size <= byteCount else { break }
      let samples = packed[index..<index + taken]
      for _ in 0..<(unit & 0x80 != 0 ? 1 : count) { row += samples }
      index += taken
    }
    guard row.count == byteCount else {
      throw .malformed(
        format: name, offset: start, found: "run lengths of \(row.count / size) samples",
        expected: "a row of \(byteCount / size)")
    }
    return row
  }
}
