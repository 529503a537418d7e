import CShims
import PixelMemory

/// A page as libtiff decodes it, strip by strip or tile by tile, in the hands of one thread at a time.
///
/// libtiff reads the file through a door of its buffer, and says nothing to anybody but this.
@safe final class TIFFDecoder: @unchecked Sendable {
  private let source: Buffer
  private var failure: MemoryError?
  private var tiff: OpaquePointer?
  /// The tile at hand.
  var tile = Scratch()

  init(_ source: Buffer, _ page: imgtool_tiff_page) throws(FormatError) {
    self.source = source
    unsafe tiff = nil
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe tiff = imgtool_tiff_open(
      { context, offset, bytes, count in
        let decoder = unsafe Unmanaged<TIFFDecoder>.fromOpaque(context!).takeUnretainedValue()
        return unsafe decoder.read(
          offset, UnsafeMutableRawBufferPointer(start: bytes, count: count))
      }, context, page)
    guard unsafe tiff != nil else { throw .memory(.outOfMemory(byteCount: 0)) }
    if let damage = try said() {
      throw .malformed(
        format: "tiff", offset: Int(page.directory), found: damage,
        expected: "a directory that libtiff reads")
    }
  }

  deinit { if let tiff = unsafe tiff { unsafe imgtool_tiff_close(tiff) } }

  /// Decodes all of a strip or tile into memory that has the bytes.
  ///
  /// - Returns: what libtiff finds wrong; the bytes are garbage then.
  @unsafe func decode(
    _ segment: Int, into bytes: UnsafeMutableRawPointer, byteCount: Int
  ) throws(FormatError) -> String? {
    let bytes = unsafe bytes.assumingMemoryBound(to: UInt8.self)
    unsafe imgtool_tiff_decode(tiff, UInt32(clamping: segment), bytes, byteCount)
    return try said()
  }

  /// Decodes the rows of whole strips or tiles as red, green, blue and alpha of 8 bits into memory that
  /// has the bytes.
  ///
  /// - Returns: as of ``decode(_:into:byteCount:)``.
  @unsafe func decode(
    rows: Range<Int>, into bytes: UnsafeMutableRawPointer
  ) throws(FormatError) -> String? {
    let pixels = unsafe bytes.assumingMemoryBound(to: UInt32.self)
    unsafe imgtool_tiff_decode_colors(tiff, UInt32(rows.lowerBound), UInt32(rows.count), pixels)
    return try said()
  }

  /// What libtiff said of the last call, if that failed.
  ///
  /// - Throws: why the file could not be read, which libtiff does not know.
  private func said() throws(FormatError) -> String? {
    if let failure { throw .memory(failure) }
    let message = unsafe String(cString: imgtool_tiff_message(tiff))
    return message.isEmpty ? nil : message
  }

  private func read(_ offset: UInt64, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
    var span = unsafe MutableRawSpan(_unsafeBytes: bytes)
    let block = Block(offset: Int(clamping: offset), byteCount: bytes.count)
    do { try source.copyOut(block, to: &span) } catch { failure = error }
    return failure == nil
  }
}
