import CShims
import PixelMemory

/// libjpeg's writer, whose bytes go to an output after each call.
@safe struct JPEGWriter: ~Copyable {
  private let writer: OpaquePointer

  init() throws(FormatError) {
    guard let writer = unsafe imgtool_jpeg_writer_create() else {
      throw .memory(.outOfMemory(byteCount: 1 << 16))
    }
    unsafe self.writer = writer
  }

  deinit { unsafe imgtool_jpeg_writer_destroy(writer) }

  func start(
    _ settings: imgtool_jpeg_settings, _ segments: [JPEG.Segment], to output: inout OutputFile
  ) throws(FormatError) {
    var settings = settings
    try check(unsafe imgtool_jpeg_write_start(writer, &settings))
    for segment in segments {
      let result = unsafe segment.bytes.withUnsafeBufferPointer { bytes in
        unsafe imgtool_jpeg_write_segment(
          writer, segment.marker, bytes.baseAddress, bytes.count)
      }
      try check(result)
    }
    try pass(to: &output)
  }

  /// Writes packed rows.
  func write(
    _ rows: borrowing Scratch, _ count: Int, rowByteCount: Int, to output: inout OutputFile
  ) throws(FormatError) {
    precondition(rows.byteCount >= count * rowByteCount, "there are not so many rows")
    let result = unsafe rows.bytes.withUnsafeBytes { rows in
      unsafe imgtool_jpeg_write_rows(
        writer, rows.baseAddress?.assumingMemoryBound(to: UInt8.self), rowByteCount,
        UInt32(count))
    }
    try check(result)
    try pass(to: &output)
  }

  func end(to output: inout OutputFile) throws(FormatError) {
    try check(unsafe imgtool_jpeg_write_end(writer))
    try pass(to: &output)
  }

  private func pass(to output: inout OutputFile) throws(FormatError) {
    var count = 0
    let bytes = unsafe imgtool_jpeg_writer_bytes(writer, &count)
    let span = unsafe RawSpan(
      _unsafeBytes: UnsafeRawBufferPointer(start: bytes, count: count))
    do throws(OutputError) { try output.write(span) } catch { throw .output(error) }
    unsafe imgtool_jpeg_writer_clear(writer)
  }

  private func check(_ result: imgtool_jpeg_result) throws(FormatError) {
    switch result {
    case IMGTOOL_JPEG_OK: return
    case IMGTOOL_JPEG_MEMORY: throw .memory(.outOfMemory(byteCount: 0))
    default:
      throw .cannotHoldValue(
        format: JPEG.name, reason: unsafe String(cString: imgtool_jpeg_writer_message(writer)))
    }
  }
}
