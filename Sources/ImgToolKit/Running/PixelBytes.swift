import PixelMemory
import PixelViews

/// The bytes that a pixel is made of, as the buffer had them at one moment.
struct PixelBytes {
  /// Runs of bytes that stand together, in the order of the buffer.
  let pieces: [(offset: Int, bytes: [UInt8])]
  /// The samples, counted from the start of the buffer.
  private let fields: [SampleField]

  /// - Precondition: the pixel is one of the image.
  init(_ image: Image, x: Int, y: Int) throws(MemoryError) {
    fields = image.layout.samples(x: x, y: y)
    pieces = try image.layout.byteRanges(x: x, y: y).map { range throws(MemoryError) in
      (offset: range.lowerBound, bytes: try image.buffer.bytes(range))
    }
  }

  /// The number that is stored of a band.
  func number(ofBand band: Int) -> UInt64 {
    fields[band].storedNumber(firstBit: fields[band].bitOffset) { at in
      pieces.lazy.compactMap { at >= $0.offset ? $0.bytes.dropFirst(at - $0.offset).first : nil }
        .first ?? 0
    }
  }

  /// The runs of bits that make a band's number, the most significant first: in which byte, from which bit
  /// of it, counted from the lowest, and how many.
  func runs(ofBand band: Int) -> [(byte: Int, bit: Int, count: Int)] {
    let field = fields[band]
    var runs: [(byte: Int, bit: Int, count: Int)] = []
    for index in (0..<(field.isConstant ? 0 : field.bitCount)).reversed() {
      let place = field.place(ofBit: index, firstBit: field.bitOffset)
      if let last = runs.last, last.byte == place.byte, last.bit == place.bit + 1 {
        runs[runs.count - 1] = (place.byte, place.bit, last.count + 1)
      } else {
        runs.append((place.byte, place.bit, 1))
      }
    }
    return runs
  }

  /// Whether the bytes of a band show its number, so that there are no bits to tell of.
  func isWholeBytes(band: Int) -> Bool { fields[band].isWholeBytes }

  /// The bits of a band's number.
  func bitCount(ofBand band: Int) -> Int { fields[band].bitCount }

  /// The first byte that holds one of some bits of a band's number.
  func firstByte(ofBits bits: UInt64, band: Int) -> Int? {
    let firstBit = fields[band].bitOffset
    return (0..<fields[band].bitCount).filter { bits >> UInt64($0) & 1 == 1 }
      .map { fields[band].place(ofBit: $0, firstBit: firstBit).byte }.min()
  }

  /// The bits of a band's number that differ from those of another pixel; `nil` where they have
  /// another meaning there.
  func differingBits(from other: PixelBytes, band: Int) -> UInt64? {
    let (field, counterpart) = (fields[band], other.fields[band])
    guard field.isConstant == counterpart.isConstant, field.bitCount == counterpart.bitCount,
      field.number == counterpart.number, field.scaling == counterpart.scaling
    else { return nil }
    if field.isConstant { return 0 }
    return number(ofBand: band) ^ field.flippedBits
      ^ other.number(ofBand: band) ^ counterpart.flippedBits
  }
}

extension Buffer {
  /// The bytes of a short range.
  func bytes(_ range: Range<Int>) throws(MemoryError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    do {
      var span = bytes.mutableSpan
      var target = unsafe span.mutableBytes
      try copyOut(Block(offset: range.lowerBound, byteCount: range.count), to: &target)
    }
    return bytes
  }
}
