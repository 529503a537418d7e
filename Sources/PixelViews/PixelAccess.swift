import PixelMemory

/// One pixel of an image at a time, in as few steps as that takes: what is fixed about the image is
/// worked out once, and no memory is asked for. The pixel itself goes through the doors each time.
///
/// An image has none where its pixels are computed, where its layout has a grid, where a pixel's samples
/// lie far apart without being planes, or where words have bits that are left out; ``Image`` reads and writes those.
package final class PixelAccess: Sendable {
  /// Samples of the pixel that lie close together.
  private final class Part: Sendable {
    /// Bits from the pixel's origin to the first bit, and how many there are.
    let lowBit, bitCount: Int
    let codec: RowCodec
    /// Whether the stored bytes are the plain pixel, if they start on a byte.
    let isPlain: Bool

    init(_ pass: Transport.Pass, origin: Int, _ codec: RowCodec) {
      lowBit = pass.firstBit - origin
      bitCount = pass.bitCount
      self.codec = codec
      isPlain = codec.isIdentity && bitCount == codec.bandCount * codec.type.bitCount
    }

    /// The bytes that hold the samples of a pixel, and the bit of the first one where it starts.
    func place(_ origin: Int) -> (block: Block, phase: Int) {
      let start = origin + lowBit
      let bytes = (start..<start + bitCount).inBytes
      return (Block(offset: bytes.lowerBound, byteCount: bytes.count), start.bitInByte)
    }
  }

  private typealias Stored = InlineArray<32, UInt8>
  private typealias Plain = InlineArray<32, UInt8>

  package let bandCount: Int
  private let buffer: Buffer
  private let width, height, bitOffset, rowBits, pixelBits: Int
  private let parts: [Part]
  /// Where the bytes of each pixel stand from its origin, if they are its plain samples.
  private let plainRange: Range<Int>?
  private let type: SampleType
  private let isBilevel: Bool
  /// Whether samples within the limits can be stored as they are.
  private let isWritable: Bool
  private let lowest, highest: SIMD4<Double>

  package init?(_ image: Image) {
    let layout = image.layout
    let passes = image.transport.clusters.map(\.passes[0])
    // With the bits before their first one, the samples must fit into `Stored`.
    guard !image.isDerived, layout.grid == nil, !passes.isEmpty, !image.transport.hasStrayBits,
      passes.allSatisfy({ $0.bitCount <= 31.inBits })
    else { return nil }
    buffer = image.buffer
    (width, height) = (layout.width, layout.height)
    (bitOffset, rowBits, pixelBits) = (layout.bitOffset, layout.rowBits, layout.pixelBits)
    bandCount = image.mode.bandCount
    type = image.format.type
    parts = passes.map {
      Part(
        $0, origin: layout.bitOffset,
        image.transport.codec($0, pixelBits: layout.pixelBits, period: 1))
    }
    let isAligned = [bitOffset, rowBits, pixelBits, parts[0].lowBit].allSatisfy {
      $0.isWholeBytes
    }
    let (low, count) = (parts[0].lowBit.byteIndex, parts[0].bitCount.inWholeBytes)
    plainRange = isAligned && parts[0].isPlain ? low..<low + count : nil
    isBilevel = image.mode == .bilevel
    isWritable = image.readOnlyReason == nil && !image.transport.rounds
    var (lowest, highest) = (SIMD4<Double>(), SIMD4<Double>())
    // What is beyond them needs a closer look.
    let limit = type == .f32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    for band in 0..<bandCount {
      let range = image.range(band: band).clamped(to: -limit...limit)
      (lowest[band], highest[band]) = (range.lowerBound, range.upperBound)
    }
    (self.lowest, self.highest) = (lowest, highest)
  }

  @inline(__always)
  private func origin(x: Int, y: Int) throws(ViewError) -> Int {
    guard x >= 0, y >= 0, x < width, y < height else {
      throw .outside(
        Rectangle(x: x, y: y, width: 1, height: 1), width: width, height: height)
    }
    return bitOffset + y * rowBits + x * pixelBits
  }

  /// The samples of a pixel, as the buffer has them now; zeros after the last band.
  ///
  /// - Throws: as ``Image/pixel(x:y:)``.
  package func pixel(x: Int, y: Int) throws(ViewError) -> SIMD4<Double> {
    let origin = try origin(x: x, y: y)
    var plain = Plain(repeating: 0)
    var plainSpan = plain.mutableSpan
    var plainBytes = unsafe plainSpan.mutableBytes
    if let plainRange {
      let block = Block(
        offset: origin.byteIndex + plainRange.lowerBound, byteCount: plainRange.count)
      do throws(MemoryError) { try buffer.copyOut(block, to: &plainBytes) } catch {
        throw .memory(error)
      }
    } else {
      try decode(x: x, y: y, origin: origin, to: &plainBytes)
    }
    var samples = SIMD4<Double>()
    let stored = plainBytes.bytes
    for band in 0..<bandCount { samples[band] = stored.number(band, as: type) }
    return samples
  }

  private func decode(
    x: Int, y: Int, origin: Int, to plain: inout MutableRawSpan
  ) throws(ViewError) {
    for part in parts {
      let (block, phase) = part.place(origin)
      var stored = Stored(repeating: 0)
      var storedSpan = stored.mutableSpan
      var storedBytes = unsafe storedSpan.mutableBytes
      do throws(MemoryError) { try buffer.copyOut(block, to: &storedBytes) } catch {
        throw .memory(error)
      }
      let failure = part.codec.decode(
        count: 1, from: storedBytes.bytes, startBit: phase, to: &plain)
      if failure != nil { throw .notRepresentable(x: x, y: y) }
    }
  }

  /// Sets a pixel in the buffer, after it has taken disk space for it where the file has a hole.
  ///
  /// - Returns: false for samples that ``Image/put(x:y:_:)`` has to look at, or refuses.
  /// - Throws: as ``Image/put(x:y:_:)``.
  package func put(x: Int, y: Int, _ samples: SIMD4<Double>) throws(ViewError) -> Bool {
    guard isWritable, takes(samples) else { return false }
    let origin = try origin(x: x, y: y)
    var plain = Plain(repeating: 0)
    var plainSpan = plain.mutableSpan
    var plainBytes = unsafe plainSpan.mutableBytes
    for band in 0..<bandCount { plainBytes.setNumber(band, to: samples[band], as: type) }
    if let plainRange {
      let block = Block(
        offset: origin.byteIndex + plainRange.lowerBound, byteCount: plainRange.count)
      do throws(MemoryError) {
        try buffer.reserve(block.offset..<block.offset + plainRange.count)
        try buffer.copyIn(block, from: plainBytes.bytes)
      } catch { throw .memory(error) }
      return true
    }
    for part in parts {
      let (block, phase) = part.place(origin)
      do throws(MemoryError) {
        try buffer.reserve(block.offset..<block.offset + block.rowByteCount)
        var stored = Stored(repeating: 0)
        var storedSpan = stored.mutableSpan
        var storedBytes = unsafe storedSpan.mutableBytes
        try buffer.copyOut(block, to: &storedBytes)
        let failure = part.codec.encode(
          count: 1, from: plainBytes.bytes, to: &storedBytes, startBit: phase)
        if failure != nil { return false }
        try buffer.copyIn(block, from: storedBytes.bytes)
      } catch { throw .memory(error) }
    }
    return true
  }

  private func takes(_ samples: SIMD4<Double>) -> Bool {
    for band in 0..<bandCount {
      let sample = samples[band]
      guard lowest[band] <= sample, sample <= highest[band],
        // Within the limits, other samples fit an `Int`, which is sooner made than a rounded number.
        type.isFloat || sample == Double(Int(sample)),
        !isBilevel || sample == 0 || sample == 255,
        // A whole number that becomes another one is told.
        type != .f32 || sample == Double(Float(sample)) || sample != sample.rounded()
      else { return false }
    }
    return true
  }
}
