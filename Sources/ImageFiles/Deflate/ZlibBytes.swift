import CZlib

/// Zlib streams (RFC 1950) that are small enough to be had whole.
enum ZlibBytes {
  /// The first bytes of what a stream stands for, at most `limit` of them; `nil` when the stream is
  /// damaged before that.
  ///
  /// - Parameter whole: whether the stream must end within the limit.
  static func inflate(_ stream: [UInt8], limit: Int, whole: Bool) -> [UInt8]? {
    guard !stream.isEmpty, limit > 0, let input = UInt32(exactly: stream.count) else { return nil }
    var state = unsafe z_stream()
    guard
      unsafe inflateInit_(&state, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { unsafe inflateEnd(&state) }
    var output: [UInt8] = []
    var code = Z_OK
    unsafe stream.withUnsafeBufferPointer { bytes in
      // zlib does not write to what it reads.
      unsafe state.next_in = unsafe UnsafeMutablePointer(mutating: bytes.baseAddress)
      unsafe state.avail_in = input
      var piece = [UInt8](repeating: 0, count: min(limit, 1 << 16))
      while code == Z_OK, output.count < limit {
        let room = min(piece.count, limit - output.count)
        let count = unsafe piece.withUnsafeMutableBufferPointer { piece in
          unsafe state.next_out = piece.baseAddress
          unsafe state.avail_out = UInt32(room)
          code = unsafe CZlib.inflate(&state, Z_NO_FLUSH)
          return unsafe room - Int(state.avail_out)
        }
        if count == 0, code == Z_OK { break }
        output += piece.prefix(count)
      }
    }
    let isWhole = code == Z_STREAM_END
    return isWhole || !whole && output.count == limit ? output : nil
  }

  /// A stream of the bytes; `nil` when there is no memory.
  static func deflate(_ bytes: [UInt8]) -> [UInt8]? {
    let input = UInt(bytes.count)
    var count = compressBound(input)
    var output = [UInt8](repeating: 0, count: Int(count))
    let code = unsafe output.withUnsafeMutableBufferPointer { output in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe compress2(output.baseAddress, &count, bytes.baseAddress, input, 9)
      }
    }
    guard code == Z_OK else { return nil }
    return Array(output.prefix(Int(count)))
  }
}
