/// The numbers of a binary header that has been read whole.
extension [UInt8] {
  /// A signed whole number.
  ///
  /// - Precondition: the bytes are there, at most 8.
  func number(at offset: Int, byteCount: Int, _ isBigEndian: Bool) -> Int {
    let bytes = self[offset..<offset + byteCount]
    let bits = (isBigEndian ? Array(bytes) : bytes.reversed()).reduce(0 as UInt64) {
      $0 << 8 | UInt64($1)
    }
    let unused = 64 - byteCount * 8
    return Int(Int64(bitPattern: bits << UInt64(unused)) >> Int64(unused))
  }

  /// A 32-bit float.
  func float(at offset: Int, _ isBigEndian: Bool) -> Float {
    Float(
      bitPattern: UInt32(truncatingIfNeeded: number(at: offset, byteCount: 4, isBigEndian)))
  }

  /// A 64-bit float.
  func double(at offset: Int, _ isBigEndian: Bool) -> Double {
    Double(
      bitPattern: UInt64(truncatingIfNeeded: number(at: offset, byteCount: 8, isBigEndian)))
  }
}
