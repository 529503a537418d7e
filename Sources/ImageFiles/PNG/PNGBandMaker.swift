import CShims
import PixelMemory

/// A band of rows as the file holds it: one IDAT chunk.
struct PNGDeflatedBand: ~Copyable, Sendable {
  var chunk: Scratch
  /// The Adler-32 of the filtered rows, and how many bytes they have.
  var adler: UInt32
  var filteredByteCount: Int
}

/// Why a band could not be made.
enum PNGBandError<Rows: Error>: Error {
  case rows(Rows)
  case png(PNGError)
}

/// The private memory in which one thread makes bands.
struct PNGBandMaker: ~Copyable, @unchecked Sendable {
  private let rowByteCount: Int
  private let isPredictable: Bool
  private let effort: PNGEffort
  private var rows: Scratch
  private var filtered: Scratch
  private let rowFilter: PNGRowFilter
  private var heuristic: PNGBandHeuristic
  private var ladder: PNGBandLadder
  private var deflater: Deflater
  private let chunks: Pool<Scratch>

  /// What zlib's streams start with (RFC 1950): deflate with a window of 32 KiB.
  private static let zlibHeader: UInt16 = 0x789c

  /// - Parameter chunks: where the memory of the bands comes from.
  /// - Throws: `PNGError.outOfMemory`.
  init(
    _ header: PNGHeader, plan: PNGBandPlan, effort: PNGEffort, road: imgtool_road,
    chunks: Pool<Scratch>
  ) throws(PNGError) {
    let rowByteCount = header.rowByteCount
    let rows = try Scratch.checked(byteCount: plan.rowsPerBand * rowByteCount)
    let filtered = try Scratch.checked(byteCount: plan.rowsPerBand * (rowByteCount + 1))
    self.rowByteCount = rowByteCount
    isPredictable = header.isPredictable
    self.effort = effort
    self.rows = rows
    self.filtered = filtered
    rowFilter = PNGRowFilter(
      rowByteCount: rowByteCount, pixelBitCount: header.pixelBitCount, road: road)
    deflater = Deflater(road: road)
    heuristic = PNGBandHeuristic(header)
    ladder = PNGBandLadder(header)
    self.chunks = chunks
  }

  /// Makes a band of rows that `fill` gives, packed.
  mutating func make<Rows: Error>(
    _ range: Range<Int>, isLast: Bool,
    fill: (Range<Int>, inout MutableRawSpan) throws(Rows) -> Void
  ) throws(PNGBandError<Rows>) -> PNGDeflatedBand {
    let byteCount = range.count * rowByteCount
    do {
      var all = rows.mutableBytes
      var part = all._mutatingExtracting(first: byteCount)
      do throws(Rows) { try fill(range, &part) } catch { throw .rows(error) }
    }
    do throws(PNGError) {
      return try deflate(
        rowCount: range.count, isFirst: range.lowerBound == 0, isLast: isLast)
    } catch {
      throw .png(error)
    }
  }

  private mutating func deflate(
    rowCount: Int, isFirst: Bool, isLast: Bool
  ) throws(PNGError) -> PNGDeflatedBand {
    if case .thorough(let level) = effort {
      return try deflateThoroughly(
        level: level, rowCount: rowCount, isFirst: isFirst, isLast: isLast)
    }
    let filtering = isPredictable && effort != .stored ? PNGFiltering.adaptive : .none
    rowFilter.filter(rows, 0..<rowCount, into: &filtered, filtering: filtering)
    let choice = try heuristic.choose(
      effort, rows: rows, rowCount: rowCount, filtered: filtered, rowFilter: rowFilter,
      deflater: &deflater)
    if choice.filtering != filtering {
      rowFilter.filter(rows, 0..<rowCount, into: &filtered, filtering: choice.filtering)
    }
    let range = 0..<rowCount * (rowByteCount + 1)
    let start = PNGChunkWriter.prefix + (isFirst ? 2 : 0)
    let chunk = try deflate(range, choice.deflating, start: start, isLast: isLast)
    return framed(chunk, range, isFirst: isFirst)
  }

  /// Tries all methods that are promising, and keeps what is smallest.
  private mutating func deflateThoroughly(
    level: Int, rowCount: Int, isFirst: Bool, isLast: Bool
  ) throws(PNGError) -> PNGDeflatedBand {
    let choice = try ladder.choose(
      level: level, rows: rows, rowCount: rowCount, rowFilter: rowFilter, deflater: &deflater)
    rowFilter.filter(rows, 0..<rowCount, into: &filtered, filtering: choice.filtering)
    let range = 0..<rowCount * (rowByteCount + 1)
    let start = PNGChunkWriter.prefix + (isFirst ? 2 : 0)
    var best = try deflate(range, .runs, start: start, isLast: isLast)
    for method in choice.methods {
      let other = try deflate(range, method, start: start, isLast: isLast)
      if other.byteCount < best.byteCount {
        chunks.give(best)
        best = other
      } else {
        chunks.give(other)
      }
    }
    return framed(best, range, isFirst: isFirst)
  }

  private func framed(
    _ band: consuming Scratch, _ range: Range<Int>, isFirst: Bool
  ) -> PNGDeflatedBand {
    var chunk = band
    if isFirst {
      var bytes = chunk.mutableBytes
      bytes.storeBytes(
        of: Self.zlibHeader.bigEndian, toByteOffset: PNGChunkWriter.prefix, as: UInt16.self)
    }
    PNGChunkWriter.frameRows(in: &chunk)
    return PNGDeflatedBand(
      chunk: chunk, adler: Deflater.adler32(filtered.bytes.extracting(range)),
      filteredByteCount: range.count)
  }

  /// A chunk without its frame, and with room for `start` bytes before the data.
  private mutating func deflate(
    _ range: Range<Int>, _ method: DeflateMethod, start: Int, isLast: Bool
  ) throws(PNGError) -> Scratch {
    var chunk = chunks.take()
    try chunk.resize(
      byteCount: start + Deflater.capacity(for: range.count) + PNGChunkWriter.suffix)
    let byteCount: Int
    do throws(DeflateError) {
      byteCount = try deflater.deflate(
        filtered, range, into: &chunk, at: start, method: method, isLast: isLast)
    } catch { throw PNGError(error) }
    try chunk.resize(byteCount: start + byteCount + PNGChunkWriter.suffix)
    return chunk
  }
}
