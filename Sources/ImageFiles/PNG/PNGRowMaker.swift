import PixelMemory
import PixelViews

/// Makes the rows of a PNG file when they are asked for, one band after the other; by libpng from where the
/// quick road gives up.
final class PNGRowMaker: ByteMaker {
  private let file: Buffer
  private let header: PNGHeader
  private let rowByteCount: Int
  private var quick: PNGQuickRows?
  private var decoder: PNGDecoder<BufferSource>?
  private var row = 0

  /// - Parameter decoder: has read the header; the rows are not interlaced.
  init(_ file: Buffer, _ decoder: PNGDecoder<BufferSource>) {
    self.file = file
    header = decoder.header
    rowByteCount = decoder.rowHeader.rowByteCount
    if PNGQuickReader.reads(header, as: decoder.rowHeader) {
      quick = try? PNGQuickRows(header, file)
    }
    self.decoder = quick == nil ? decoder : nil
  }

  /// Makes all rows and keeps none: damage anywhere in the file is an error before anybody gets a row.
  ///
  /// - Precondition: no row was made.
  /// - Complexity: O(pixels); a band's memory.
  func check() throws(PNGDecodingError<MemoryError>) {
    var band = Scratch()
    while row < header.height { row += try rows(into: &band) }
    restart()
  }

  func restart() {
    row = 0
    if quick != nil { quick = try? PNGQuickRows(header, file) }
    decoder = nil
  }

  func next(into band: inout Scratch) throws(MemoryError) -> Int {
    precondition(row < header.height, "no row is left")
    do throws(PNGDecodingError<MemoryError>) {
      let count = try rows(into: &band)
      row += count
      return count * rowByteCount
    } catch {
      if case .memory(let error) = FormatError(error) { throw error }
      // The file was whole when it was checked.
      throw .unmade(path: file.origin.path, reason: FormatError(error).finding)
    }
  }

  private func rows(into band: inout Scratch) throws(PNGDecodingError<MemoryError>) -> Int {
    if let count = quickRows(into: &band) { return count }
    // Bands of libpng have other rows: those that were made already are left out.
    var skipped = decoder == nil ? 0 : row
    let decoder: PNGDecoder<BufferSource>
    if let started = self.decoder { decoder = started } else { decoder = try PNG.start(file) }
    self.decoder = decoder
    while skipped < row { skipped += try decoder.readBand(into: &band, limit: row - skipped) }
    return try decoder.readBand(into: &band, limit: .max)
  }

  private func quickRows(into band: inout Scratch) -> Int? {
    guard quick != nil else { return nil }
    let count = try? quick?.next(into: &band)
    if count == nil { quick = nil }
    return count
  }
}
