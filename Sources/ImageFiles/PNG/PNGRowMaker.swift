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
    if PNGQuickReader(header, rowHeader: decoder.rowHeader) != nil {
      quick = try? PNGQuickRows(header, file)
    }
    self.decoder = quick == nil ? decoder : nil
  }

  func restart() {
    row = 0
    if quick != nil { quick = try? PNGQuickRows(header, file) }
    decoder = nil
  }

  func next(into band: inout Scratch) throws(MemoryError) -> Int {
    precondition(row < header.height, "no row is left")
    let count: Int
    if let quick = quickRows(into: &band) {
      count = quick
    } else {
      count = try checkedRows(into: &band)
    }
    row += count
    return count * rowByteCount
  }

  private func quickRows(into band: inout Scratch) -> Int? {
    guard quick != nil else { return nil }
    let count = try? quick?.next(into: &band)
    if count == nil { quick = nil }
    return count
  }

  private func checkedRows(into band: inout Scratch) throws(MemoryError) -> Int {
    do throws(FormatError) {
      // The bands of libpng's are others: rows that were made already are left out.
      var skipped = decoder == nil ? 0 : row
      let decoder: PNGDecoder<BufferSource>
      if let started = self.decoder {
        decoder = started
      } else {
        decoder = try PNG.decoder(file, salvages: false)
      }
      self.decoder = decoder
      while skipped < row { skipped += try rows(row - skipped, of: decoder, into: &band) }
      return try rows(.max, of: decoder, into: &band)
    } catch {
      if case .memory(let error) = error { throw error }
      throw .unmade(path: file.origin.path, reason: error.finding)
    }
  }

  private func rows(
    _ limit: Int, of decoder: PNGDecoder<BufferSource>, into band: inout Scratch
  ) throws(FormatError) -> Int {
    do throws(PNGDecodingError<MemoryError>) {
      return try decoder.readBand(into: &band, limit: limit)
    } catch { throw FormatError(error) }
  }
}
