/// A number of a layout that no stored sample can have: what was found, and what is expected.
public enum LayoutFault: Hashable, Sendable {
  /// No rawmode gives samples of this type to the mode.
  case sampleType(SampleType, mode: Mode)
  /// One field a band is expected.
  case fieldCount(found: Int, mode: Mode)
  /// A quantity of the whole layout, in bits.
  case quantity(String, found: Int, allowed: ClosedRange<Int>)
  /// A quantity of the field of one band.
  case field(band: Int, String, found: Int, allowed: ClosedRange<Int>)
  /// A word of this many bytes; 1, 2, 4 or 8 are expected.
  case wordSize(band: Int, byteCount: Int)
  /// `shift + bitCount` is more than the word has.
  case beyondWord(band: Int, shift: Int, bitCount: Int, wordBitCount: Int)
  /// A word that does not start on a byte: the sum of the offsets, or a stride, is not a multiple of 8.
  case wordOffByte(band: Int, bits: Int)
  /// Bits to be turned that the field does not have.
  case flippedBits(band: Int, found: UInt64, bitCount: Int)
  /// A number, in this many bits and scaled so, that is none of the plain samples.
  case number(
    band: Int, SampleField.Number, bitCount: Int, SampleField.Scaling, as: SampleType)
  /// A band of a grid that has no bytes.
  case constantInGrid(band: Int)
  /// Samples of one band in a grid whose numbers are not made in one way.
  case unlikeFields(band: Int)
  /// A lens that shows pixels which the grid has not.
  case lensBeyondGrid(String, first: Int, step: Int, count: Int, size: Int)
  /// A field of mode 1 that is not black or white only.
  case notBilevel(band: Int)
}

extension SampleField {
  /// Bits on either side of a buffer's start beyond which no address is meant: 2⁶⁰ bits are 128 PiB.
  static let farthestBit = 1 << 60

  /// Checks numbers that came from outside, so that no later arithmetic on them can trap.
  ///
  /// - Parameters:
  ///   - band: the band that the field is for, for the error.
  ///   - format: what the field's samples become.
  /// - Throws: ``ViewError/invalid(_:)`` with the first number that is wrong.
  /// - Complexity: O(1).
  package func validate(band: Int, as format: PixelFormat) throws(ViewError) {
    func within(_ found: Int, _ allowed: ClosedRange<Int>, _ name: String) throws(ViewError) {
      guard allowed.contains(found) else {
        throw .invalid(.field(band: band, name, found: found, allowed: allowed))
      }
    }
    try within(bitCount, 1...64, "bitCount")
    try within(bitOffset, -SampleField.farthestBit...SampleField.farthestBit, "bitOffset")
    switch storage {
    case .word(let byteCount, _):
      guard [1, 2, 4, 8].contains(byteCount) else {
        throw .invalid(.wordSize(band: band, byteCount: byteCount))
      }
      try within(shift, 0...63, "shift")
      guard shift + bitCount <= byteCount.inBits else {
        throw .invalid(
          .beyondWord(
            band: band, shift: shift, bitCount: bitCount, wordBitCount: byteCount.inBits))
      }
    case .bits: try within(shift, 0...0, "shift")
    case .bitPlanes(let step):
      try within(shift, 0...0, "shift")
      try within(step, 1...SampleField.farthestBit / 64, "step")
    case .parts(let parts):
      try within(shift, 0...0, "shift")
      var count = 0
      for part in parts {
        try within(part.bitOffset, 0...SampleField.farthestBit, "the offset of a part")
        try within(part.bitCount, 1...64, "the bitCount of a part")
        count += part.bitCount
      }
      try within(bitCount, count...count, "bitCount")
    case .constant:
      try within(shift, 0...0, "shift")
      try within(bitCount, 8...8, "bitCount")
    }
    guard flippedBits & ~mask == 0 else {
      throw .invalid(.flippedBits(band: band, found: flippedBits, bitCount: bitCount))
    }
    guard format.type.holds(self) else {
      throw .invalid(
        .number(band: band, number, bitCount: bitCount, scaling, as: format.type))
    }
    if format.mode == .bilevel, !isBilevel { throw .invalid(.notBilevel(band: band)) }
  }

  /// Whether the plain samples are 0 and the largest one only.
  private var isBilevel: Bool {
    if case .constant(let value) = storage { return value == 0 || value == 255 }
    return scaling == .nonzero || scaling == .fullRange && bitCount == 1
  }
}

extension SampleType {
  /// Whether every number that a field can hold has a plain sample of this type, and scaling it
  /// stays within 64 bits.
  fileprivate func holds(_ field: SampleField) -> Bool {
    switch (field.number, field.scaling) {
    case (.float, .none):
      switch field.storage {
      case .bits, .bitPlanes, .parts, .constant: false
      case .word: [16, 32, 64].contains(field.bitCount) && holds(.float, bitCount: field.bitCount)
      }
    case (_, .none): holds(field.number, bitCount: field.bitCount)
    case (.unsigned, .fullRange): largest != nil && holds(.unsigned, bitCount: field.bitCount)
    case (.unsigned, .nonzero): largest != nil
    case (.float, _), (.signed, _): false
    }
  }
}

extension Layout {
  /// Checks numbers that came from outside (a layout file), so that no later arithmetic can trap.
  ///
  /// Whether a buffer holds the layout is another question: ``check(byteCount:)``.
  /// - Throws: ``ViewError/invalid(_:)``, ``ViewError/emptySize(width:height:)``, or
  ///   ``ViewError/overflow(width:height:stride:)`` when an address does not fit 64 bits.
  /// - Complexity: O(bands).
  public func validate(as format: PixelFormat) throws(ViewError) {
    guard format.mode.hasSamples(of: format.type) else {
      throw .invalid(.sampleType(format.type, mode: format.mode))
    }
    guard fields.count == format.mode.bandCount else {
      throw .invalid(.fieldCount(found: fields.count, mode: format.mode))
    }
    guard width > 0, height > 0 else { throw .emptySize(width: width, height: height) }
    if let gridView {
      try gridView.validate(width: width, height: height, as: format)
      _ = try byteRange()
      return
    }
    let allowed = -SampleField.farthestBit...SampleField.farthestBit
    for (name, bits) in [
      ("bitOffset", bitOffset), ("rowBits", rowBits), ("pixelBits", pixelBits),
    ] where !allowed.contains(bits) {
      throw .invalid(.quantity(name, found: bits, allowed: allowed))
    }
    for (band, field) in fields.enumerated() {
      try field.validate(band: band, as: format)
      guard case .word = field.storage else { continue }
      let steps = [
        bitOffset + field.bitOffset, height > 1 ? rowBits : 0, width > 1 ? pixelBits : 0,
      ]
      if let bits = steps.first(where: { !$0.isWholeBytes }) {
        throw .invalid(.wordOffByte(band: band, bits: bits))
      }
    }
    _ = try byteRange()
  }
}
