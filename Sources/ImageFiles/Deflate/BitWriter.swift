/// Packs bits from the low end of bytes on, as deflate does.
@unsafe struct BitWriter {
  /// The next whole bytes go here. Up to `overrun` bytes behind them are overwritten.
  private(set) var pointer: UnsafeMutablePointer<UInt8>
  private var bits: UInt64 = 0
  private var bitCount: UInt64 = 0

  static let overrun = 8

  init(_ pointer: UnsafeMutablePointer<UInt8>) { unsafe self.pointer = pointer }

  /// Adds bits without a look at the room for them: 56 fit after each `flush`.
  @inline(__always) mutating func put(_ value: UInt64, _ count: UInt64) {
    unsafe bits |= value &<< bitCount
    unsafe bitCount &+= count
  }

  /// Stores the whole bytes.
  @inline(__always) mutating func flush() {
    unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: bits.littleEndian, as: UInt64.self)
    unsafe pointer += Int(truncatingIfNeeded: bitCount &>> 3)
    unsafe bits &>>= bitCount & ~7
    unsafe bitCount &= 7
  }

  /// Fills the last byte with zeros.
  mutating func alignToByte() {
    unsafe flush()
    if unsafe bitCount > 0 { unsafe bitCount = 8 }
    unsafe flush()
  }

  /// Writes a stored block; an empty one ends a piece on a byte's end.
  mutating func store(_ bytes: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) {
    unsafe put(isLast ? 1 : 0, 3)
    unsafe alignToByte()
    unsafe put(UInt64(count) | UInt64(~UInt16(count)) << 16, 32)
    unsafe flush()
    unsafe pointer.update(from: bytes, count: count)
    unsafe pointer += count
  }
}
