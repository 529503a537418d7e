import CShims
import PixelMemory
import PixelViews

/// Makes PNG files (ISO/IEC 15948) on several threads, in memory that does not grow with the image.
///
/// Bands of rows are filtered and deflated on their own, and joined into one zlib stream: each band
/// but the last ends with an empty stored block on a byte's end. No band looks at a row of another,
/// so rows that change meanwhile can tear a picture but never spoil the file, and each row is asked
/// for once.
package struct PNGEncoder: Sendable {
  package let header: PNGHeader
  private let extras: PNGExtras
  private let threads: Int
  private let plan: PNGBandPlan
  private let effort: PNGEffort
  private let road: imgtool_road

  /// The longest row, in bytes: a band of one row has to fit into a chunk, and some memory.
  package static let rowByteLimit = 1 << 30

  /// The version of libpng at run time, for `--version`.
  package static var libraryVersion: String { unsafe String(cString: imgtool_png_version()) }

  /// The libraries that deflate, for `--version`.
  package static var deflateLibrary: String { Deflater.libraries }

  /// - Parameters:
  ///   - extras: what is said beside the rows.
  ///   - level: 0 (stored) to 9 (smallest); `nil` for the best trade of time and size.
  ///   - threads: how many threads work, the calling one included.
  ///   - road: the instructions to use; the file does not depend on it.
  /// - Throws: `invalidHeader`; `tooLarge` for rows longer than `rowByteLimit`.
  /// - Precondition: `level` is `nil` or from 0 to 9; the header is not interlaced.
  package init(
    _ header: PNGHeader, extras: PNGExtras = .none, level: Int? = nil, threads: Int,
    road: imgtool_road = imgtool_processor_road()
  ) throws(PNGError) {
    precondition(level.map { (0...9).contains($0) } ?? true, "no such level")
    precondition(!header.isInterlaced, "interlaced images are only read")
    try header.validate()
    guard header.rowByteCount <= Self.rowByteLimit else {
      throw .tooLarge(byteCount: header.rowByteCount, limit: Self.rowByteLimit)
    }
    self.header = header
    self.extras = extras
    self.threads = threads
    effort = PNGEffort(level: level)
    plan = PNGBandPlan(header, effort: effort)
    self.road = road
  }

  /// Writes a file.
  ///
  /// - Parameters:
  ///   - sink: takes the file's bytes in order, on the calling thread.
  ///   - rows: fills packed rows as PNG has them: big-endian samples of 16 bits, samples below 8
  ///     bits packed from the high bit on. Called from several threads at once, once for each row.
  /// - Throws: what `rows` or `sink` throws; `outOfMemory`. The sink holds a part of the file then.
  /// - Complexity: O(pixels); memory for about `threads` + 2 bands of 2 MiB, or of one row.
  package func encode<Sink: ByteSink & ~Copyable, RowFailure: Error>(
    to sink: inout Sink,
    rows: @Sendable (Range<Int>, inout MutableRawSpan) throws(RowFailure) -> Void
  ) throws(PNGEncodingError<RowFailure, Sink.Failure>) {
    typealias Failure = PNGEncodingError<RowFailure, Sink.Failure>
    let (header, plan, effort, road) = (header, plan, effort, road)
    let makers = PNGBandMakers()
    let start: Scratch
    do throws(PNGError) { start = try makeHeader() } catch { throw .png(error) }
    do throws(Sink.Failure) { try sink.write(start.bytes) } catch { throw .sink(error) }
    var adler: UInt32 = 1
    try Parallel.ordered(
      count: plan.count, threads: threads, window: max(1, threads) + 2
    ) { (band) throws(Failure) -> PNGDeflatedBand in
      do throws(PNGBandError<RowFailure>) {
        return try makers.make(
          header, plan: plan, effort: effort, road: road, range: plan.rows(of: band),
          isLast: band == plan.count - 1, fill: rows)
      } catch {
        switch error {
        case .rows(let error): throw Failure.rows(error)
        case .png(let error): throw Failure.png(error)
        }
      }
    } consume: { (_, band) throws(Failure) in
      adler = Deflater.adler32(adler, joining: band.adler, byteCount: band.filteredByteCount)
      do throws(Sink.Failure) { try makers.write(band, to: &sink) } catch { throw .sink(error) }
    }
    let end: [UInt8]
    do throws(PNGError) {
      // The end of the zlib stream is only known when the last band is, so it has a chunk of its own.
      end = try PNGExtras.bytes(
        [Metadata.Chunk("IDAT", Int(adler).bytes(4, bigEndian: true))] + extras.afterRows
          + [Metadata.Chunk("IEND", [])])
    } catch { throw .png(error) }
    do throws(Sink.Failure) { try sink.write(unsafe end.span.bytes) } catch { throw .sink(error) }
  }

  private func makeHeader() throws(PNGError) -> Scratch {
    var block = try Scratch.checked(byteCount: 0)
    let byteCount = try PNGChunkWriter().write(header, into: &block)
    try block.resize(byteCount: byteCount)
    let early = try PNGExtras.bytes(extras.beforePalette)
    let late = try PNGExtras.bytes(extras.beforeRows)
    if early.isEmpty && late.isEmpty { return block }
    let head = Self.fixedByteCount
    var start = try Scratch.checked(byteCount: byteCount + early.count + late.count)
    var bytes = start.mutableBytes
    bytes.put(block.bytes.slice(0, head), at: 0)
    unsafe bytes.put(early.span.bytes, at: head)
    bytes.put(block.bytes.slice(head, byteCount - head), at: head + early.count)
    unsafe bytes.put(late.span.bytes, at: byteCount + early.count)
    return start
  }

  /// The signature and IHDR, which come before all else.
  private static var fixedByteCount: Int { 8 + 25 }
}

/// The workplaces of the threads, and the memory of bands that were written.
private struct PNGBandMakers: Sendable {
  private let makers = Pool<PNGBandMaker>()
  private let chunks = Pool<Scratch>()

  func make<Rows: Error>(
    _ header: PNGHeader, plan: PNGBandPlan, effort: PNGEffort, road: imgtool_road,
    range: Range<Int>, isLast: Bool,
    fill: (Range<Int>, inout MutableRawSpan) throws(Rows) -> Void
  ) throws(PNGBandError<Rows>) -> PNGDeflatedBand {
    try makers.lend { () throws(PNGBandError<Rows>) in
      do throws(PNGError) {
        return try PNGBandMaker(
          header, plan: plan, effort: effort, road: road, chunks: chunks)
      } catch { throw .png(error) }
    } _: { maker throws(PNGBandError<Rows>) in
      try maker.make(range, isLast: isLast, fill: fill)
    }
  }

  /// Writes a band; its memory serves the next one.
  func write<Sink: ByteSink & ~Copyable>(
    _ band: consuming PNGDeflatedBand, to sink: inout Sink
  ) throws(Sink.Failure) {
    try sink.write(band.chunk.bytes)
    chunks.give(band.chunk)
  }
}
