extension SampleField {
  /// The runs of stored bits that make a sample, counted from the field's own start.
  ///
  /// - Complexity: O(1), O(planes) for bit planes.
  package var runs: [Range<Int>] {
    switch storage {
    case .word(let byteCount, _): [0..<byteCount.inBits]
    case .bits: [0..<bitCount]
    case .bitPlanes(let step): (0..<bitCount).map { $0 * step..<$0 * step + 1 }
    case .parts(let parts): parts.map { $0.bitOffset..<$0.bitOffset + $0.bitCount }
    case .constant: []
    }
  }

  /// Where a bit of the stored number is: in which byte, and how far from its lowest bit.
  ///
  /// - Parameters:
  ///   - bit: counted from the number's lowest.
  ///   - firstBit: where the field starts in the bytes.
  /// - Precondition: the field has bytes, and the number that bit.
  package func place(ofBit bit: Int, firstBit: Int) -> (byte: Int, bit: Int) {
    switch storage {
    case .constant: preconditionFailure("a constant is not stored")
    case .word(let byteCount, let bigEndian):
      let index = (shift + bit).byteIndex
      return (
        firstBit.byteIndex + (bigEndian ? byteCount - 1 - index : index), (shift + bit).bitInByte
      )
    case .bits(.leastSignificantFirst):
      return ((firstBit + bit).byteIndex, (firstBit + bit).bitInByte)
    case .bits(let order):
      let at = firstBit + bitCount - 1 - bit
      return (at.byteIndex, order == .mostSignificantFirst ? 7 - at.bitInByte : at.bitInByte)
    case .parts(let parts):
      var rest = bit
      for part in parts.reversed() {
        let at = firstBit + part.bitOffset + rest
        if rest < part.bitCount { return (at.byteIndex, at.bitInByte) }
        rest -= part.bitCount
      }
      preconditionFailure("the number has no such bit")
    case .bitPlanes(let step):
      let at = firstBit + bit * step
      return (at.byteIndex, 7 - at.bitInByte)
    }
  }

  /// The field's number as it is stored, before bits are turned or a sign is seen.
  ///
  /// - Parameters:
  ///   - firstBit: where the field starts in the bytes.
  ///   - byte: the byte with an index.
  /// - Precondition: the bytes hold the field.
  @inline(__always)
  package func storedNumber(firstBit: Int, byte: (_ index: Int) -> UInt8) -> UInt64 {
    var number: UInt64 = 0
    switch storage {
    case .constant(let value): number = UInt64(value)
    case .word(let byteCount, let bigEndian):
      for index in 0..<byteCount {
        let position = bigEndian ? byteCount - 1 - index : index
        number |= UInt64(byte(firstBit.byteIndex + index)) << UInt64(position.inBits)
      }
      number = number >> UInt64(shift) & mask
    case .bits(let order):
      for step in 0..<bitCount {
        let at = firstBit + step
        let position = UInt8(order == .mostSignificantFirst ? 7 - at.bitInByte : at.bitInByte)
        let bit = UInt64(byte(at.byteIndex) >> position & 1)
        number = order == .leastSignificantFirst ? number | bit << UInt64(step) : number << 1 | bit
      }
    case .parts(let parts):
      for part in parts {
        var run: UInt64 = 0
        for step in 0..<part.bitCount {
          let at = firstBit + part.bitOffset + step
          run |= UInt64(byte(at.byteIndex) >> UInt8(at.bitInByte) & 1) << UInt64(step)
        }
        number = number << UInt64(part.bitCount) | run
      }
    case .bitPlanes(let step):
      for plane in 0..<bitCount {
        let at = firstBit + plane * step
        number |= UInt64(byte(at.byteIndex) >> UInt8(7 - at.bitInByte) & 1) << UInt64(plane)
      }
    }
    return number
  }

  /// Whether the sample is whole bytes, so that the bytes show all there is to see.
  package var isWholeBytes: Bool {
    if case .word(let byteCount, _) = storage { bitCount == byteCount.inBits } else { isConstant }
  }
}

extension UInt64 {
  /// As many ones as are asked for, 0 to 64, from the lowest bit on: the largest number of so many bits.
  @inline(__always)
  package static func ones(_ count: Int) -> UInt64 {
    count == 0 ? 0 : UInt64.max &>> UInt64(64 - count)
  }
}
