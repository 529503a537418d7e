import CShims
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
  private static let ancillaryLimit = Int(IMGTOOL_PNG_CHUNK_BYTE_LIMIT)

  /// A chunk, its data not read yet.
  struct Chunk {
    /// Its four letters, the first one highest.
    var name: UInt32
    /// Where its data is.
    var data: Range<Int>
    /// The CRC-32 of the name.
    var nameSum: UInt32
    var isData: Bool { name == PNGChunkWriter.rowsName }
    /// `IEND`.
    var isEnd: Bool { name == 0x4945_4E44 }
    /// Whether libpng is told to skip it once its CRC is right.
    var isSkipped: Bool { imgtool_png_skips(name) }
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
    let head = try read(offset, PNGChunkWriter.prefix)
    let length = Int(UInt32(truncatingIfNeeded: head >> 32))
    let name = UInt32(truncatingIfNeeded: head)
    let start = offset + PNGChunkWriter.prefix
    let isData = name == PNGChunkWriter.rowsName
    guard length <= (isData ? dataLimit : Self.ancillaryLimit), length <= Int32.max,
      length <= buffer.byteCount - start - PNGChunkWriter.suffix
    else { throw PNGDoubt() }
    offset = start + length + PNGChunkWriter.suffix
    let letters = InlineArray<1, UInt32>(repeating: name.bigEndian)
    return Chunk(
      name: name, data: start..<start + length, nameSum: unsafe Deflater.crc32(letters.span.bytes))
  }

  /// The next IDAT; what stands before it is not looked at.
  mutating func nextData() throws(PNGDoubt) -> Chunk {
    var chunk = try next()
    while !chunk.isData { chunk = try next() }
    return chunk
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
