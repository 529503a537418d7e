import PixelMemory
import PixelViews

/// Reads the rows of the PNG files that most programs write faster than libpng does.
///
/// Says yes only to what libpng reads alike: every sum is right, to the end of the file. Leaves everything else
/// to libpng, which reads the file from its start and has the last word.
struct PNGQuickReader {
  private let header: PNGHeader
  private static let rowByteLimit = 16 << 20

  /// - Parameters:
  ///   - header: what libpng read.
  ///   - rowHeader: what the rows shall have.
  /// - Returns: `nil` for what is left to libpng: interlaced rows, a color key that becomes alpha, rows so long
  ///   that several of them take too much memory.
  init?(_ header: PNGHeader, rowHeader: PNGHeader) {
    guard Self.reads(header, as: rowHeader) else { return nil }
    self.header = header
  }

  /// Whether rows of a file with such a header are not left to libpng.
  static func reads(_ header: PNGHeader, as rowHeader: PNGHeader) -> Bool {
    header == rowHeader && !header.isInterlaced && header.rowByteCount <= rowByteLimit
  }

  /// The rows, packed, or `nil` where libpng has to read them.
  ///
  /// - Complexity: O(pixels); memory for a band or, on several threads, a few of them beside the rows.
  func rows(of file: Buffer, threads: Int = 1) -> Buffer? {
    if threads > 1, let rows = try? PNGBandReader(header, file)?.rows(threads: threads) {
      return rows
    }
    return try? readRows(file)
  }

  /// Reads all rows one after the other.
  private func readRows(_ file: Buffer) throws(PNGDoubt) -> Buffer {
    do {
      var reader = try PNGQuickRows(header, file)
      let rowByteCount = header.rowByteCount
      let rows = try Buffer(allocating: rowByteCount * header.height)
      var band = Scratch()
      while reader.row < header.height {
        let row = reader.row
        let count = try reader.next(into: &band)
        try rows.copyIn(
          Block(offset: row * rowByteCount, byteCount: count * rowByteCount), from: band.bytes)
      }
      return rows
    } catch { throw PNGDoubt() }
  }
}
