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
    var table = try RowTable(source, rowCount)
    let target = try Buffer.zeroed(byteCount: byteCount)
    var reader = HeaderReader(source, format: name)
    let (size, rowByteCount) = (array.element.byteCount, array.width * array.element.byteCount)
    for index in 0..<rowCount {
      let place = try table.next()
      reader.offset = place.lowerBound
      // No row needs more: rows that overlap could make a small file endless.
      let packed = try reader.bytes(min(place.count, 2 * rowByteCount + size), "a row")
      let row = try unpackedRow(packed, rowByteCount, size, at: place.lowerBound)
      try unsafe target.store(
        Block(offset: index * rowByteCount, byteCount: rowByteCount), from: row.span.bytes)
    }
    return FileFormat.Decoded(buffer: target, trailingByteCount: source.byteCount - table.end)
  }

  /// Where the packed rows of all channels stand, read row by row: 65535 channels of 65535 rows have a
  /// table of 34 GB.
  struct RowTable {
    private let byteCount: Int
    private var starts: HeaderReader
    private var lengths: HeaderReader
    /// Where what was read so far ends: the table, and the rows that it has named.
    private(set) var end: Int

    init(_ source: Buffer, _ rowCount: Int) throws(FormatError) {
      byteCount = source.byteCount
      starts = HeaderReader(source, format: name, offset: headerByteCount)
      lengths = HeaderReader(source, format: name, offset: headerByteCount + rowCount * 4)
      end = headerByteCount + rowCount * 8
      guard end <= byteCount else { throw starts.ended(rowCount * 8, "the table of rows") }
    }

    /// Where the next row stands.
    mutating func next() throws(FormatError) -> Range<Int> {
      let place = starts.offset
      let start = Int(try starts.integer("where a row is", bigEndian: true, as: UInt32.self))
      let length = Int(try lengths.integer("bytes of a row", bigEndian: true, as: UInt32.self))
      guard start >= headerByteCount, start + length <= byteCount else {
        throw starts.malformed(
          at: place, found: "a row of \(length.bytes) at byte \(start)",
          expected: "rows within the \(byteCount) bytes of the file")
      }
      end = max(end, start + length)
      return start..<start + length
    }
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
