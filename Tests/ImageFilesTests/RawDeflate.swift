import CZlib

/// What zlib makes of raw deflate (RFC 1951).
enum RawDeflate {
  /// A stream that zlib read to its end.
  struct Read: Equatable {
    var bytes: [UInt8]
    /// How many bytes of the stream it took.
    var taken: Int
  }

  /// - Returns: `nil` for a stream that is damaged, not ended, or of more than `byteLimit` bytes.
  static func read(_ stream: [UInt8], byteLimit: Int) -> Read? {
    var state = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(&state, -15, ZLIB_VERSION, size) == Z_OK else { return nil }
    defer { unsafe inflateEnd(&state) }
    var (stream, output) = (stream, [UInt8](repeating: 0, count: byteLimit + 1))
    let code = unsafe stream.withUnsafeMutableBufferPointer { stream in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe state.next_in = stream.baseAddress
        unsafe state.avail_in = UInt32(stream.count)
        unsafe state.next_out = output.baseAddress
        unsafe state.avail_out = UInt32(output.count)
        return unsafe inflate(&state, Z_FINISH)
      }
    }
    guard code == Z_STREAM_END else { return nil }
    return unsafe Read(
      bytes: Array(output.prefix(Int(state.total_out))), taken: Int(state.total_in))
  }
}
