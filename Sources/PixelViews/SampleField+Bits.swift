extension SampleField {
  /// The runs of stored bits that make a sample, counted from the field's own start.
  ///
  /// - Complexity: O(1), O(planes) for bit planes.
  package var runs: [Range<Int>] {
    switch storage {
    case .word(let byteCount, _): [0..<byteCount.inBits]
    case .bits: [0..<bitCount]
    case .bitPlanes(let step): (0..<bitCount).map { $0 * step..<$0 * step + 1 }
    case .constant: []
    }
  }

  /// The field's number as it is stored, before bits are turned or a sign is seen.
  ///
  /// - Parameters:
  ///   - bytes: the buffer's bytes, from one byte on or before the field's first.
  ///   - firstBit: where the field starts in them.
  /// - Precondition: the bytes hold the field.
  package func storedNumber(firstBit: Int, byte: (_ index: Int) -> UInt8) -> UInt64 {
    func bit(_ at: Int, fromTop: Bool) -> UInt64 {
      let position = fromTop ? 7 - at.bitInByte : at.bitInByte
      return UInt64(byte(at.byteIndex) >> UInt8(position) & 1)
    }
    switch storage {
    case .constant(let value): return UInt64(value)
    case .word(let byteCount, let bigEndian):
      let word = (0..<byteCount).reduce(UInt64(0)) { word, index in
        let position = bigEndian ? byteCount - 1 - index : index
        return word | UInt64(byte(firstBit.byteIndex + index)) << UInt64(position.inBits)
      }
      return word >> UInt64(shift) & mask
    case .bits(let order):
      return (0..<bitCount).reduce(UInt64(0)) { number, step in
        let value = bit(firstBit + step, fromTop: order == .mostSignificantFirst)
        return order == .leastSignificantFirst
          ? number | value << UInt64(step) : number << 1 | value
      }
    case .bitPlanes(let step):
      return (0..<bitCount).reduce(UInt64(0)) { number, plane in
        number | bit(firstBit + plane * step, fromTop: true) << UInt64(plane)
      }
    }
  }

  /// Whether the sample is whole bytes, so that the bytes show all there is to see.
  package var isWholeBytes: Bool {
    if case .word(let byteCount, _) = storage { bitCount == byteCount.inBits } else { isConstant }
  }
}
