import CShims
import PixelMemory

/// libjpeg's reader of the bytes of a buffer.
@safe final class JPEGReader {
  /// What became of a file that is damaged or ends too early.
  struct State {
    /// What libjpeg said of the first damage.
    var damage: String?
    /// The scan in which the file has ended too early.
    var endedInScan: Int?
    /// Whether all rows are of each scan.
    var hasSeveralScans: Bool
  }

  private let relay: SourceRelay<BufferSource>
  private let reader: OpaquePointer

  /// - Parameter salvages: whether a file that is damaged or ends too early is not an error.
  init(_ source: BufferSource, salvages: Bool) throws(FormatError) {
    relay = SourceRelay(source)
    let context = unsafe relay.context
    guard let reader = unsafe imgtool_jpeg_reader_create(ReadRelay.callback, context, salvages)
    else { throw .memory(.outOfMemory(byteCount: 1 << 17)) }
    unsafe self.reader = reader
  }

  deinit { unsafe imgtool_jpeg_reader_destroy(reader) }

  /// The form of the rows: 1, 3 or 4 bytes for each pixel.
  func readHeader() throws(FormatError) -> (width: Int, height: Int, componentCount: Int) {
    var (width, height): (UInt32, UInt32) = (0, 0)
    var count: UInt8 = 0
    try check(unsafe imgtool_jpeg_read_header(reader, &width, &height, &count))
    return (Int(width), Int(height), Int(count))
  }

  func start() throws(FormatError) { try check(unsafe imgtool_jpeg_read_start(reader)) }

  /// Reads the next rows, packed.
  ///
  /// - Returns: how many there were; fewer than `count` only where the others are not known whole.
  func readRows(
    _ count: Int, rowByteCount: Int, into rows: inout Scratch
  ) throws(FormatError) -> Int {
    precondition(rows.byteCount >= count * rowByteCount, "no room for the rows")
    var found: UInt32 = 0
    let result = unsafe rows.withUnsafeMutableBytes { rows in
      unsafe imgtool_jpeg_read_rows(
        reader, rows.baseAddress?.assumingMemoryBound(to: UInt8.self), rowByteCount,
        UInt32(count), &found)
    }
    try check(result)
    return Int(found)
  }

  /// Reads the file to its end.
  ///
  /// - Returns: the offset behind it.
  func end() throws(FormatError) -> Int {
    var end: UInt64 = 0
    try check(unsafe imgtool_jpeg_read_end(reader, &end))
    return Int(end)
  }

  var state: State {
    let state = unsafe imgtool_jpeg_reader_state(reader)
    return State(
      damage: state.is_damaged ? message : nil,
      endedInScan: state.has_ended ? Int(state.scan_number) : nil,
      hasSeveralScans: state.has_several_scans)
  }

  /// libjpeg's words without those that introduce them.
  private var message: String {
    let words = unsafe String(cString: imgtool_jpeg_reader_message(reader))
    let start = "Corrupt JPEG data: "
    return words.hasPrefix(start) ? String(words.dropFirst(start.count)) : words
  }

  private func check(_ result: imgtool_jpeg_result) throws(FormatError) {
    switch result {
    case IMGTOOL_JPEG_OK: return
    case IMGTOOL_JPEG_MEMORY: throw .memory(.outOfMemory(byteCount: 0))
    case IMGTOOL_JPEG_TRUNCATED:
      throw .damaged(format: JPEG.name, reason: "it ends before its end marker (EOI)")
    case IMGTOOL_JPEG_SCANS:
      throw .tooLarge(
        format: JPEG.name, found: "a picture in so many scans",
        limit: "\(IMGTOOL_JPEG_SCAN_LIMIT) scans")
    case IMGTOOL_JPEG_SOURCE:
      if let failure = relay.failure { throw .memory(failure) }
      throw .damaged(format: JPEG.name, reason: "it cannot be read")
    default: throw .damaged(format: JPEG.name, reason: message)
    }
  }
}
