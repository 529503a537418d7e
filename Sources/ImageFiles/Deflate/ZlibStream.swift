import CZlib
import PixelMemory

/// zlib's compressor for independent pieces of raw deflate.
@safe struct ZlibStream: ~Copyable {
  // zlib's state points back at the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var level: Int32

  /// zlib's default; more makes it slower, for its tables then leave the processor's cache.
  private static let memoryLevel: Int32 = 8

  /// What zlib gets at once: at its slowest it takes some hundredths of a second for that much.
  private static let portionByteCount = 1 << 14

  /// The library's version at run time.
  static var version: String { unsafe String(cString: zlibVersion()) }

  init(level: Int32) throws(DeflateError) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe deflateInit2_(
      stream, level, Z_DEFLATED, -MAX_WBITS, Self.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      unsafe stream.deallocate()
      // What zlib asks for with this window and memory level, by zconf.h.
      guard code == Z_MEM_ERROR else { throw .library("zlib", code: code) }
      throw .memory(.outOfMemory(byteCount: 1 << 18))
    }
    unsafe self.stream = stream
    self.level = level
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Deflates a piece, up to a byte's end.
  ///
  /// - Returns: How many bytes the piece became; `nil` when `output` has no room for them, or when
  ///   the work is to stop.
  mutating func deflate(
    _ input: RawSpan, into output: inout MutableRawSpan, level: Int32, isLast: Bool
  ) throws(DeflateError) -> Int? {
    try check(unsafe deflateReset(stream))
    if level != self.level {
      try check(unsafe deflateParams(stream, level, Z_DEFAULT_STRATEGY))
      self.level = level
    }
    let flush = isLast ? Z_FINISH : Z_SYNC_FLUSH
    let stream = unsafe self.stream
    let capacity = output.byteCount
    let (code, isWhole) = unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        // zlib does not write to what it reads.
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(capacity)
        unsafe stream.pointee.avail_in = 0
        var code = Z_OK
        var rest = input.count
        repeat {
          if Interruption.isAsked { return (Z_BUF_ERROR, false) }
          // What zlib makes of its input does not depend on the portions that it comes in.
          let portion = min(rest, Self.portionByteCount)
          rest -= portion
          unsafe stream.pointee.avail_in += UInt32(portion)
          code = unsafe CZlib.deflate(stream, rest == 0 ? flush : Z_NO_FLUSH)
        } while rest > 0 && code == Z_OK
        // A flush is whole only when room was left over.
        return unsafe (code, stream.pointee.avail_in == 0 && stream.pointee.avail_out > 0)
      }
    }
    if isLast {
      if code == Z_OK || code == Z_BUF_ERROR { return nil }
      guard code == Z_STREAM_END else { throw .library("zlib", code: code) }
    } else {
      guard code == Z_OK || code == Z_BUF_ERROR else { throw .library("zlib", code: code) }
      guard isWhole else { return nil }
    }
    return capacity - Int(unsafe stream.pointee.avail_out)
  }

  private func check(_ code: Int32) throws(DeflateError) {
    guard code == Z_OK else { throw .library("zlib", code: code) }
  }
}
