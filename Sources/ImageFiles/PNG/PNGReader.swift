import CShims
import PixelMemory

/// libpng's reader, and the source that it reads from.
@safe final class PNGReader<Source: ByteSource> {
  typealias Failure = PNGDecodingError<Source.Failure>

  private let relay: SourceRelay<Source>
  private let reader: OpaquePointer

  init(_ source: Source) throws(Failure) {
    relay = SourceRelay(source)
    let context = unsafe relay.context
    guard let reader = unsafe imgtool_png_reader_create(ReadRelay.callback, context) else {
      throw .png(.outOfMemory(byteCount: 1 << 17))
    }
    unsafe self.reader = reader
  }

  deinit { unsafe imgtool_png_reader_destroy(reader) }

  func readHeader() throws(Failure) -> PNGHeader {
    var header = imgtool_png_header()
    try check(unsafe imgtool_png_read_header(reader, &header), .header)
    do { return try PNGHeader(header) } catch { throw .png(error) }
  }

  /// Fixes the form of the rows.
  ///
  /// - Throws: `library` when libpng's rows would differ from the header that memory was taken for.
  func start(expandsColorKey: Bool, expecting header: PNGHeader) throws(Failure) {
    var bitDepth: UInt8 = 0
    var colorType: UInt8 = 0
    var rowByteCount = 0
    let result = unsafe imgtool_png_read_start(
      reader, expandsColorKey, &bitDepth, &colorType, &rowByteCount)
    try check(result, .header)
    guard bitDepth == header.bitDepth, colorType == header.colorType.rawValue,
      rowByteCount == header.rowByteCount
    else {
      throw .png(.library(.header, message: "rows of \(rowByteCount) bytes are unexpected"))
    }
  }

  /// Reads the next rows, packed. The bits behind a row, and what no pass of an interlaced image has
  /// reached, are left as they are.
  func readRows(_ count: Int, rowByteCount: Int, into rows: inout Scratch) throws(Failure) {
    precondition(rows.byteCount >= count * rowByteCount, "no room for the rows")
    let result = unsafe rows.withUnsafeMutableBytes { rows in
      unsafe imgtool_png_read_rows(
        reader, rows.baseAddress?.assumingMemoryBound(to: UInt8.self), rowByteCount, UInt32(count))
    }
    try check(result, .rows)
  }

  /// Makes rows of all bytes that are there, where the file may end too early.
  func takeEachByte() { unsafe imgtool_png_take_each_byte(reader) }

  /// How many whole rows were read, of how many whole passes before.
  var progress: (pass: Int, row: Int) {
    var (pass, row): (Int32, UInt32) = (0, 0)
    unsafe imgtool_png_progress(reader, &pass, &row)
    return (Int(pass), Int(row))
  }

  func end() throws(Failure) { try check(unsafe imgtool_png_read_end(reader), .end) }

  private func check(_ result: imgtool_png_result, _ stage: PNGError.Stage) throws(Failure) {
    if result == IMGTOOL_PNG_OK { return }
    if result == IMGTOOL_PNG_SOURCE, let failure = relay.failure { throw .source(failure) }
    if result == IMGTOOL_PNG_TRUNCATED { throw .png(.truncated(stage)) }
    let message = unsafe String(cString: imgtool_png_reader_message(reader))
    throw .png(.library(stage, message: message))
  }
}
