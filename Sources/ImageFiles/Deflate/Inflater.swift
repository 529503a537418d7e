import CZlib
import PixelMemory

/// zlib's decompressor (RFC 1950), fed and emptied in pieces.
@safe struct Inflater: ~Copyable {
  // zlib's state points back at the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  /// Whether the stream's last byte was taken.
  private(set) var isEnded = false

  /// What zlib's window needs.
  private static let windowByteCount = 1 << 15

  /// - Throws: `DeflateError.memory` when there is none for zlib's window.
  init() throws(DeflateError) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      unsafe stream.deallocate()
      throw .memory(.outOfMemory(byteCount: Self.windowByteCount))
    }
    unsafe self.stream = stream
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Inflates as much of `input` as `output` has room for.
  ///
  /// - Returns: how many bytes were taken and how many were made.
  /// - Throws: `DeflateError.library` where the data is damaged.
  mutating func inflate(
    _ input: RawSpan, into output: inout MutableRawSpan
  ) throws(DeflateError) -> (taken: Int, made: Int) {
    let stream = unsafe self.stream
    let room = min(output.byteCount, Int(UInt32.max))
    let (code, taken, made) = unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        // zlib does not write to what it reads.
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(room)
        let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        return unsafe (
          code, input.count - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out)
        )
      }
    }
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isEnded = true
    case Z_MEM_ERROR: throw .memory(.outOfMemory(byteCount: Self.windowByteCount))
    default: throw .library("zlib", code: code)
    }
    return (taken, made)
  }
}
