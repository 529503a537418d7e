import PixelMemory
import PixelViews

/// Reads the rows of the PNG files that most programs write faster than libpng does.
///
/// It only says yes. What it reads to the end, with every sum right, libpng reads alike; at anything
/// else it gives up, and libpng reads the file from the start and has the last word.
struct PNGQuickReader {
  private let header: PNGHeader
  private let rowByteCount: Int
  /// The bytes of all filtered rows.
  private let filteredByteCount: Int

  /// What is inflated at once, small enough for a processor's cache.
  private static let bandByteCount = 192 << 10

  /// - Parameters:
  ///   - header: what libpng read.
  ///   - rowHeader: what the rows shall have.
  /// - Returns: `nil` for what is left to libpng: interlaced rows, a color key that becomes alpha.
  init?(_ header: PNGHeader, rowHeader: PNGHeader) {
    guard header == rowHeader, !header.isInterlaced,
      let filteredByteCount = (header.rowByteCount + 1).multiplied(by: header.height)
    else { return nil }
    self.header = header
    rowByteCount = header.rowByteCount
    self.filteredByteCount = filteredByteCount
  }

  /// The rows, packed, or `nil` where libpng has to read them.
  ///
  /// - Complexity: O(pixels); memory for a band or, on several threads, a few of them beside the rows.
  func rows(of file: Buffer, threads: Int = 1) -> Buffer? {
    do throws(PNGDoubt) {
      if threads > 1, let rows = try PNGBandReader(header, file)?.rows(threads: threads) {
        return rows
      }
      return try readRows(file)
    } catch { return nil }
  }

  /// Reads all rows one after the other, and the file to its end.
  private func readRows(_ file: Buffer) throws(PNGDoubt) -> Buffer {
    do {
      var data = try PNGDataReader(file, PNGChunkWalk(file, header))
      guard let start = try data.start(), start.remembers(filteredByteCount) else {
        throw PNGDoubt()
      }
      let rows = try Buffer(allocating: rowByteCount * header.height)
      let room =
        min(max(Self.bandByteCount, rowByteCount + 1), filteredByteCount) + rowByteCount + 1
        + Inflater.windowByteCount
      var filtered = try Scratch(byteCount: room + Inflater.slack)
      var band = try Scratch(byteCount: room + Inflater.slack)
      var inflater = try Inflater()
      var unfilter = try PNGRowUnfilter(header)
      var sum: UInt32 = 1
      // How many rows were read, where the next one starts, and where bytes end and begin.
      var (row, rowStart, made, taken) = (0, 0, 0, ZlibHeader.byteCount)
      var stop = Inflater.Stop.room
      while stop != .end {
        let before = made
        stop = inflater.inflate(
          data.bytes, from: &taken, to: data.end, isAll: data.isWhole, into: &filtered,
          from: &made, to: room)
        sum = Deflater.adler32(filtered.bytes.slice(before, made - before), after: sum)
        let count = (made - rowStart) / (rowByteCount + 1)
        guard count <= header.height - row,
          unfilter.unfilter(filtered, from: rowStart, count: count, into: &band)
        else { throw PNGDoubt() }
        try rows.copyIn(
          Block(offset: row * rowByteCount, byteCount: count * rowByteCount), from: band.bytes)
        row += count
        rowStart += count * (rowByteCount + 1)
        switch stop {
        case .room:
          let start = min(rowStart, made - Inflater.windowByteCount)
          filtered.moveToStart(start..<made)
          rowStart -= start
          made -= start
        case .input where !data.isWhole:
          try data.fill(keepingFrom: taken)
          taken = 0
        case .input, .damage: throw PNGDoubt()
        case .end: break
        }
      }
      guard row == header.height, rowStart == made else { throw PNGDoubt() }
      try data.fill(keepingFrom: taken)
      guard data.adler == sum else { throw PNGDoubt() }
      try data.finish()
      return rows
    } catch { throw PNGDoubt() }
  }
}
