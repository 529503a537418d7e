import PixelMemory
import PixelViews

/// The data of all IDAT of a file as one stream, of which a window is in memory; each chunk's CRC is
/// checked at its end.
struct PNGDataReader: ~Copyable {
  private let buffer: Buffer
  private var walk: PNGChunkWalk
  /// The chunk that is read, where its next byte is, and the CRC-32 up to there.
  private var chunk: PNGChunkWalk.Chunk
  private var offset: Int
  private var sum: UInt32
  /// The window. Bytes of the stream are those before `end`; `Inflater.padding` more follow.
  private(set) var bytes: Scratch
  private(set) var end = 0
  /// Whether the window holds the last bytes.
  var isWhole: Bool { !chunk.isData }

  private static let windowLimit = 128 << 10
  private let windowByteCount: Int

  /// Finds the first IDAT of a file whose header libpng has read.
  ///
  /// - Parameter walk: where to begin; what stands before the first IDAT is not looked at.
  init(_ buffer: Buffer, _ walk: PNGChunkWalk) throws(PNGDoubt) {
    var walk = walk
    let chunk = try walk.nextData()
    let windowByteCount = min(Self.windowLimit, buffer.byteCount)
    let bytes: Scratch
    do { bytes = try Scratch(byteCount: windowByteCount + Inflater.padding) } catch {
      throw PNGDoubt()
    }
    self.buffer = buffer
    self.walk = walk
    self.chunk = chunk
    (offset, sum) = (chunk.data.lowerBound, chunk.nameSum)
    self.windowByteCount = windowByteCount
    self.bytes = bytes
  }

  /// Fills the window for the first time.
  ///
  /// - Returns: what the stream starts with; `nil` for what is not a zlib stream.
  mutating func start() throws(PNGDoubt) -> ZlibHeader? {
    try fill(keepingFrom: 0)
    return ZlibHeader(bytes.bytes.slice(0, end))
  }

  /// Fills the window; bytes from `position` on move to its start, those before it go.
  mutating func fill(keepingFrom position: Int) throws(PNGDoubt) {
    bytes.moveToStart(position..<end)
    end -= position
    while chunk.isData && end < windowByteCount {
      let count = min(chunk.data.upperBound - offset, windowByteCount - end)
      try read(count)
      end += count
      if offset == chunk.data.upperBound { try advance() }
    }
  }

  /// The bytes of the window, where they are the last four of the stream: its Adler-32.
  var adler: UInt32? {
    isWhole && end == 4 ? bytes.bytes.sample(0, as: UInt32.self).bigEndian : nil
  }

  /// Reads what follows the last IDAT, up to IEND.
  mutating func finish() throws(PNGDoubt) {
    precondition(isWhole)
    while !chunk.isEnd {
      guard chunk.isSkipped else { throw PNGDoubt() }
      end = 0
      while offset < chunk.data.upperBound {
        try read(min(chunk.data.upperBound - offset, windowByteCount))
      }
      try advance()
    }
    guard chunk.data.isEmpty, try walk.sum(of: chunk) == sum else { throw PNGDoubt() }
  }

  /// Reads bytes of the chunk to the window's end.
  private mutating func read(_ count: Int) throws(PNGDoubt) {
    let (buffer, offset, end) = (buffer, offset, end)
    var all = bytes.mutableBytes
    var part = all.slice(end, count)
    do { try buffer.copyOut(Block(offset: offset, byteCount: count), to: &part) } catch {
      throw PNGDoubt()
    }
    sum = Deflater.crc32(bytes.bytes.slice(end, count), after: sum)
    self.offset += count
  }

  private mutating func advance() throws(PNGDoubt) {
    guard try walk.sum(of: chunk) == sum else { throw PNGDoubt() }
    chunk = try walk.next()
    (offset, sum) = (chunk.data.lowerBound, chunk.nameSum)
  }
}
