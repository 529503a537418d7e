import CZlib
import PixelMemory

/// Opens the end of a piece of raw deflate, so that others can follow: libraries that take whole buffers
/// always mark a last block.
///
/// The mark is a bit somewhere in the piece, which zlib's `inflate` finds when it stops between blocks.
@safe struct DeflateEnd: ~Copyable {
  // zlib's state points back at the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  /// What the piece stands for is written here, and forgotten.
  private var window: Scratch

  /// How many bytes a piece can grow by: the rest of a stored block's header, and its size.
  static let room = 5

  private static let windowByteCount = 1 << 16

  /// `inflate` says in `data_type` how many bits of the last byte are left, and where it stands.
  private enum Stop {
    static let bitsLeft: Int32 = 7
    static let isLast: Int32 = 64
    static let isBetweenBlocks: Int32 = 128
  }

  /// - Throws: `DeflateError.memory`.
  init() throws(DeflateError) {
    let window: Scratch
    do { window = try Scratch(byteCount: Self.windowByteCount) } catch { throw .memory(error) }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe inflateInit2_(
      stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      unsafe stream.deallocate()
      guard code == Z_MEM_ERROR else { throw .library("zlib", code: code) }
      throw .memory(.outOfMemory(byteCount: 1 << 16))
    }
    unsafe self.stream = stream
    self.window = window
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Takes the mark from the last block of a piece, and adds an empty stored block (RFC 1951, 3.2.4).
  ///
  /// - Returns: Where the piece ends.
  /// - Throws: `DeflateError.library` for what is not one whole piece.
  /// - Precondition: `output` has `room` bytes behind the piece.
  /// - Complexity: O(n): the piece is inflated.
  mutating func open(
    _ output: inout MutableRawSpan, _ start: Int, byteCount: Int
  ) throws(DeflateError) -> Int {
    var marked = output.slice(start, byteCount + Self.room)
    return try unsafe marked.withUnsafeMutableBytes { bytes throws(DeflateError) in
      let base = unsafe bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      let block = try unsafe lastBlock(base, byteCount)
      unsafe base[block.lowerBound / 8] &= ~(1 << UInt8(block.lowerBound % 8))
      // The three bits of the new block's header and what is left of their byte are zeros.
      let size = (block.upperBound + 3 + 7) / 8
      if size > byteCount { unsafe base[byteCount] = 0 }
      for (index, byte) in ([0, 0, 0xff, 0xff] as [UInt8]).enumerated() {
        unsafe base[size + index] = byte
      }
      return start + size + 4
    }
  }

  /// The last block of a piece, in bits.
  private mutating func lastBlock(
    _ base: UnsafeMutablePointer<UInt8>, _ byteCount: Int
  ) throws(DeflateError) -> Range<Int> {
    let code = unsafe inflateReset(stream)
    guard code == Z_OK else { throw .library("zlib", code: code) }
    let stream = unsafe stream
    unsafe stream.pointee.next_in = unsafe base
    unsafe stream.pointee.avail_in = UInt32(byteCount)
    var start = 0
    while true {
      let (code, kind) = unsafe window.withUnsafeMutableBytes { window in
        unsafe stream.pointee.next_out = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(window.count)
        let code = unsafe inflate(stream, Z_BLOCK)
        return unsafe (code, stream.pointee.data_type)
      }
      guard code == Z_OK else { throw .library("zlib", code: code) }
      if kind & Stop.isBetweenBlocks == 0 { continue }
      let at = unsafe Int(stream.pointee.total_in) * 8 - Int(kind & Stop.bitsLeft)
      if kind & Stop.isLast != 0 {
        guard (at + 7) / 8 == byteCount else { throw .library("zlib", code: Z_DATA_ERROR) }
        return start..<at
      }
      start = at
    }
  }
}
