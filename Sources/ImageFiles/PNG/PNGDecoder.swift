import CShims
import PixelMemory
import PixelViews

/// Reads PNG files (ISO/IEC 15948) with libpng: the header first, so that a caller can refuse an
/// image before memory is taken for it, then all rows.
///
/// Rows are packed as PNG has them: big-endian samples of 16 bits, samples below 8 bits packed from
/// the high bit on. Chunks that rows do not need are checked for their CRC and skipped.
package final class PNGDecoder<Source: ByteSource> {
  package typealias Failure = PNGDecodingError<Source.Failure>

  /// What the file says. Its rows come as `rowHeader` says.
  package let header: PNGHeader
  /// What the rows that are read have: the header, without the palette's tRNS or a color key when
  /// the key has become an alpha sample.
  package private(set) var rowHeader: PNGHeader
  private let reader: PNGReader<Source>
  private var nextRow = 0

  /// Enough for 2^31 pixels of 8-bit RGBA, the most that programs with 32-bit pixel numbers can
  /// use; a file of a few megabytes can ask for this much, and no caller wants more by accident.
  package static var defaultByteLimit: Int { 1 << 33 }

  /// The most bytes that one byte of deflate can stand for (RFC 1951: 258 bytes in 2 bits).
  private static var expansionLimit: Int { 1032 }

  /// What is read at once, small enough for a processor's cache.
  private static var bandByteCount: Int { 256 << 10 }

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - expandsColorKey: whether gray and RGB with one transparent color come as gray and alpha,
  ///     or RGBA; gray of fewer bits comes with 8 then.
  ///   - byteLimit: the most bytes that the rows may have.
  ///   - salvages: whether the file may end too early, and so be shorter than its rows need.
  /// - Throws: `library` in libpng's words, `truncated`, `tooLarge` for rows beyond the limit or
  ///   beyond what a file of this size can hold, `outOfMemory`; what the source throws.
  package init(
    _ source: Source, expandsColorKey: Bool = false, byteLimit: Int = defaultByteLimit,
    salvages: Bool = false
  ) throws(Failure) {
    let fileByteCount = source.byteCount
    reader = try PNGReader(source)
    header = try reader.readHeader()
    rowHeader = header
    if expandsColorKey, header.colorKey != nil {
      rowHeader.colorKey = nil
      rowHeader.bitDepth = max(8, header.bitDepth)
      rowHeader.colorType = header.colorType == .gray ? .grayAlpha : .rgba
    }
    let byteCount = rowHeader.byteCount ?? .max
    guard byteCount <= byteLimit else {
      throw .png(.tooLarge(byteCount: byteCount, limit: byteLimit))
    }
    if let fileByteCount {
      let (limit, isHuge) = fileByteCount.multipliedReportingOverflow(by: Self.expansionLimit)
      // Of a file that ends too early a row can be read at least; libpng takes memory for it.
      let fileByteCount = salvages ? header.rowByteCount : header.byteCount ?? .max
      guard isHuge || fileByteCount <= limit else {
        throw .png(.tooLarge(byteCount: fileByteCount, limit: limit))
      }
    }
    try reader.start(expandsColorKey: expandsColorKey, expecting: rowHeader)
  }

  /// Reads all rows into a heap buffer, packed, and the file to its end. Once for each decoder.
  ///
  /// - Throws: as `init` does; a file with too little, too much or wrong data is an error.
  /// - Complexity: O(pixels); twice the image's memory while an interlaced one is read, one band's
  ///   otherwise.
  package func readImage() throws(Failure) -> Buffer {
    let buffer = try readRows { error throws(Failure) in throw error }
    try reader.end()
    return buffer
  }

  /// Reads the next rows, at most `limit`, packed, and with the last one the file to its end; instead of ``readImage()``.
  ///
  /// - Returns: how many there are, one at least.
  /// - Throws: as ``readImage()`` does.
  /// - Precondition: there is another row; rows are not interlaced.
  func readBand(into band: inout Scratch, limit: Int) throws(Failure) -> Int {
    precondition(!rowHeader.isInterlaced && nextRow < rowHeader.height, "no rows one by one")
    let count = min(
      max(1, Self.bandByteCount / rowHeader.rowByteCount), rowHeader.height - nextRow, limit)
    do throws(MemoryError) {
      // The bits behind a row are left as they are.
      band = try Scratch(zeroed: count * rowHeader.rowByteCount)
    } catch { throw .memory(error) }
    try reader.readRows(count, rowByteCount: rowHeader.rowByteCount, into: &band)
    nextRow += count
    if nextRow == rowHeader.height { try reader.end() }
    return count
  }

  /// Reads what is there of a file that may end too early; the rest is zeros.
  ///
  /// - Returns: the rows, and what is missing.
  /// - Throws: as ``readImage()``, but for the end of the file behind the first row.
  package func salvageImage() throws(Failure) -> (Buffer, [Loss]) {
    reader.takeEachByte()
    var losses: [Loss] = []
    let buffer = try readRows { error throws(Failure) in
      let progress = reader.progress
      guard case .png(.truncated(.rows)) = error, progress.pass > 0 || progress.row > 0 else {
        throw error
      }
      losses =
        rowHeader.isInterlaced
        ? [.pixels(pass: progress.pass + 1, of: 7)] : [.rows(progress.row..<rowHeader.height)]
    }
    guard losses.isEmpty else { return (buffer, losses) }
    do throws(Failure) { try reader.end() } catch {
      guard case .png(.truncated(.end)) = error else { throw error }
      losses = [.end("IEND")]
    }
    return (buffer, losses)
  }

  /// Reads the rows.
  ///
  /// - Parameter accept: throws an error again, or lets it end the rows with what was read.
  private func readRows(
    accepting accept: (Failure) throws(Failure) -> Void
  ) throws(Failure) -> Buffer {
    let rowByteCount = rowHeader.rowByteCount
    let buffer: Buffer
    var band: Scratch
    // All passes of an interlaced image go over the same memory.
    let rowsPerBand =
      rowHeader.isInterlaced
      ? rowHeader.height
      : max(1, min(rowHeader.height, Self.bandByteCount / rowByteCount))
    do throws(MemoryError) {
      buffer = try Buffer(allocating: rowByteCount * rowHeader.height)
      band = try Scratch(zeroed: rowByteCount * rowsPerBand)
    } catch {
      throw .png(.outOfMemory(byteCount: rowByteCount * rowHeader.height))
    }
    var row = 0
    while row < rowHeader.height {
      var count = min(rowsPerBand, rowHeader.height - row)
      var failure: Failure?
      do throws(Failure) {
        try reader.readRows(count, rowByteCount: rowByteCount, into: &band)
      } catch {
        try accept(error)
        failure = error
        // What follows is of the row that is not whole, or of the band before.
        if !rowHeader.isInterlaced { count = reader.progress.row - row }
      }
      let block = Block(offset: row * rowByteCount, byteCount: count * rowByteCount)
      do throws(MemoryError) { try buffer.copyIn(block, from: band.bytes) } catch {
        throw .memory(error)
      }
      if failure != nil { break }
      row += count
    }
    return buffer
  }
}
