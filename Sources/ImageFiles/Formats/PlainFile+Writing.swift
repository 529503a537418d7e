import PixelMemory
import PixelViews

extension PlainFile {
  /// Writes the file: header, rows, trailer.
  ///
  /// Rows that stand in the buffer as the file wants them go from descriptor to descriptor; the
  /// others in bands that several threads encode and this one writes, in order.
  /// - Returns: what of the pixels was lost on the way.
  /// - Throws: ``FormatError`` from reading or writing.
  /// - Complexity: O(bytes); private memory of a few bands, or of a frame of planes and
  /// groups.
  package func write(
    _ image: Image, to output: inout OutputFile, threads: Int
  ) throws(FormatError) -> [Loss] {
    try write(header, to: &output)
    if let frameByteCount {
      let lossy = try writeFrame(image, byteCount: frameByteCount, to: &output, threads: threads)
      try write(trailer, to: &output)
      return lossy
    }
    let isBottomUp = layout.rowBits < 0
    do throws(FormatError) {
      try writeRows(
        isBottomUp ? image.upsideDown : image,
        as: isBottomUp ? layout.reoriented(.vertical) : layout, to: &output, threads: threads)
    } catch {
      if isBottomUp, case .view(let error) = error {
        throw .view(error.mirrored(height: image.height))
      }
      throw error
    }
    try write(trailer, to: &output)
    return []
  }

  private func write(_ bytes: [UInt8], to output: inout OutputFile) throws(FormatError) {
    guard !bytes.isEmpty else { return }
    do throws(OutputError) { try output.write(unsafe bytes.span.bytes) } catch {
      throw .output(error)
    }
  }

  /// Writes planes, of which each row of pixels has a part: they are put together in memory.
  private func writeFrame(
    _ image: Image, byteCount: Int, to output: inout OutputFile, threads: Int
  ) throws(FormatError) -> [Loss] {
    let frame: Buffer
    do throws(MemoryError) { frame = try Buffer(allocating: byteCount) } catch {
      throw .memory(error)
    }
    let lossy: [Loss]
    do throws(ViewError) {
      guard let places = layout.moved(by: -header.count) else {
        throw .overflow(width: layout.width, height: layout.height, stride: 0)
      }
      let target = try Image(buffer: frame, layout: places, format: format)
      try target.paste(image, x: 0, y: 0, threads: threads)
      lossy = target.takeLosses()
    } catch { throw .view(image.located(error, in: layout, threads: threads)) }
    do throws(OutputError) {
      try output.copy(from: frame, offset: 0, byteCount: byteCount, threads: threads)
    } catch { throw .output(error) }
    return lossy
  }

  private func writeRows(
    _ image: Image, as stored: Layout, to output: inout OutputFile, threads: Int
  ) throws(FormatError) {
    let encoder = RowEncoder(
      image: image, layout: stored, format: image.format, keepsColors: keepsColors)
    if encoder.isContiguous {
      do throws(OutputError) {
        try output.copy(
          from: image.buffer, offset: image.layout.offset,
          byteCount: encoder.rowByteCount * image.height, threads: threads)
      } catch { throw .output(error) }
      return
    }
    let fittingRows = PlainFile.bandByteCount / max(1, encoder.rowByteCount)
    let preferredRows = min(
      encoder.preferredRowCount, PlainFile.longestBandByteCount / max(1, encoder.rowByteCount))
    let rowsPerBand = max(1, min(image.height, max(fittingRows, preferredRows)))
    let bandCount = (image.height - 1) / rowsPerBand + 1
    let pool = TilePool()
    try Parallel.ordered(
      count: bandCount, threads: threads, window: threads + 2
    ) { index throws(FormatError) in
      let rows = index * rowsPerBand..<min(image.height, (index + 1) * rowsPerBand)
      let band = pool.take { TileMemory() }
      try encoder.encode(rows, into: &band.item)
      return band
    } consume: { _, band throws(FormatError) in
      do throws(OutputError) { try output.write(band.item.rows.bytes) } catch {
        throw .output(error)
      }
      pool.give(band)
    }
  }

  /// The bytes of a band: large enough for cheap system calls, small enough for the cache.
  private static let bandByteCount = 1 << 18
  /// Those of a band of more rows, where one row at a time would be slow.
  private static let longestBandByteCount = 1 << 22

  /// Whether a mapped image already is this file: the same header, layout and trailer at the same
  /// places. Saving the image onto the file it maps is then a flush.
  ///
  /// - Complexity: O(header and trailer).
  package func isAlready(_ image: Image) throws(FormatError) -> Bool {
    guard !image.isDerived, image.storedFormat == format, image.layout == layout,
      image.buffer.byteCount == byteCount
    else { return false }
    do throws(MemoryError) {
      guard try image.buffer.holds(header, at: 0) else { return false }
      return try image.buffer.holds(trailer, at: byteCount - trailer.count)
    } catch { throw .memory(error) }
  }
}

extension Buffer {
  /// Whether some bytes stand at an offset.
  fileprivate func holds(_ bytes: [UInt8], at offset: Int) throws(MemoryError) -> Bool {
    guard !bytes.isEmpty else { return true }
    var found = [UInt8](repeating: 0, count: bytes.count)
    do {
      var span = found.mutableSpan
      var target = unsafe span.mutableBytes
      try copyOut(Block(offset: offset, byteCount: bytes.count), to: &target)
    }
    return found == bytes
  }
}

extension RowEncoder {
  /// Encodes rows into memory that grows as far as they need.
  func encode(
    _ range: Range<Int>, into memory: inout TileMemory
  ) throws(FormatError) {
    try encode(range, into: &memory.rows, workspace: &memory.workspace)
  }

  private func encode(
    _ range: Range<Int>, into rows: inout Scratch, workspace: inout Workspace
  ) throws(FormatError) {
    do throws(MemoryError) {
      try rows.ensure(byteCount: range.count * rowByteCount)
    } catch { throw .memory(error) }
    do throws(ViewError) {
      var target = rows.mutableBytes
      try encode(rows: range, into: &target, workspace: &workspace)
    } catch { throw .view(error) }
  }
}
