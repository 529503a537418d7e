import PixelMemory
import PixelViews

/// The chunks of a PNG file in their order, as libpng takes them.
struct PNGChunkWalk {
  private let buffer: Buffer
  /// Where the next chunk starts.
  private(set) var offset: Int
  /// The most bytes that libpng takes for one IDAT of the image, or fewer.
  private let dataLimit: Int

  /// What libpng is told to take for any other chunk.
  private static let ancillaryLimit = 4 << 20
  /// A length and a name, and the CRC-32 behind the data.
  private static let frame = 8, suffix = 4

  /// A chunk, its data not read yet.
  struct Chunk {
    var name: String
    /// Where its data is.
    var data: Range<Int>
    /// The CRC-32 of the name.
    var nameSum: UInt32
    var isData: Bool { name == "IDAT" }
  }

  /// - Parameter header: what libpng read.
  init(_ buffer: Buffer, _ header: PNGHeader) {
    self.buffer = buffer
    dataLimit = max(header.byteCount ?? 0, Self.ancillaryLimit)
    offset = PNG.signature.count
  }

  /// The next chunk.
  ///
  /// - Throws: for a chunk that is larger than libpng allows, or than the file.
  mutating func next() throws(PNGDoubt) -> Chunk {
    let head = try read(offset, Self.frame)
    let length = Int(UInt32(truncatingIfNeeded: head >> 32))
    let word = UInt32(truncatingIfNeeded: head)
    let bytes = InlineArray<4, UInt8> { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) }
    let name = String.latin1((0..<4).map { bytes[$0] })
    let start = offset + Self.frame
    guard length <= (name == "IDAT" ? dataLimit : Self.ancillaryLimit), length <= Int32.max,
      length <= buffer.byteCount - start - Self.suffix
    else { throw PNGDoubt() }
    offset = start + length + Self.suffix
    return Chunk(
      name: name, data: start..<start + length, nameSum: unsafe Deflater.crc32(bytes.span.bytes))
  }

  /// The CRC-32 that stands behind a chunk.
  func sum(of chunk: Chunk) throws(PNGDoubt) -> UInt32 { try word(at: chunk.data.upperBound) }

  /// Four bytes of the file.
  func word(at offset: Int) throws(PNGDoubt) -> UInt32 {
    UInt32(truncatingIfNeeded: try read(offset, 4))
  }

  private func read(_ offset: Int, _ byteCount: Int) throws(PNGDoubt) -> UInt64 {
    guard offset >= 0, offset <= buffer.byteCount - byteCount else { throw PNGDoubt() }
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    do {
      var all = bytes.mutableSpan
      var span = unsafe all.mutableBytes
      try buffer.copyOut(Block(offset: offset, byteCount: byteCount), to: &span)
    } catch { throw PNGDoubt() }
    var value: UInt64 = 0
    for index in 0..<byteCount { value = value << 8 | UInt64(bytes[index]) }
    return value
  }
}
