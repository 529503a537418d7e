import PixelViews

/// Pixels that are a word each, in which every sample is the run of bits under a mask.
struct MaskedPixels: Hashable, Sendable {
  /// A mask for each band; 0 for one without bits.
  var masks: [UInt32]
  /// The bits of a pixel: 8, 16, 24 or 32.
  var bitCount: Int
  var isBigEndian = false

  /// What samples become that have so many bits.
  var type: SampleType { masks.contains { $0.nonzeroBitCount > 8 } ? .u16 : .u8 }

  /// The samples; those under no mask are 0.
  ///
  /// - Throws: ``FormatError/unsupported(format:feature:)`` for a mask with gaps, or beyond the pixel.
  func fields(_ format: String) throws(FormatError) -> [SampleField] {
    let areBytes = masks.allSatisfy {
      $0 == 0 || $0.nonzeroBitCount == 8 && $0.trailingZeroBitCount.isWholeBytes
    }
    var fields: [SampleField] = []
    for mask in masks { fields.append(try field(mask, isByte: areBytes, format)) }
    return fields
  }

  private func field(
    _ mask: UInt32, isByte: Bool, _ format: String
  ) throws(FormatError) -> SampleField {
    guard mask != 0 else {
      return SampleField(bitOffset: 0, storage: .constant(0), bitCount: 8)
    }
    let shift = mask.trailingZeroBitCount
    let count = mask.nonzeroBitCount
    let isContiguous = shift + count == 32 - mask.leadingZeroBitCount
    guard isContiguous, shift + count <= bitCount, count <= 16 else {
      throw .unsupported(
        format: format,
        feature: "the mask 0x\(String(mask, radix: 16)), which is not one run of at most 16 bits")
    }
    if isByte {
      let index = shift.byteIndex
      return .byte(at: isBigEndian ? bitCount.inWholeBytes - 1 - index : index)
    }
    guard bitCount != 24 else {
      throw .unsupported(format: format, feature: "masks of parts of bytes in 24 bits a pixel")
    }
    return SampleField(
      bitOffset: 0,
      storage: .word(byteCount: bitCount.inWholeBytes, bigEndian: bitCount > 8 && isBigEndian),
      shift: shift, bitCount: count, scaling: .fullRange)
  }
}

extension MaskedPixels {
  /// The masks that say where the samples of a layout are; `nil` where none do.
  init?(_ layout: Layout) {
    guard layout.grid == nil, [8, 16, 24, 32].contains(layout.pixelBits) else { return nil }
    var places: [(shift: Int, bitCount: Int)] = []
    var order: Bool?
    for field in layout.fields {
      guard case .word(let byteCount, let isBig) = field.storage, field.bitCount <= 16,
        byteCount == 1 || byteCount.inBits == layout.pixelBits, field.bitOffset >= 0,
        field.bitOffset + byteCount.inBits <= layout.pixelBits
      else { return nil }
      if byteCount > 1 { order = isBig }
      places.append((field.bitOffset + field.shift, field.bitCount))
    }
    bitCount = layout.pixelBits
    isBigEndian = order ?? false
    masks = places.map { UInt32(truncatingIfNeeded: UInt64.ones($0.bitCount) << UInt64($0.shift)) }
    guard (try? fields("")) == layout.fields else { return nil }
  }

  /// The same whole bytes as a word of the other order; `nil` where some are not whole.
  var swapped: MaskedPixels? {
    var other = self
    other.isBigEndian.toggle()
    other.masks = masks.map { $0.byteSwapped >> UInt32(32 - bitCount) }
    guard let mine = try? fields(""), mine == (try? other.fields("")) else { return nil }
    return other
  }
}
