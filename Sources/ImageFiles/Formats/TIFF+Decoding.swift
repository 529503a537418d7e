import CShims
import PixelMemory
import PixelViews

extension TIFF {
  /// How a page that is not shown in place comes into private memory: plane after plane, in rows
  /// without gaps.
  struct Decoding: Sendable {
    /// With the bits and the planes that come out.
    private(set) var segments: Segments
    /// What comes out, in the processor's byte order.
    let samples: Samples
    /// Where the page's directory stands.
    let directory: Int
    /// The colors behind indices that are not kept, ``Samples/pixelBits`` each.
    let colors: [UInt8]
    let threads: Int
    /// Of the result, in bytes.
    let planes: Planes
    private let byteCount: Int
  }
}

extension TIFF.Decoding {
  /// - Throws: `FormatError.unsupported` for what libtiff does not read, `needsLibrary` without it,
  ///   `tooLarge` when 64 bits cannot count the pixels.
  init(
    _ segments: TIFF.Segments, _ samples: TIFF.Samples, directory: Int, colors: [UInt8],
    threads: Int
  ) throws(FormatError) {
    try segments.compression.check(segments.copyReason(samples))
    self.samples = samples.decoded
    self.segments = segments
    if samples.source == .colors {
      (self.segments.pixelBits, self.segments.shownPlaneCount) = (self.samples.pixelBits, 1)
    }
    self.directory = directory
    self.colors = colors
    // The old kind of JPEG is a stream through all strips.
    self.threads = segments.compression == .oldJPEG ? 1 : threads
    let stride = (segments.width * self.samples.pixelBits).inBytesRoundedUp
    let (planeCount, width, height) = (
      self.segments.shownPlaneCount, segments.width, segments.height
    )
    guard let bits = stride.multiplied(by: height)?.multiplied(by: planeCount.inBits) else {
      throw .tooLarge(format: "tiff", found: "\(width)x\(height)", limit: "\(Int.max) bits")
    }
    byteCount = bits.inWholeBytes
    planes = TIFF.Planes(starts: (0..<planeCount).map { $0 * stride * height }, stride: stride)
  }

  /// The pixels in private memory.
  ///
  /// - Throws: `FormatError.tooLarge` beyond the limits, `malformed` where libtiff finds damage.
  /// - Complexity: O(pixels), on all threads.
  func decode(_ source: Buffer, limits: Limits) throws(FormatError) -> Buffer {
    let (width, height) = (segments.width, segments.height)
    try limits.check("tiff", width: width, height: height, byteCount: byteCount)
    let segmentByteCount =
      segments.segmentRowByteCount.multiplied(by: segments.segmentHeight) ?? .max
    try limits.check(
      "tiff", width: segments.segmentWidth, height: segments.segmentHeight,
      byteCount: segmentByteCount)
    // A pixel of four bytes has at least one of YCbCr, and colors are as long as they are.
    let inside = samples.source == .samples ? max(byteCount, segmentByteCount) : byteCount / 6
    if let ratio = segments.compression.greatestRatio, inside / ratio > source.byteCount {
      throw .malformed(
        format: "tiff", offset: 0, found: "a file of \(source.byteCount.bytes)",
        expected: "bytes for \(width)x\(height) pixels, which need \(byteCount) unpacked")
    }
    let page = imgtool_tiff_page(
      byte_count: UInt64(source.byteCount), directory: UInt64(directory),
      // Some of libtiff's decoders widen all samples of a segment first.
      memory_limit: segmentByteCount.multiplied(by: 16)?.added(to: source.byteCount + 1 << 20)
        ?? .max,
      row_byte_count: samples.source == .colors ? 0 : segments.segmentRowByteCount)
    let target = try Buffer.zeroed(
      byteCount: colors.isEmpty ? byteCount : segments.rowByteCount * height)
    let decoders = Pool<TIFFDecoder>()
    let count = (samples.source == .colors ? 1 : segments.across) * segments.down
    try Parallel.forEach(count: count * segments.shownPlaneCount, threads: threads) {
      index throws(FormatError) in
      try decoders.lend(
        or: { () throws(FormatError) in try TIFFDecoder(source, page) },
        { decoder throws(FormatError) in
          guard let damage = try decode(index, decoder, into: target) else { return }
          var reader = try TIFFReader(HeaderReader(source, format: "tiff"))
          // Where the offset is what is wrong, libtiff says so in other words.
          let start = try segments.start(samples.source == .colors ? 0 : index, &reader)
          throw .malformed(
            format: "tiff", offset: start, found: damage,
            expected: "the pixels of \(segments.segmentName) \(index)")
        })
    }
    return colors.isEmpty ? target : try lookUp(target)
  }

  /// - Returns: what libtiff finds wrong.
  private func decode(
    _ index: Int, _ decoder: TIFFDecoder, into target: Buffer
  ) throws(FormatError) -> String? {
    let (rowByteCount, stride) = (segments.segmentRowByteCount, segments.rowByteCount)
    if samples.source == .colors {
      let first = index * segments.segmentHeight
      let rows = first..<min(segments.height, first + segments.segmentHeight)
      return try unsafe decoder.decode(
        rows: rows, into: target.pointerForCallers(at: first * stride))
    }
    let (across, down) = (segments.across, segments.down)
    let y = index / across % down * segments.segmentHeight
    let rowCount = min(segments.segmentHeight, segments.height - y)
    let offset = (index / (across * down) * segments.height + y) * stride
    guard segments.isTiled else {
      return try unsafe decoder.decode(
        index, into: target.pointerForCallers(at: offset), byteCount: rowCount * rowByteCount)
    }
    var tile = Scratch()
    swap(&tile, &decoder.tile)
    defer { swap(&tile, &decoder.tile) }
    try tile.resize(segments.segmentHeight * rowByteCount)
    let damage = try unsafe tile.withUnsafeMutableBytes { bytes throws(FormatError) in
      try unsafe decoder.decode(index, into: bytes.baseAddress!, byteCount: bytes.count)
    }
    if damage != nil { return damage }
    let left = (index % across * segments.segmentWidth * segments.pixelBits).byteIndex
    let used = min(rowByteCount, stride - left)
    for row in 0..<rowCount {
      try target.store(
        Block(offset: offset + row * stride + left, byteCount: used),
        from: tile.bytes.slice(row * rowByteCount, used))
    }
    return nil
  }

  /// The colors of indices of 16 bits.
  private func lookUp(_ indices: Buffer) throws(FormatError) -> Buffer {
    let size = samples.pixelBits.inWholeBytes
    let target = try Buffer.zeroed(byteCount: byteCount)
    var row = Scratch()
    var shown = Scratch()
    try shown.resize(planes.stride)
    for y in 0..<segments.height {
      try row.load(
        Block(offset: y * segments.rowByteCount, byteCount: segments.rowByteCount), from: indices)
      var bytes = shown.mutableBytes
      for x in 0..<segments.width {
        let index = Int(row.bytes.sample(x, as: UInt16.self))
        for byte in 0..<size { bytes.setSample(x * size + byte, to: colors[index * size + byte]) }
      }
      try target.store(
        Block(offset: y * planes.stride, byteCount: planes.stride), from: shown.bytes)
    }
    return target
  }
}
