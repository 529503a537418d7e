import PixelMemory

/// What a row loses on its way between stored and plain samples.
extension RowCodec {
  /// A stored word with bits beside those of its sample.
  struct Stray {
    let pixel: Int
    let word: UInt64
    let field: SampleField
  }

  /// A sample that is stored as another one.
  struct Rounded {
    let pixel, band: Int
    let value, stored: Double
  }

  /// The first pixel of a row with a stray bit, of a field that is alone in its word.
  ///
  /// - Precondition: as for ``decode(count:from:startBit:to:)``.
  /// - Complexity: O(`count`).
  func firstStray(count: Int, from stored: RawSpan, startBit: Int) -> Stray? {
    var first: Stray?
    for field in fields {
      guard field.mayHaveStrayBits else { continue }
      var set: UInt64 = 0
      let end = first?.pixel ?? count
      for pixel in 0..<end { set |= field.strayBits(of: word(field, pixel, stored, startBit)) }
      guard set != 0 else { continue }
      for pixel in 0..<end {
        let word = word(field, pixel, stored, startBit)
        guard field.strayBits(of: word) != 0 else { continue }
        first = Stray(pixel: pixel, word: word, field: field)
        break
      }
    }
    return first
  }

  @inline(__always)
  private func word(
    _ field: SampleField, _ pixel: Int, _ stored: RawSpan, _ startBit: Int
  ) -> UInt64 {
    guard case .word(let byteCount, let bigEndian) = field.storage else { return 0 }
    let start = (startBit + field.bitOffset + pixel * pixelBits).byteIndex
    var word: UInt64 = 0
    for index in 0..<byteCount {
      let byte: UInt8 = stored.sample(bigEndian ? start + index : start + byteCount - 1 - index)
      word = word << 8 | UInt64(byte)
    }
    return word
  }

  /// The first sample of a packed row that comes out as another one.
  ///
  /// - Precondition: `packed` is what ``encode(count:from:to:startBit:)`` made of `plain`.
  /// - Complexity: O(`count`).
  func firstRounded(
    count: Int, plain: RawSpan, packed: RawSpan, startBit: Int, scratch: inout Scratch
  ) throws(ViewError) -> Rounded? {
    let byteCount = plainByteCount(count)
    try memory { () throws(MemoryError) in try scratch.ensure(byteCount: byteCount) }
    var all = scratch.mutableBytes
    var back = all.slice(0, byteCount)
    let row = plain.slice(0, byteCount)
    // Bands of other clusters are as they are.
    back.copy(from: row)
    _ = decode(count: count, from: packed, startBit: startBit, to: &back)
    if back.bytes.hasSameBytes(as: row) { return nil }
    let format = PixelFormat(bandCount: bandCount, type: type)
    for pixel in 0..<count {
      let (values, stored) = (
        row.values(at: pixel * plainStep, format: format),
        back.bytes.values(at: pixel * plainStep, format: format)
      )
      for band in bands where values[band] != stored[band] && !values[band].isNaN {
        return Rounded(
          pixel: pixel, band: band, value: values[band], stored: stored[band])
      }
    }
    return nil
  }
}

extension PixelFormat {
  /// A format with so many bands, whatever they mean.
  fileprivate init(bandCount: Int, type: SampleType) {
    let modes: [Mode] = [.gray, .grayAlpha, .rgb, .rgba]
    self.init(modes[bandCount - 1], type)
  }
}
