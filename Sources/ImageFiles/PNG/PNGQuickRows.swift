import PixelMemory
import PixelViews

/// The rows of a PNG file one band after the other, without libpng.
struct PNGQuickRows: ~Copyable {
  private let height: Int
  private let rowByteCount: Int
  private var data: PNGDataReader
  private var inflater: Inflater
  private var unfilter: PNGRowUnfilter
  /// Filtered rows, and the past that the stream looks back at.
  private var filtered: Scratch
  private let room: Int
  private var sum: UInt32 = 1
  /// How many rows were read; where the next one starts, and where bytes end and begin.
  private(set) var row = 0
  private var rowStart = 0, made = 0, taken = ZlibHeader.byteCount
  private var stop = Inflater.Stop.room

  /// What is inflated at once, small enough for a processor's cache.
  private static let bandByteCount = 192 << 10

  /// - Throws: ``PNGDoubt`` for a stream that zlib could remember less of than this.
  init(_ header: PNGHeader, _ file: Buffer) throws(PNGDoubt) {
    do {
      let rowByteCount = header.rowByteCount
      guard let byteCount = (rowByteCount + 1).multiplied(by: header.height) else {
        throw PNGDoubt()
      }
      var data = try PNGDataReader(file, PNGChunkWalk(file, header))
      guard let start = try data.start(), start.remembers(byteCount) else { throw PNGDoubt() }
      let room =
        min(max(Self.bandByteCount, rowByteCount + 1), byteCount) + rowByteCount + 1
        + Inflater.windowByteCount
      let filtered = try Scratch(byteCount: room + Inflater.slack)
      let inflater = try Inflater()
      let unfilter = try PNGRowUnfilter(header)
      height = header.height
      self.rowByteCount = rowByteCount
      self.data = data
      self.inflater = inflater
      self.unfilter = unfilter
      self.filtered = filtered
      self.room = room
    } catch { throw PNGDoubt() }
  }

  /// Reads the next rows, packed; with the last one the file to its end.
  ///
  /// - Returns: how many there are, one at least.
  /// - Precondition: there is another row.
  mutating func next(into band: inout Scratch) throws(PNGDoubt) -> Int {
    do {
      let count = try wholeRows()
      try band.ensure(byteCount: count * rowByteCount)
      guard unfilter.unfilter(filtered, from: rowStart, count: count, into: &band) else {
        throw PNGDoubt()
      }
      row += count
      rowStart += count * (rowByteCount + 1)
      if row == height { try finish() }
      return count
    } catch { throw PNGDoubt() }
  }

  /// Inflates until a row is whole, or more.
  private mutating func wholeRows() throws -> Int {
    var count = 0
    while count == 0 {
      try inflate()
      count = (made - rowStart) / (rowByteCount + 1)
    }
    guard count <= height - row else { throw PNGDoubt() }
    return count
  }

  /// Makes room or gets input, whatever was wanted, and inflates.
  private mutating func inflate() throws {
    switch stop {
    case .room:
      let start = max(0, min(rowStart, made - Inflater.windowByteCount))
      filtered.moveToStart(start..<made)
      rowStart -= start
      made -= start
    case .input where !data.isWhole:
      try data.fill(keepingFrom: taken)
      taken = 0
    case .input, .damage, .end: throw PNGDoubt()
    }
    let before = made
    stop = inflater.inflate(
      data.bytes, from: &taken, to: data.end, isAll: data.isWhole, into: &filtered, from: &made,
      to: room)
    sum = Deflater.adler32(filtered.bytes.slice(before, made - before), after: sum)
  }

  /// Reads what follows the last row: no other bytes of the stream, its sum, the chunks up to IEND.
  private mutating func finish() throws {
    while stop != .end, rowStart == made { try inflate() }
    guard rowStart == made else { throw PNGDoubt() }
    try data.fill(keepingFrom: taken)
    guard data.adler == sum else { throw PNGDoubt() }
    try data.finish()
  }
}
