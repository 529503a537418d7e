// Layouts count bits; buffers and files count bytes. Each way from one to the other, and which way it
// is rounded, is a word here.
extension Int {
  /// This many bytes, in bits.
  ///
  /// - Precondition: it fits. Numbers from outside are checked before, or by ``checkedInBits``.
  package var inBits: Int { self * 8 }

  /// This many bytes, in bits; `nil` when that does not fit.
  package var checkedInBits: Int? { multiplied(by: 8) }

  /// This many bits, in bytes; what is left of one counts for nothing, in either direction.
  package var inWholeBytes: Int { self / 8 }

  /// The bytes that it takes to hold this many bits.
  ///
  /// - Precondition: the count is not negative, and 7 more fit.
  package var inBytesRoundedUp: Int { (self + 7) >> 3 }

  /// This many bits, and as many more as fill the last byte; `nil` when they do not fit.
  package var checkedRoundedUpToByte: Int? { added(to: 7).map { $0 & ~7 } }

  /// Whether this many bits are whole bytes, or a bit at this place starts one.
  package var isWholeBytes: Bool { isMultiple(of: 8) }

  /// The byte that holds the bit at this place.
  package var byteIndex: Int { self >> 3 }

  /// The place of that bit within its byte, 0 to 7.
  package var bitInByte: Int { self & 7 }
}

extension Range<Int> {
  /// The bytes that hold the bits at these places.
  ///
  /// - Precondition: 7 more bits than the last one can be counted.
  package var inBytes: Range<Int> { lowerBound.byteIndex..<upperBound.inBytesRoundedUp }
}

extension FixedWidthInteger {
  /// The bytes of a whole number, the least significant or the most significant one first.
  ///
  /// - Parameter byteCount: how many of them, from the least significant one on.
  package func bytes(
    _ byteCount: Int = Self.bitWidth.inWholeBytes, bigEndian: Bool = false
  ) -> [UInt8] {
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: self >> $0.inBits) }
    return bigEndian ? bytes.reversed() : bytes
  }
}
