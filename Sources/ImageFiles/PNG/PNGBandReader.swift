import PixelMemory
import PixelViews

/// Reads the rows of files like those of ``PNGEncoder`` on several threads: each IDAT is a band of rows
/// whose bytes look back at nothing before it and end on a byte's end, and the last IDAT is the Adler-32.
///
/// Nothing in the file has to say so: each band proves it. If one does not, ``PNGQuickRows`` reads the file.
struct PNGBandReader {
  private let header: PNGHeader
  private let file: Buffer
  private let bands: [PNGChunkWalk.Chunk]
  /// In front of the last IDAT.
  private let end: PNGChunkWalk

  /// Larger bands are read by one thread, in less memory.
  private static let byteLimit = 4 << 20
  private static let countLimit = 1 << 16
  /// What a piece of deflate ends with that others can follow: the last bytes of an empty stored block.
  private static let seam: UInt32 = 0x0000_ffff

  /// - Returns: `nil` when the chunks are not those of bands.
  init?(_ header: PNGHeader, _ file: Buffer) throws(PNGDoubt) {
    self.header = header
    self.file = file
    var walk = PNGChunkWalk(file, header)
    var chunk = try walk.nextData()
    guard chunk.data.count > 4, try walk.word(at: chunk.data.upperBound - 4) == Self.seam else {
      return nil
    }
    var bands: [PNGChunkWalk.Chunk] = []
    var end = walk
    while chunk.isData {
      guard bands.count < min(header.height + 1, Self.countLimit),
        chunk.data.count <= Self.byteLimit
      else { return nil }
      bands.append(chunk)
      let next = walk
      chunk = try walk.next()
      if chunk.isData { end = next }
    }
    guard bands.popLast()?.data.count == 4, bands.count > 1 else { return nil }
    self.bands = bands
    self.end = end
  }

  /// The rows, packed.
  ///
  /// - Throws: ``PNGDoubt``, and gives no row, if a band is not as it has to be.
  /// - Complexity: O(pixels); memory for a band and its file's bytes for each thread, beside the rows.
  func rows(threads: Int) throws(PNGDoubt) -> Buffer {
    do {
      let (header, file, bands) = (header, file, bands)
      let rowByteCount = header.rowByteCount
      let rows = try Buffer(allocating: rowByteCount * header.height)
      let makers = Pool<Maker>()
      // The first one says how many rows a band has.
      let first = try makers.lend { () throws(any Error) in
        try Maker(header)
      } _: { maker in
        try maker.read(bands[0], of: file, rows: nil, from: 0, isLast: false, into: rows)
      }
      let rowsPerBand = first.rowCount
      guard (header.height - 1) / rowsPerBand == bands.count - 1 else { throw PNGDoubt() }
      var sum = first.sum
      try Parallel.ordered(
        count: bands.count - 1, threads: threads, window: threads + 2
      ) { (index) throws(any Error) -> Band in
        let range = (index + 1) * rowsPerBand..<min(header.height, (index + 2) * rowsPerBand)
        return try makers.lend { () throws(any Error) in
          try Maker(header)
        } _: { maker in
          try maker.read(
            bands[index + 1], of: file, rows: range.count, from: range.lowerBound,
            isLast: index + 2 == bands.count, into: rows)
        }
      } consume: { (_, band) throws(any Error) in
        sum = Deflater.adler32(
          sum, joining: band.sum, byteCount: band.rowCount * (rowByteCount + 1))
      }
      var data = try PNGDataReader(file, end)
      try data.fill(keepingFrom: 0)
      guard data.adler == sum else { throw PNGDoubt() }
      try data.finish()
      return rows
    } catch { throw PNGDoubt() }
  }

  /// What was read of a band.
  private struct Band: Sendable {
    var rowCount: Int
    /// The Adler-32 of its filtered rows.
    var sum: UInt32
  }

  /// The private memory in which one thread reads bands.
  private struct Maker: ~Copyable, Sendable {
    private let rowByteCount: Int
    private var input = Scratch()
    private var filtered = Scratch()
    private var rows = Scratch()
    private var inflater: Inflater
    private var unfilter: PNGRowUnfilter

    init(_ header: PNGHeader) throws(MemoryError) {
      let inflater = try Inflater()
      let unfilter = try PNGRowUnfilter(header)
      rowByteCount = header.rowByteCount
      self.inflater = inflater
      self.unfilter = unfilter
    }

    /// Reads a band.
    ///
    /// - Parameters:
    ///   - count: how many rows it has; `nil` for the first one, where they are counted.
    ///   - row: its first row.
    ///   - image: takes the rows.
    mutating func read(
      _ chunk: PNGChunkWalk.Chunk, of file: Buffer, rows count: Int?, from row: Int,
      isLast: Bool, into image: Buffer
    ) throws -> Band {
      let end = chunk.data.count
      try input.ensure(byteCount: end + max(4, Inflater.padding))
      var bytes = input.mutableBytes
      try file.copyOut(Block(offset: chunk.data.lowerBound, byteCount: end + 4), to: &bytes)
      guard
        Deflater.crc32(input.bytes.slice(0, end), after: chunk.nameSum)
          == input.bytes.slice(end, 4).sample(0, as: UInt32.self).bigEndian
      else { throw PNGDoubt() }
      var taken = 0
      if row == 0 {
        guard let header = ZlibHeader(input.bytes.slice(0, end)),
          header.windowByteCount == Inflater.windowByteCount
        else { throw PNGDoubt() }
        taken = ZlibHeader.byteCount
      }
      let room = count.map { $0 * (rowByteCount + 1) + 1 } ?? PNGBandReader.byteLimit
      try filtered.ensure(byteCount: room + Inflater.slack)
      var made = 0
      inflater.reset()
      let stop = inflater.inflate(
        input, from: &taken, to: end, isAll: true, into: &filtered, from: &made, to: room)
      let rowCount = made / (rowByteCount + 1)
      // The row above the first one is in another band, so its filter must not look there.
      guard stop == (isLast ? .end : .input), taken == end, made < room,
        made == rowCount * (rowByteCount + 1), rowCount == count ?? max(1, rowCount),
        row == 0 || filtered.bytes.sample(0, as: UInt8.self) < 2
      else { throw PNGDoubt() }
      try rows.ensure(byteCount: rowCount * rowByteCount)
      unfilter.reset()
      guard unfilter.unfilter(filtered, from: 0, count: rowCount, into: &rows) else {
        throw PNGDoubt()
      }
      try image.copyIn(
        Block(offset: row * rowByteCount, byteCount: rowCount * rowByteCount), from: rows.bytes)
      return Band(rowCount: rowCount, sum: Deflater.adler32(filtered.bytes.slice(0, made)))
    }
  }
}
