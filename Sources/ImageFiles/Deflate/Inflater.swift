import CZlib
import PixelMemory
import PixelViews

/// zlib's decompressor (RFC 1950), fed and emptied in pieces.
@safe struct Inflater: ~Copyable {
  // zlib's state points back at the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isEnded = false

  /// - Throws: `FormatError.memory` when there is none for zlib's window.
  init() throws(FormatError) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      unsafe stream.deallocate()
      throw .memory(.outOfMemory(byteCount: 1 << 15))
    }
    unsafe self.stream = stream
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Fills `target` with the next bytes.
  ///
  /// - Returns: how many there were.
  /// - Throws: `FormatError.malformed` where the data is damaged.
  mutating func read(
    _ input: inout CompressedInput, _ target: inout MutableRawSpan
  ) throws(FormatError) -> Int {
    var written = 0
    while written < target.byteCount, !isEnded, try input.fill() {
      let position = input.position
      let room = min(target.byteCount - written, Int(UInt32.max))
      var code = Z_OK
      let stream = unsafe self.stream
      input.withPiece { piece in
        var part = target.slice(written, room)
        return unsafe piece.withUnsafeBytes { piece in
          unsafe part.withUnsafeMutableBytes { part in
            // zlib does not write to what it reads.
            unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
              mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe stream.pointee.avail_in = UInt32(piece.count)
            unsafe stream.pointee.next_out = part.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(room)
            code = unsafe inflate(stream, Z_NO_FLUSH)
            unsafe written += room - Int(stream.pointee.avail_out)
            return unsafe piece.count - Int(stream.pointee.avail_in)
          }
        }
      }
      switch code {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isEnded = true
      case Z_MEM_ERROR: throw .memory(.outOfMemory(byteCount: 1 << 15))
      default:
        throw .malformed(
          format: "tiff", offset: position, found: "damaged deflate data (zlib \(code))",
          expected: "a zlib stream")
      }
    }
    return written
  }
}
