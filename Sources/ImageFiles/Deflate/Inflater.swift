import CShims
import PixelMemory

/// Reads a stream of raw deflate (RFC 1951) piece by piece, and refuses what zlib refuses.
@safe struct Inflater: ~Copyable, Sendable {
  /// How far back a stream may look.
  static let windowByteCount = Int(IMGTOOL_INFLATE_WINDOW)
  /// How many bytes behind the room may be written.
  static let slack = Int(IMGTOOL_INFLATE_SLACK)
  /// How many bytes behind the input may be read, whatever they are.
  static let padding = Int(IMGTOOL_INFLATE_PADDING)

  private var state: Scratch

  /// Why it went no further.
  enum Stop {
    /// More input is needed; or all of it has ended, between two blocks.
    case input
    case room
    /// The last block has ended.
    case end
    case damage
  }

  /// - Throws: `MemoryError.outOfMemory`.
  init() throws(MemoryError) {
    state = try Scratch(zeroed: MemoryLayout<imgtool_inflater>.size)
  }

  /// Starts a new stream.
  mutating func reset() {
    unsafe state.withUnsafeMutableBytes { state in
      let inflater = unsafe state.baseAddress!.assumingMemoryBound(to: imgtool_inflater.self)
      unsafe inflater.pointee.bits = 0
      unsafe inflater.pointee.bit_count = 0
      unsafe inflater.pointee.block = IMGTOOL_BLOCK_NONE
      unsafe inflater.pointee.is_last_block = false
    }
  }

  /// Inflates bytes of the input from `taken` to `end`, as far as there is room for what they become.
  ///
  /// Some of them are left for the next call unless they are `isAll` that there is.
  ///
  /// - Parameters:
  ///   - output: holds the stream's past before `made`, its last `windowByteCount` bytes or all of it.
  ///   - room: where to stop; up to `slack` bytes behind it are written.
  /// - Precondition: The input has `padding` bytes behind `end`, the output `slack` behind `room`.
  /// - Complexity: O(bytes).
  mutating func inflate(
    _ input: borrowing Scratch, from taken: inout Int, to end: Int, isAll: Bool,
    into output: inout Scratch, from made: inout Int, to room: Int
  ) -> Stop {
    precondition(
      taken >= 0 && taken <= end && end <= input.byteCount - Self.padding && made >= 0
        && made <= output.byteCount && room >= 0 && room <= output.byteCount - Self.slack,
      "no room to inflate")
    let stop = unsafe state.withUnsafeMutableBytes { state in
      unsafe input.bytes.withUnsafeBytes { input in
        unsafe output.withUnsafeMutableBytes { output in
          unsafe imgtool_inflate(
            state.baseAddress!.assumingMemoryBound(to: imgtool_inflater.self),
            input.baseAddress!.assumingMemoryBound(to: UInt8.self), &taken, end, isAll,
            output.baseAddress!.assumingMemoryBound(to: UInt8.self), &made, room)
        }
      }
    }
    switch stop {
    case IMGTOOL_INFLATE_INPUT: return .input
    case IMGTOOL_INFLATE_ROOM: return .room
    case IMGTOOL_INFLATE_END: return .end
    default: return .damage
    }
  }
}
